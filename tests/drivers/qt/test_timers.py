"""A single-shot timer fires once for each start, and not before."""

from __future__ import annotations

from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.drivers.qt.timers import single_shot


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
