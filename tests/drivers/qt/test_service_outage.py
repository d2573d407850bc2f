"""How a service reports the heartbeat, an outage, and the connection's quality."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client import line as core
from optiverse_collab.core.client import liveness
from optiverse_collab.core.client.quality import Grade
from optiverse_collab.core.records import Put
from optiverse_collab.drivers.qt import quality_watch, timers
from tests.helpers.qt_participant import SOON, Make
from tests.helpers.server_process import ServerProcess


def test_a_silent_server_is_given_up_and_the_heartbeat_is_told(
    qtbot: QtBot, make: Make, server: ServerProcess, session_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HB-1, HB-3: with shortened times."""
    monkeypatch.setattr(core, "FIRST_HEARTBEAT_MS", 0)
    monkeypatch.setattr(quality_watch, "LOOK_MS", 10)
    ann = make("ann")
    ann.join(qtbot, server.url, session_id)
    qtbot.waitUntil(lambda: bool(ann.said("← Received heartbeat pong")), timeout=SOON)
    assert ann.said("→ Sending heartbeat ping")[0][0] == logging.DEBUG
    qtbot.waitUntil(lambda: ann.quality.latency_ms is not None, timeout=SOON)
    assert not ann.does(Grade.OFFLINE)
    monkeypatch.setattr(liveness, "OVERDUE_MS", -1000)  # even before the answer can come
    with qtbot.waitSignal(ann.disconnected, timeout=SOON):
        ann.wake_up()
    assert "sent nothing" in ann.said("✗ Disconnected")[0][1]
    assert ann.does(Grade.OFFLINE)


def test_an_edit_ends_the_rest_of_the_quality(
    qtbot: QtBot, make: Make, server: ServerProcess, session_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer is the first that this connection measures, since no ping leaves meanwhile."""
    monkeypatch.setattr(core, "FIRST_HEARTBEAT_MS", 60_000)
    monkeypatch.setattr(core, "HEARTBEAT_MS", 60_000)
    monkeypatch.setattr(quality_watch, "LOOK_MS", 10)
    monkeypatch.setattr(timers, "rest_ms", lambda: 3_600_000)
    ann = make("ann")
    ann.join(qtbot, server.url, session_id)
    driver = ann._driver
    assert driver is not None
    qtbot.waitUntil(lambda: driver.quality._rests, timeout=SOON)
    assert ann.quality.latency_ms is None
    ann.edit(Put("lens", "component", {}))
    qtbot.waitUntil(lambda: ann.quality.latency_ms is not None, timeout=SOON)


def test_an_outage_is_told_and_its_end_too(qtbot: QtBot, make: Make, tmp_path: Path) -> None:
    """CONN-7: its start, its cause, the next attempt, and waiting edits; *Retry now* skips the wait."""
    with ServerProcess(tmp_path) as server:
        ann = make("ann")
        ann.join(qtbot, server.url, "default")
        assert (ann.outage, ann.next_attempt_ms, ann.unsent) == (None, None, 0)
        before = time.time()
        with qtbot.waitSignal(ann.outage_changed, timeout=SOON):
            server.kill()
        ann.edit(Put("lens", "component", {}))
        outage = ann.outage
        assert outage is not None
        assert before <= outage.since <= time.time()
        assert "the network or the server went away" in outage.cause
        assert ann.unsent == 1
        qtbot.waitUntil(lambda: ann.outage != outage, timeout=SOON)
        assert ann.outage == outage._replace(latest=ann.said("Nothing answers")[0][1].removeprefix("✗ "))
        qtbot.waitUntil(lambda: (ann.next_attempt_ms or 0) > 3500, timeout=2 * SOON)  # of 4 to 8 s
        server.start()
        ann.retry_now()
        assert ann.next_attempt_ms is None
        with qtbot.waitSignal(ann.drained, timeout=3000):
            pass
        assert [ann.outage, ann.unsent] == [None, 0]
