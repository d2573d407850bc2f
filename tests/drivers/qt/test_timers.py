"""A single-shot timer fires once for each start, and timers at rest fire together."""

from __future__ import annotations

import time

import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.drivers.qt.timers import rest_ms, single_shot


def test_it_fires_once_for_each_start(qtbot: QtBot) -> None:
    parent = QObject()
    fired: list[None] = []
    timer = single_shot(parent, lambda: fired.append(None), 1)
    assert timer.parent() is parent
    assert not timer.isActive()
    for count in (1, 2):
        timer.start()
        qtbot.waitUntil(lambda count=count: len(fired) == count)  # type: ignore[misc]
        assert not timer.isActive()


def test_another_time_can_be_given(qtbot: QtBot) -> None:
    parent = QObject()
    timer = single_shot(parent, lambda: None, 60_000)
    assert timer.interval() == 60_000
    with qtbot.waitSignal(timer.timeout):
        timer.start(0)


@pytest.mark.parametrize(("now_s", "until_s"), [(10.0, 12), (10.5, 12), (11.25, 12), (11.5, 14), (12.25, 14)])
def test_timers_at_rest_fire_together(monkeypatch: pytest.MonkeyPatch, now_s: float, until_s: int) -> None:
    """One that fired a little early, as Qt's may, doesn't fire twice."""
    with monkeypatch.context() as patched:
        patched.setattr(time, "monotonic", lambda: now_s)
        assert now_s + rest_ms() / 1000 == until_s
