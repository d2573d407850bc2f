"""The user is asked, and answers later or never; nothing blocks meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, Qt
from PyQt6.QtWidgets import QDialog, QFileDialog, QMessageBox

from optiverse_collab_demo.questions import ask_for_file, ask_to_save, notify
from optiverse_collab_demo.window import DemoWindow
from tests.helpers.demo_window import answer, boxes, choose_file, file_dialogs
from tests.helpers.user_input import press_key

BUTTON = QMessageBox.StandardButton


@pytest.mark.parametrize(
    ("button", "called"), [(BUTTON.Save, ["save"]), (BUTTON.Discard, ["discard"]), (BUTTON.Cancel, [])]
)
def test_each_button_is_one_answer(
    window: DemoWindow, button: QMessageBox.StandardButton, called: list[str]
) -> None:
    heard: list[str] = []
    ask_to_save(window, lambda: heard.append("save"), lambda: heard.append("discard"))
    assert heard == []
    answer(window, button)
    assert heard == called
    assert boxes(window) == []


def escape(dialog: QDialog) -> None:
    press_key(dialog, Qt.Key.Key_Escape)


def test_escape_and_closing_the_question_are_no_answer(window: DemoWindow) -> None:
    heard: list[str] = []
    for leave in (escape, QMessageBox.close):
        ask_to_save(window, lambda: heard.append("save"), lambda: heard.append("discard"))
        (box,) = boxes(window)
        leave(box)
        assert boxes(window) == []
    assert heard == []


def test_markup_in_a_sentence_shows_as_written(window: DemoWindow) -> None:
    notify(window, "There is no file <b>&amp;</b>; check the path.")
    (box,) = boxes(window)
    assert box.text() == "There is no file <b>&amp;</b>; check the path."
    assert box.textFormat() == Qt.TextFormat.PlainText
    box.close()


def test_nothing_is_left_of_a_question_that_was_answered(window: DemoWindow) -> None:
    ask_to_save(window, lambda: None, lambda: None)
    answer(window, BUTTON.Cancel)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert window.findChildren(QMessageBox) == []


def test_file_to_open_is_one_that_is_there(window: DemoWindow, tmp_path: Path) -> None:
    chosen: list[Path] = []
    (tmp_path / "bench.json").write_text("{}", encoding="utf-8")
    ask_for_file(window, False, tmp_path / "bench.json", chosen.append)
    (dialog,) = file_dialogs(window)
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptOpen
    assert dialog.fileMode() == QFileDialog.FileMode.ExistingFile
    assert Path(dialog.directory().path()) == tmp_path
    choose_file(window, tmp_path / "bench.json")
    assert chosen == [tmp_path / "bench.json"]


def test_file_to_write_gets_its_suffix(window: DemoWindow, tmp_path: Path) -> None:
    chosen: list[Path] = []
    ask_for_file(window, True, tmp_path, chosen.append)
    (dialog,) = file_dialogs(window)
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    choose_file(window, tmp_path / "new bench")
    assert chosen == [tmp_path / "new bench.json"]


def test_who_chooses_no_file_is_not_asked_again(window: DemoWindow) -> None:
    chosen: list[Path] = []
    for save in (True, False):
        ask_for_file(window, save, None, chosen.append)
        (dialog,) = file_dialogs(window)
        escape(dialog)
        assert file_dialogs(window) == []
    assert chosen == []
