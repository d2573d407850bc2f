"""Asks for a file without blocking the window: the dialog is open, and calls when a file is chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtWidgets import QFileDialog, QWidget

from optiverse_collab.wording import dialogs


def ask_where(
    parent: QWidget | None,
    save: Callable[[Path], object],
    title: str = dialogs.SAVE_AS_FILE,
    files: str = dialogs.BENCH_FILES,
    suffix: str = "json",
) -> None:
    """Ask where to save something; a bench, if nothing else is given.

    Args:
        parent: the window below.
        save: takes the path.
        title: of the dialog.
        files: what they are called, with a pattern in parentheses.
        suffix: of a name that is given without one.
    """
    dialog = QFileDialog(parent, title, "", files)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    _open(dialog, save)


def ask_which(parent: QWidget | None, use: Callable[[Path], object], title: str, files: str) -> None:
    """Ask which file to open; see `ask_where`."""
    dialog = QFileDialog(parent, title, "", files)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    _open(dialog, use)


def _open(dialog: QFileDialog, use: Callable[[Path], object]) -> None:
    dialog.fileSelected.connect(lambda path: use(Path(path)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
