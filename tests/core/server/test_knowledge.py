"""The memory for a session's data besides records: LIM-16 of docs/protocol.md."""

from __future__ import annotations

from contextlib import suppress

import pytest

from optiverse_collab.core.records import Put, Remove, Set
from optiverse_collab.core.server import knowledge
from optiverse_collab.core.server.history import History
from optiverse_collab.core.space import Space
from optiverse_collab.errors import ChangeRefused
from tests.core.server.histories import begin_chunk, do


def live(most: int = 2**30, clients: int = 10_000) -> tuple[Space, History]:
    """A new session, and the space that it shares."""
    space = Space(most)
    return space, History(History.empty("e"), clients=clients, space=space)


def test_whatever_a_session_learns_is_counted() -> None:
    """LIM-16: client ids, their refused changes, names, outcomes and removed ids."""
    space, history = live()
    do(history, Put("a", "k", {"x": 0}), Put("b", "k"))
    before = space.used
    grown = []
    for by, op, seen, skip in (
        ("ann", Set("a", {"x": 1}), None, 0),
        ("bob", Set("a", {"x": 2}), None, 0),
        ("bob", Set("a", {"x": 3}), None, 1000),
        ("cid", Set("a", {"x": 4}), 1, 0),
        ("ann", Remove("b"), None, 0),
    ):
        do(history, op, by=by, seen=seen, skip=skip)
        grown.append(space.used - before)
        before = space.used
    same, client, skipped, outcome, removed = grown
    assert same < 10
    assert client > knowledge.CLIENT_BYTES + 2 * knowledge.NAME_BYTES
    assert skipped >= 1000 * knowledge.SKIPPED_BYTES
    assert outcome > client
    assert removed < knowledge.TOMBSTONE_BYTES


def test_what_is_forgotten_is_not_counted_any_more() -> None:
    """LIM-16, STAMP-4"""
    space, history = live(clients=1)
    for name in ("ann", "bob", "cid", "dan"):
        do(history, Put("a", "k", {"x": name}), by=name)
    before = space.used
    begin_chunk(history)
    assert space.used < before - 2 * knowledge.NAME_BYTES


def test_session_that_is_not_live_leaves_its_space_to_others() -> None:
    """LIM-16: including this data; the session takes it again when it reopens."""
    space, history = live()
    do(history, Put("a", "k"))
    used = space.used
    builder = history.begin_chunk()
    builder.finished()
    history.release()
    assert space.used == 0
    history.forget_names(builder.used)  # a chunk that was begun before
    assert space.used == 0
    History(history.snapshot(), history.names.take_new(), space=space)
    assert space.used == used


def test_nothing_grows_when_the_space_is_used_up() -> None:
    """LIM-16: not even client ids; changes that free memory still take effect."""
    space, history = live(most=20_000)
    do(history, Put("a", "k", {"x": 0}), Put("b", "k"))
    for number in range(100):
        with suppress(ChangeRefused):
            do(history, Set("a", {"x": number % 10}), by=f"client {number}")
    assert 20_000 < space.used < 22_000
    with pytest.raises(ChangeRefused, match="wait until others have left"):
        do(history, Set("a", {"x": 1}))
    do(history, Remove("b"), by="somebody")
