"""Two benches in one place: what shall happen? Asked before anything is changed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PyQt6.QtCore import pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import (
    QAbstractButton,
    QCommandLinkButton,
    QDialog,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from optiverse_collab.wording import dialogs


class Choice(NamedTuple):
    """One answer.

    Attributes:
        name: for code.
        text: on the button.
        note: what it does; empty for the answer that changes nothing, which any other way out gives too.
    """

    name: str
    text: str
    note: str = ""


class ChoiceDialog(QDialog):
    """Asks one question; closing the dialog in any other way gives the last answer.

    Args:
        title: of the window.
        question: a sentence.
        choices: the answers; the first is the default.

    Attributes:
        buttons: answer → its button.

    Signals:
        chosen: the name of an answer; once.
    """

    chosen = pyqtSignal(str)

    def __init__(
        self, title: str, question: str, choices: Sequence[Choice], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.buttons: dict[str, QAbstractButton] = {}
        self._choice = choices[-1].name
        layout = QVBoxLayout(self)
        label = QLabel(question, self)
        label.setWordWrap(True)
        layout.addWidget(label)
        for choice in choices:
            button = self._button(choice)
            self.buttons[choice.name] = button
            button.clicked.connect(self._on_clicked)
            layout.addWidget(button)
        self.finished.connect(self._on_finished)

    def _button(self, choice: Choice) -> QAbstractButton:
        if not choice.note:
            return QPushButton(choice.text, self)
        button = QCommandLinkButton(choice.text, choice.note, self)
        button.setDefault(not self.buttons)
        return button

    @pyqtSlot()
    def _on_clicked(self) -> None:
        self._choice = next(name for name, button in self.buttons.items() if button is self.sender())
        self.accept()

    @pyqtSlot()
    def _on_finished(self) -> None:
        self.chosen.emit(self._choice)


def joining_dialog(mine: int, theirs: int, copy: Path, parent: QWidget | None = None) -> ChoiceDialog:
    """Both the user and the session have a bench: ``bring``, ``replace`` or ``cancel``.

    Args:
        mine: how many items are on the user's bench.
        theirs: how many are in the session.
        copy: where the copy will be.
    """
    choices = (
        Choice("bring", dialogs.CHOICE_BRING, dialogs.CHOICE_BRING_NOTE.format(mine=_items(mine))),
        Choice("replace", dialogs.CHOICE_REPLACE, dialogs.CHOICE_REPLACE_NOTE.format(path=_short(copy))),
        Choice("cancel", dialogs.CHOICE_CANCEL),
    )
    question = dialogs.CHOICE_TEXT.format(mine=_items(mine), theirs=_items(theirs))
    return ChoiceDialog(dialogs.CHOICE_TITLE, question, choices, parent)


def opened_dialog(mine: int, theirs: int, copy: Path, parent: QWidget | None = None) -> ChoiceDialog:
    """The user opened another bench while in a session: ``leave``, ``everybody`` or ``back``.

    Args:
        mine: how many items were opened.
        theirs: how many are in the session.
        copy: where a copy of the session's bench will be.
    """
    note = dialogs.OPENED_EVERYBODY_NOTE.format(theirs=_items(theirs), path=_short(copy))
    choices = (
        Choice("leave", dialogs.OPENED_LEAVE, dialogs.OPENED_LEAVE_NOTE),
        Choice("everybody", dialogs.OPENED_EVERYBODY, note),
        Choice("back", dialogs.OPENED_BACK),
    )
    question = dialogs.OPENED_TEXT.format(mine=_items(mine), theirs=_items(theirs))
    return ChoiceDialog(dialogs.OPENED_TITLE, question, choices, parent)


def _items(count: int) -> str:
    return dialogs.ONE_ITEM if count == 1 else dialogs.ITEMS.format(count=count)


def _short(path: Path) -> str:
    """A path as people write it: ``~`` for their home."""
    home = Path.home()
    return f"~{os.sep}{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
