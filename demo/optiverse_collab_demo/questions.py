"""The window's questions. None of them blocks: the answer comes later, if at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog, QMessageBox, QWidget

_FILTER = "Optiverse benches (*.json);;All files (*)"


def ask_for_file(window: QWidget, save: bool, start: Path | None, then: Callable[[Path], None]) -> None:
    """Let the user choose a bench file.

    Args:
        window: who asks.
        save: whether to write to it; else it is there already.
        start: the file, or in which folder to start; None for anywhere.
        then: gets the file.
    """
    title = "Save bench" if save else "Open bench"
    dialog = QFileDialog(window, title, "" if start is None else str(start), _FILTER)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setDefaultSuffix("json")
    if save:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    else:
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    dialog.open()


def ask_to_save(window: QWidget, save: Callable[[], None], discard: Callable[[], None]) -> None:
    """Ask what to do with unsaved changes; nothing is called if the user cancels."""
    button = QMessageBox.StandardButton
    box = QMessageBox(
        QMessageBox.Icon.Question,
        "Optics bench",
        "The bench has changes that are in no file. Save them?",
        button.Save | button.Discard | button.Cancel,
        window,
    )
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def answered(answer: int) -> None:
        if answer == button.Save.value:
            save()
        elif answer == button.Discard.value:
            discard()

    box.finished.connect(answered)
    box.open()


def notify(window: QWidget, sentence: str) -> None:
    """Tell the user that something did not work."""
    box = QMessageBox(QMessageBox.Icon.Warning, "Optics bench", sentence, parent=window)
    box.setTextFormat(Qt.TextFormat.PlainText)  # The name of a file may look like markup.
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
