"""Asking for a file: the window keeps working, and receives the choice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.file_dialogs import ask_where, ask_which
from optiverse_collab.wording import dialogs

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


def dialogs_of(window: QWidget) -> list[QFileDialog]:
    return window.findChildren(QFileDialog)


def test_where_to_save_a_bench_is_asked(window: QWidget) -> None:
    chosen: list[Path] = []
    ask_where(window, chosen.append)
    [dialog] = dialogs_of(window)
    assert dialog.isVisible()
    assert dialog.windowTitle() == dialogs.SAVE_AS_FILE
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert dialog.defaultSuffix() == "json"
    assert dialog.nameFilters() == [dialogs.BENCH_FILES]
    dialog.fileSelected.emit("bench.json")
    assert chosen == [Path("bench.json")]


def test_which_file_to_open_is_asked(window: QWidget) -> None:
    chosen: list[Path] = []
    ask_which(window, chosen.append, "Take in", "Edits (*.edits)")
    [dialog] = dialogs_of(window)
    assert dialog.windowTitle() == "Take in"
    assert dialog.fileMode() is QFileDialog.FileMode.ExistingFile
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptOpen
    assert dialog.nameFilters() == ["Edits (*.edits)"]
    dialog.fileSelected.emit("some.edits")
    assert chosen == [Path("some.edits")]


@pytest.mark.parametrize(
    "ask",
    [lambda window: ask_where(window, print), lambda window: ask_which(window, print, "Take in", "All (*)")],
)
def test_an_answered_dialog_is_gone(
    qtbot: QtBot, window: QWidget, ask: Callable[[QWidget], None], capsys: pytest.CaptureFixture[str]
) -> None:
    ask(window)
    [dialog] = dialogs_of(window)
    dialog.reject()
    qtbot.waitUntil(lambda: dialogs_of(window) == [])
    assert capsys.readouterr().out == ""
