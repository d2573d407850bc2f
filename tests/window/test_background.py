"""Work in a thread, with the answer delivered on the GUI thread."""

from __future__ import annotations

import threading
from pathlib import Path

from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.errors import CollaborationError, DiskError
from optiverse_collab.window.background import Background
from tests.helpers.processes import run_python

SOON = 10_000  # ms


def test_work_is_done_in_order_beside_the_window(qtbot: QtBot, parent: QObject) -> None:
    background = Background(parent)
    gui = threading.get_ident()
    threads: set[int] = set()
    results: list[int] = []

    def work(number: int) -> int:
        threads.add(threading.get_ident())
        return number

    def done(number: int) -> None:
        assert threading.get_ident() == gui
        results.append(number)

    def failed(error: CollaborationError) -> None:
        raise error

    for number in range(20):
        background.run(lambda number=number: work(number), done, failed)  # type: ignore[misc]
    qtbot.waitUntil(lambda: len(results) == 20, timeout=SOON)
    assert results == list(range(20))
    assert gui not in threads


def test_an_error_is_an_answer_too(qtbot: QtBot, parent: QObject) -> None:
    background = Background(parent)
    errors: list[CollaborationError] = []

    def work() -> None:
        raise DiskError("The disk is full; free some space.")

    background.run(work, lambda _: None, errors.append)
    qtbot.waitUntil(lambda: bool(errors), timeout=SOON)
    assert str(errors[0]) == "The disk is full; free some space."


def test_nobody_is_called_who_is_gone(qtbot: QtBot, parent: QObject) -> None:
    """Even if the receiver is deleted just before the answer."""
    stays = Background(parent)
    goes_on = threading.Event()
    results: list[object] = []
    for _ in range(50):
        goes = Background(parent)
        goes.run(lambda: goes_on.wait(SOON / 1000), results.append, lambda _: None)
        goes.deleteLater()
    goes_on.set()
    stays.run(lambda: "told", results.append, lambda _: None)
    qtbot.waitUntil(lambda: "told" in results, timeout=SOON)
    assert results == ["told"]


def test_what_was_begun_is_done_when_the_program_ends(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from threading import Event
from PyQt6.QtCore import QCoreApplication, QObject
from optiverse_collab.window.background import Background

application, parent = QCoreApplication([]), QObject()
background = Background(parent)
for _ in range(2):
    background.run(lambda: Event().wait(0.2), lambda _: None, lambda _: None)
background.run(lambda: Path(sys.argv[1]).touch(), lambda _: None, lambda _: None)
"""
    ended = run_python("-c", program, str(tmp_path / "file"))
    assert (ended.code, ended.errors) == (0, "")
    assert (tmp_path / "file").exists()


def test_any_other_error_is_raised_on_the_gui_thread(qtbot: QtBot, parent: QObject) -> None:
    background = Background(parent)

    def work() -> None:
        raise ZeroDivisionError

    with qtbot.capture_exceptions() as caught:
        background.run(work, lambda _: None, lambda _: None)
        qtbot.waitUntil(lambda: bool(caught), timeout=SOON)
    assert caught[0][0] is ZeroDivisionError
