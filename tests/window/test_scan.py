"""The scan finds edits without a report, and needs little time while the user does nothing."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QObject, Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Put, Record
from optiverse_collab.drivers.qt import timers
from optiverse_collab.window import scan as module
from optiverse_collab.window.capture import Capture
from optiverse_collab.window.scan import Scan
from tests.helpers.dict_host import DictHost
from tests.helpers.user_input import press_key


class Bench:
    """A bench that is scanned, in a host whose user edits without a report."""

    def __init__(self, parent: QObject, records: int = 10) -> None:
        self.host, self.replica = DictHost(), Replica("client")
        self.replica.edit([Put(f"r{n}", "component", {"n": n}) for n in range(records)])
        self.host.bench = dict(self.replica.view)
        self.capture = Capture(self.host, self.replica)
        self.scan = Scan(self.capture, self.replica, parent)

    def edit_silently(self, id: str, n: int) -> None:
        """An edit that the host doesn't report, after the scans so far."""
        self.capture.tick()
        self.host.bench[id] = Record(id, "component", {"n": n})

    def has(self, id: str, n: int) -> bool:
        """Whether the session has an edit."""
        self.capture.tick()
        return self.replica.view[id].props == {"n": n}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Milliseconds instead of seconds."""
    monkeypatch.setattr(module, "SCAN_MS", 1)
    monkeypatch.setattr(module, "SCAN_RECORDS", 3)
    monkeypatch.setattr(timers, "rest_ms", lambda: 5)


@pytest.fixture
def keyboard(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.mark.usefixtures("quick")
def test_without_input_it_slows_down_and_still_finds_edits(qtbot: QtBot, parent: QObject) -> None:
    bench = Bench(parent)
    bench.scan.start()
    assert not bench.scan.at_rest
    qtbot.waitUntil(lambda: bench.scan.at_rest)
    bench.edit_silently("r9", 90)
    qtbot.waitUntil(lambda: bench.has("r9", 90))
    assert bench.scan.at_rest


@pytest.mark.usefixtures("quick")
def test_input_wakes_it_at_once(
    qtbot: QtBot, parent: QObject, keyboard: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise an edit of the user's would be found late."""
    monkeypatch.setattr(timers, "rest_ms", lambda: 3_600_000)
    bench = Bench(parent)
    bench.scan.start()
    qtbot.waitUntil(lambda: bench.scan.at_rest)
    press_key(keyboard, Qt.Key.Key_Shift)
    assert not bench.scan.at_rest
    bench.edit_silently("r9", 90)
    qtbot.waitUntil(lambda: bench.has("r9", 90))


@pytest.mark.usefixtures("quick")
def test_after_input_all_of_the_bench_is_compared(
    qtbot: QtBot, parent: QObject, keyboard: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if it comes in the middle: the scan rests only after a whole round without input."""
    monkeypatch.setattr(timers, "rest_ms", lambda: 3_600_000)
    bench = Bench(parent, records=60)
    bench.scan.start()
    for _ in range(15):
        bench.scan._on_timer()
    press_key(keyboard, Qt.Key.Key_Shift)
    bench.edit_silently("r0", 90)
    qtbot.waitUntil(lambda: bench.scan.at_rest)
    assert bench.has("r0", 90)


@pytest.mark.usefixtures("quick")
def test_stopped_it_compares_nothing(qtbot: QtBot, parent: QObject, keyboard: QWidget) -> None:
    bench = Bench(parent)
    bench.scan.start()
    qtbot.waitUntil(lambda: bench.scan.at_rest)
    bench.scan.stop()
    press_key(keyboard, Qt.Key.Key_Shift)
    bench.edit_silently("r9", 90)
    qtbot.wait(20)
    assert not bench.has("r9", 90)
