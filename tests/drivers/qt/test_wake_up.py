"""A machine that slept, or is online again, is detected."""

from __future__ import annotations

import time

import pytest
from PyQt6.QtCore import QObject
from PyQt6.QtNetwork import QNetworkInformation
from pytestqt.qtbot import QtBot

from optiverse_collab.drivers.qt import timers
from optiverse_collab.drivers.qt.wake_up import SLEPT_S, WakeUp
from tests.helpers.attempt import DEADLINE_MS

Reachability = QNetworkInformation.Reachability


@pytest.fixture
def watch(owner: QObject, monkeypatch: pytest.MonkeyPatch) -> WakeUp:
    monkeypatch.setattr(timers, "rest_ms", lambda: 5)
    watch = WakeUp(owner)
    watch.start()
    return watch


def test_wall_clock_that_jumps_is_a_sleep(
    qtbot: QtBot, watch: WakeUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HB-4, CONN-7: once, and the clock of the timers stood still meanwhile."""
    heard: list[str] = []
    watch.woke.connect(lambda: heard.append("woke"))
    true = time.time
    monkeypatch.setattr(time, "time", lambda: true() + 2 * SLEPT_S)
    qtbot.waitUntil(lambda: bool(heard), timeout=DEADLINE_MS)
    for _ in range(5):
        watch._on_timeout()
    assert heard == ["woke"]


def test_network_that_is_up_again_wakes(watch: WakeUp) -> None:
    """HB-4, CONN-7"""
    heard: list[str] = []
    watch.woke.connect(lambda: heard.append("woke"))
    for reachability in (Reachability.Disconnected, Reachability.Site, Reachability.Unknown):
        watch._on_reachability_changed(reachability)
    assert heard == []
    watch._on_reachability_changed(Reachability.Online)
    assert heard == ["woke"]
