"""A room's answers to requests for the past: HIST-1, HIST-3, HIST-5."""

from __future__ import annotations

import pytest

from optiverse_collab.core.protocol.messages import Error, SyncRequest
from optiverse_collab.core.protocol.past import PastRefused, PastRequest
from optiverse_collab.core.records import Put
from optiverse_collab.core.server.effects import ReadPast, Send
from optiverse_collab.core.server.room import Room
from tests.core.server.histories import do, make


@pytest.fixture
def room() -> Room:
    """A room at clock 2, which a client has joined."""
    history = make()
    for number in range(2):
        do(history, Put("a", "k", {"x": number}))
    room = Room("bench", history, "server")
    room.join("c1", "ann", 0)
    return room


def test_the_past_is_for_those_who_synchronised(room: Room) -> None:
    """HIST-1"""
    [effect] = room.receive("c1", PastRequest(1, 1), 0)
    assert isinstance(effect, Send)
    assert isinstance(effect.message, Error)
    assert effect.message.reason == "not_synced"


@pytest.mark.parametrize("clock", [0, 1, 2])
def test_a_clock_that_people_know_is_read(room: Room, clock: int) -> None:
    """HIST-1, HIST-5"""
    room.receive("c1", SyncRequest("client"), 0)
    room.flush()
    before = room.history.snapshot()
    assert room.receive("c1", PastRequest(9, clock), 0) == [ReadPast("c1", 9, clock)]
    assert not room.has_waiting
    assert not room.has_unsaved
    assert room.history.snapshot() == before


def test_a_change_that_nobody_was_told_of_is_no_past(room: Room) -> None:
    """HIST-3, DUR-1"""
    room.receive("c1", SyncRequest("client"), 0)
    do(room.history, Put("b", "k"))
    [effect] = room.receive("c1", PastRequest(9, 3), 0)
    assert isinstance(effect, Send)
    assert isinstance(effect.message, PastRefused)
    assert (effect.message.request, effect.message.reason) == (9, "no_such_clock")
