"""Your bench and the session's: what shall happen? Asked before anything is changed."""

from __future__ import annotations

import os
from pathlib import Path

from PyQt6.QtCore import pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import QCommandLinkButton, QDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from optiverse_collab.ui import texts


class ChoiceDialog(QDialog):
    """Bring my bench into the session, replace it (a copy is saved), or don't join.

    Closing the dialog in any other way is not joining.

    Args:
        mine: how many items are on the user's bench.
        theirs: how many are in the session.
        copy: where the copy will be.

    Attributes:
        bring: the first choice.
        replace: the second.
        dont: the third.

    Signals:
        chosen: ``bring``, ``replace`` or ``cancel``; once.
    """

    chosen = pyqtSignal(str)

    def __init__(self, mine: int, theirs: int, copy: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(texts.CHOICE_TITLE)
        question = QLabel(texts.CHOICE_TEXT.format(mine=_items(mine), theirs=_items(theirs)), self)
        question.setWordWrap(True)
        bring_note = texts.CHOICE_BRING_NOTE.format(mine=_items(mine))
        replace_note = texts.CHOICE_REPLACE_NOTE.format(path=_short(copy))
        self.bring = QCommandLinkButton(texts.CHOICE_BRING, bring_note, self)
        self.replace = QCommandLinkButton(texts.CHOICE_REPLACE, replace_note, self)
        self.dont = QPushButton(texts.CHOICE_CANCEL, self)
        layout = QVBoxLayout(self)
        for widget in (question, self.bring, self.replace, self.dont):
            layout.addWidget(widget)
        self.bring.setDefault(True)
        self._choice = "cancel"
        self.bring.clicked.connect(self._on_bring)
        self.replace.clicked.connect(self._on_replace)
        self.dont.clicked.connect(self.reject)
        self.finished.connect(self._on_finished)

    @pyqtSlot()
    def _on_bring(self) -> None:
        self._choice = "bring"
        self.accept()

    @pyqtSlot()
    def _on_replace(self) -> None:
        self._choice = "replace"
        self.accept()

    @pyqtSlot()
    def _on_finished(self) -> None:
        self.chosen.emit(self._choice)


def _items(count: int) -> str:
    return texts.ONE_ITEM if count == 1 else texts.ITEMS.format(count=count)


def _short(path: Path) -> str:
    """A path as people write it: ``~`` for their home."""
    home = Path.home()
    return f"~{os.sep}{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
