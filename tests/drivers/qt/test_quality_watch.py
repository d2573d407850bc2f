"""The quality is looked at when it may have changed, and while time alone makes it worse; not otherwise.

The clock is the real one; what counts as late is set so that any time at all is too long, or none is.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PyQt6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client import quality as quality_module
from optiverse_collab.core.client.quality import Grade, Quality
from optiverse_collab.core.protocol.messages import Ping, PresenceUpdate, SyncRequest
from optiverse_collab.core.records import Put
from optiverse_collab.drivers.qt import quality_watch
from optiverse_collab.drivers.qt.quality_watch import QualityWatch
from tests.helpers.attempt import DEADLINE_MS
from tests.helpers.wire import Peer, Wire

NEVER = float("inf")


class WatchedPeer(Peer):
    """A participant whose connection is watched, as `CollaborationService` has it done.

    Attributes:
        watch: the real thing.
        news: what a status bar would have been told.
    """

    def __init__(self, name: str, watch: QualityWatch) -> None:
        super().__init__(name)
        self.watch = watch
        self.news: list[Quality] = []
        watch.changed.connect(self.news.append)

    def do(self, effects: Sequence[fx.SessionEffect]) -> None:
        for effect in effects:
            self.watch.hear(effect)
        super().do(effects)

    def look(self) -> Quality:
        """Have the quality looked at, as after each message."""
        self.watch.waits(self.replica)
        return self.watch.quality

    @property
    def ticks(self) -> bool:
        """Whether it is looked at again and again."""
        [timer] = self.watch.findChildren(QTimer)
        return timer.isActive()


@pytest.fixture
def ann(owner: QObject, monkeypatch: pytest.MonkeyPatch) -> WatchedPeer:
    """Somebody who has yet to connect; nothing is late, whatever the machine does meanwhile."""
    monkeypatch.setattr(quality_watch, "LOOK_MS", 1)
    for limit in ("GOOD_MS", "FAIR_MS", "LATE_MS", "WAITING_FAIR_MS", "WAITING_POOR_MS"):
        monkeypatch.setattr(quality_module, limit, NEVER)
    return WatchedPeer("ann", QualityWatch(owner))


@pytest.fixture
def wire(ann: WatchedPeer) -> Wire:
    """Ann's connection: she is in, and has synchronised."""
    wire = Wire()
    wire.connect(ann)
    return wire


def test_before_the_first_connection_it_is_offline(ann: WatchedPeer) -> None:
    assert ann.watch.quality == Quality(Grade.OFFLINE)
    assert not ann.ticks


def test_synchronising_is_the_first_measurement(ann: WatchedPeer, wire: Wire) -> None:
    assert ann.look().grade is Grade.GOOD
    assert ann.watch.quality.latency_ms is not None
    assert ann.news == [ann.watch.quality]
    assert not ann.ticks


def test_a_long_synchronisation_is_measured_by_its_first_page(ann: WatchedPeer, wire: Wire) -> None:
    ann.watch.hear(fx.Transmit(SyncRequest("client-1", "epoch 1", 0)))
    ann.look()
    assert ann.ticks
    ann.watch.hear(fx.SyncProgress(1, 2))
    ann.look()
    assert not ann.ticks


def test_a_look_without_news_tells_nothing(ann: WatchedPeer, wire: Wire) -> None:
    for _ in range(3):
        ann.look()
    assert len(ann.news) == 1


def test_what_needs_no_answer_is_no_question(ann: WatchedPeer, wire: Wire) -> None:
    ann.watch.hear(fx.Transmit(PresenceUpdate({"cursor": [1.0, 2.0]})))
    ann.look()
    assert not ann.ticks


def test_a_heartbeat_without_an_answer_is_noticed_by_itself(
    qtbot: QtBot, ann: WatchedPeer, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.watch.hear(fx.Transmit(Ping("ann")))
    assert ann.look().grade is Grade.GOOD
    assert ann.ticks
    monkeypatch.setattr(quality_module, "LATE_MS", 0.0)
    with qtbot.waitSignal(ann.watch.changed, timeout=DEADLINE_MS):
        pass
    # The answer of the synchronisation came in time.
    assert ann.news[-1].verdict == "poor, 50% unanswered"


def test_an_answered_heartbeat_is_measured_and_ends_the_ticking(ann: WatchedPeer, wire: Wire) -> None:
    ann.watch.hear(fx.Transmit(Ping("ann")))
    ann.look()
    ann.watch.hear(fx.HeartbeatAnswered(12.0))
    assert ann.look().grade is Grade.GOOD
    assert ann.look().loss == 0
    # It ends with the next look; a tick in between would have ended it as well.
    assert not ann.ticks


def test_edit_that_waits_is_noticed_until_it_is_stored(
    qtbot: QtBot, ann: WatchedPeer, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.edit(Put("lens", "component", {}))
    assert ann.look().verdict == "good"
    monkeypatch.setattr(quality_module, "WAITING_FAIR_MS", 0.0)
    with qtbot.waitSignal(ann.watch.changed, timeout=DEADLINE_MS):
        pass
    assert ann.news[-1].verdict == "fair, an edit waits for 0 s"
    wire.settle()
    assert ann.look().verdict == "good"
    assert not ann.ticks


def test_the_end_of_a_connection_is_told_and_ends_the_ticking(ann: WatchedPeer, wire: Wire) -> None:
    ann.edit(Put("lens", "component", {}))
    ann.look()
    ann.watch.disconnected()
    assert ann.news[-1] == Quality(Grade.OFFLINE)
    assert not ann.ticks
    ann.watch.disconnected()
    assert [quality.grade for quality in ann.news] == [Grade.GOOD, Grade.OFFLINE]


def test_the_next_connection_begins_with_a_clean_slate(
    ann: WatchedPeer, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality_module, "LATE_MS", -1.0)
    ann.watch.hear(fx.Transmit(Ping("ann")))
    ann.watch.hear(fx.HeartbeatAnswered(12.0))
    assert ann.look().grade is Grade.POOR
    ann.watch.disconnected()
    wire.lose(ann)
    monkeypatch.setattr(quality_module, "LATE_MS", NEVER)
    wire.connect(ann)
    assert ann.look().verdict == "good"


def test_edits_of_an_hour_offline_make_no_connection_look_bad(ann: WatchedPeer) -> None:
    ann.edit(Put("lens", "component", {}))
    assert ann.look() == Quality(Grade.OFFLINE)
    assert not ann.ticks
