"""Asks for a file without blocking the window: the dialog calls back when a file is chosen."""

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
    """Ask where to save something, by default a bench.

    Args:
        parent: the window below.
        save: takes the path.
        title: of the dialog.
        files: their description, with a pattern in parentheses.
        suffix: added to a name without one.
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
