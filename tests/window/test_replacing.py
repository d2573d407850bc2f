"""A window learns that the bench was replaced: PUSH-9, HIST."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.past_effects import BenchReplaced, PastArrived, PastUnavailable
from optiverse_collab.core.client.restoring import Restoration
from optiverse_collab.core.records import Put, Record, Set
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.window import replacing
from optiverse_collab.window.replacing import OldBench, Replacements
from optiverse_collab.window.sync_loop import LiveBench
from optiverse_collab.wording import replacements as wording
from optiverse_collab.wording.replacements import sentence
from tests.helpers.dict_host import DictHost
from tests.helpers.wire import Peer, Wire

MIRROR = Record("mirror", "component", {})


class Room:
    """Ann's window in a session in memory; the test delivers all messages."""

    def __init__(self, wire: Wire, parent: QObject) -> None:
        self.wire, self.peer, self.host = wire, Peer("ann"), DictHost()
        wire.connect(self.peer)
        self.service = CollaborationService(parent)
        self.service.session = self.peer.session
        self.live = LiveBench(self.host, self.peer.session, parent)
        self.replacements = Replacements(self.service, parent)
        self.replacements.begin(self.live)
        self.told: list[str] = []
        self.failed: list[str] = []
        self.replacements.announced.connect(lambda one: self.told.append(sentence(one)))
        self.replacements.failed.connect(self.failed.append)

    def hear(self, step: str = "sweep:1", by: str = "ben", mine: bool = False, clock: int = 8) -> None:
        """Deliver one part of a step, which removes one item."""
        restores = step.startswith("restore:")
        self.service.happened.emit(BenchReplaced(step, by, mine, restores, clock, (MIRROR,), (), ()))


@pytest.fixture
def room(parent: QObject, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setattr(replacing, "QUIET_MS", 100)
    return Room(Wire(), parent)


def test_one_step_is_announced_once(qtbot: QtBot, room: Room) -> None:
    """PUSH-9: even if one part arrives late."""
    for clock in (8, 9, 10):
        room.hear(clock=clock)
        qtbot.wait(30)
    assert room.told == []
    qtbot.waitUntil(lambda: bool(room.told))
    last = room.replacements.last
    assert last is not None
    assert last.before == 7
    room.hear(clock=11)
    qtbot.wait(150)
    assert room.told == ["ben replaced the bench for everybody: 3 items removed."]
    assert last.removed == 4


def test_two_people_at_once_are_two_announcements(qtbot: QtBot, room: Room) -> None:
    room.hear("sweep:1", "ben")
    room.hear("restore:2", "cem")
    room.hear("sweep:1", "ben")
    qtbot.waitUntil(lambda: len(room.told) == 2)
    assert [text.split()[0] for text in room.told] == ["ben", "cem"]


def test_what_was_heard_ends_with_the_session(qtbot: QtBot, room: Room) -> None:
    room.hear()
    qtbot.waitUntil(lambda: bool(room.told))
    last = room.replacements.last
    assert last is not None
    room.hear("sweep:2")
    room.replacements.show_old(last)
    arrived: list[OldBench] = []
    room.replacements.arrived.connect(arrived.append)
    with qtbot.waitSignal(room.replacements.changed):
        room.replacements.end()
    room.service.happened.emit(PastArrived(7, {}))
    qtbot.wait(150)
    assert (room.replacements.last, len(room.told), arrived) == (None, 1, [])
    room.replacements.show_old(last)
    assert room.failed == [wording.NO_CONNECTION]


def test_only_the_clock_that_was_asked_for_is_an_answer(qtbot: QtBot, room: Room) -> None:
    """HIST-1, HIST-3"""
    room.hear()
    qtbot.waitUntil(lambda: bool(room.told))
    last = room.replacements.last
    assert last is not None
    arrived: list[OldBench] = []
    room.replacements.arrived.connect(arrived.append)
    room.replacements.show_old(last)
    assert room.peer.session.past.waiting == [7]
    for effect in (PastArrived(6, {}), PastUnavailable(6, "No.")):
        room.service.happened.emit(effect)
    assert (arrived, room.failed) == ([], [])
    room.service.happened.emit(PastArrived(7, {"mirror": MIRROR}))
    [old] = arrived
    assert (old.records, old.replacement) == ({"mirror": MIRROR}, last)
    room.replacements.bring_back(last)
    room.service.happened.emit(PastUnavailable(7, "It is not kept any more."))
    assert room.failed == ["It is not kept any more."]


def test_bringing_back_what_is_there_does_nothing(room: Room) -> None:
    room.peer.edit(Put("mirror", "component"))
    room.host.bench = dict(room.peer.replica.view)
    room.replacements.restore(Restoration({"mirror": MIRROR}), 1)
    assert room.failed == [wording.NOTHING_TO_DO]


def test_conflicts_of_other_edits_do_not_count(qtbot: QtBot, room: Room) -> None:
    """SEEN-4: the sentence is only about this step."""
    ben = Peer("ben")
    room.wire.connect(ben)
    ben.edit(Put("mirror", "component"), Put("lens", "component"), Put("stop", "component"))
    room.wire.settle()
    room.host.bench = dict(room.peer.replica.view)
    seen = room.peer.replica.clock
    ben.edit(Set("lens", {"x": 1}), Set("stop", {"x": 1}))
    room.wire.settle()
    room.host.bench = dict(room.peer.replica.view)
    room.peer.replica.edit([Set("stop", {"x": 2})], {"stop": seen}, yields=True)
    old = {"stop": room.peer.replica.view["stop"], "new": Record("new", "component", {})}
    room.peer.heard.clear()
    room.replacements.restore(Restoration(old), seen)
    room.wire.settle()
    for effect in room.peer.heard:
        room.service.happened.emit(effect)
    qtbot.waitUntil(lambda: bool(room.told))
    assert room.told == ["Brought back 1 item, removed 1; 1 was changed by ben meanwhile and left."]
    assert ben.replica.view.keys() == {"lens", "stop", "new"}


def test_a_part_that_removes_nothing_is_no_news(qtbot: QtBot, room: Room) -> None:
    room.service.happened.emit(BenchReplaced("sweep:1", "ben", False, False, 8, (), (), ()))
    qtbot.wait(150)
    assert (room.told, room.replacements.last) == ([], None)
