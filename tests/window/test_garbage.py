"""While a window is open, garbage is collected only on the GUI thread."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.drivers.qt import timers
from optiverse_collab.window import garbage as garbage_module
from optiverse_collab.window.garbage import EVERY_MS, GuiGarbage, release, spare

SOON = 10_000  # ms


class Cycle:
    """Garbage, once nobody refers to it any more; records the thread that collected it."""

    went_in: list[int]

    def __init__(self) -> None:
        self.me = self
        gone: list[int] = []
        self.went_in = gone
        weakref.finalize(self, lambda: gone.append(threading.get_ident()))


@pytest.fixture
def garbage(qapp: object) -> Iterator[GuiGarbage]:
    parent = QObject()
    made = GuiGarbage(parent)
    yield made
    made.close()


def allocate() -> list[list[int]]:
    """Allocate more objects than Python allows before it collects."""
    return [[number] for number in range(100_000)]


def test_a_thread_that_allocates_collects_nothing(qtbot: QtBot, garbage: GuiGarbage) -> None:
    gone = Cycle().went_in
    thread = threading.Thread(target=allocate)
    thread.start()
    thread.join()
    assert gone == []
    held = allocate()
    qtbot.waitUntil(lambda: bool(gone), timeout=SOON)
    assert gone == [threading.get_ident()]
    assert held


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make sure that no window of another test shares its bench."""
    monkeypatch.setattr(garbage_module, "_spared", garbage_module._Spared())
    gc.unfreeze()


def left_by(owner: object) -> list[int]:
    """Garbage from a bench that was shared and left; records the thread that collected it."""
    something = Cycle()
    spare(owner)
    return something.went_in


def test_what_was_shared_is_collected_once_it_is_left(
    qtbot: QtBot, garbage: GuiGarbage, shared: None
) -> None:
    """Though the collector would not look at old objects for any other reason."""
    gone = left_by("a bench")
    gc.collect()
    assert gone == []
    release("a bench")
    assert gc.get_freeze_count() == 0
    qtbot.waitUntil(lambda: bool(gone), timeout=SOON)
    assert gone == [threading.get_ident()]


def test_a_bench_that_follows_at_once_keeps_nothing_of_it(shared: None) -> None:
    """Leaving and joining again used to keep the whole former bench each time."""
    gone = left_by("a bench")
    release("a bench")
    spare("the next")
    assert gone
    release("the next")


def test_what_another_window_shares_is_left_alone(qtbot: QtBot, garbage: GuiGarbage, shared: None) -> None:
    spare("another bench")
    gone = left_by("a bench")
    release("a bench that was never shared")
    assert gc.get_freeze_count() > 0
    release("a bench")
    qtbot.waitUntil(lambda: bool(gone), timeout=SOON)
    assert gc.get_freeze_count() > 0
    release("another bench")


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make sure that no window of another test counts as open."""
    monkeypatch.setattr(garbage_module, "_collectors", set())


def test_python_collects_again_behind_the_last_window(qapp: object, nobody: None) -> None:
    parent = QObject()
    first, second = GuiGarbage(parent), GuiGarbage(parent)
    first.close()
    first.close()
    assert not gc.isenabled()
    second.close()
    assert gc.isenabled()


def test_a_window_that_is_not_closed_stops_nothing(qapp: object, nobody: None) -> None:
    """For example, one whose setup failed, or that its host deletes."""
    parent = QObject()
    GuiGarbage(parent)
    assert not gc.isenabled()
    sip.delete(parent)
    assert gc.isenabled()


def test_without_garbage_it_looks_less_often(garbage: GuiGarbage, monkeypatch: pytest.MonkeyPatch) -> None:
    """An idle window is woken seldom, and a busy one is cleaned as often as before."""
    assert not all(garbage_module._collect() for _ in range(9)), "what other tests left is soon gone"
    monkeypatch.setattr(timers, "rest_ms", lambda: 12_345)
    garbage._on_timer()
    assert garbage._timer.interval() == 12_345
    held = allocate()
    garbage._on_timer()
    assert garbage._timer.interval() == EVERY_MS
    assert held
