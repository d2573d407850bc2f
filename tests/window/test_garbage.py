"""Garbage is collected on the GUI thread alone while a window is open."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.window import garbage as garbage_module
from optiverse_collab.window.garbage import GuiGarbage

SOON = 10_000  # ms


class Cycle:
    """Garbage, once nobody else has it; says in which thread it went."""

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
    """More than Python takes before it collects."""
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
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window of another test may be open."""
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
    """As one that could not be set up, or that its host deletes."""
    parent = QObject()
    GuiGarbage(parent)
    assert not gc.isenabled()
    sip.delete(parent)
    assert gc.isenabled()
