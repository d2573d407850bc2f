"""Asks what to do with two benches in one place, before anything is changed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from enum import Enum
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


class JoiningChoice(Enum):
    """What becomes of the user's bench when they join a session that has one too."""

    BRING = "bring"
    """It is added to the session's."""
    REPLACE = "replace"
    """The session's takes its place."""
    CANCEL = "cancel"
    """The user doesn't join."""


class ReplacementChoice(Enum):
    """What becomes of a bench that the user opened while in a session."""

    LEAVE = "leave"
    """The user leaves the session with it."""
    EVERYBODY = "everybody"
    """It takes the place of the session's."""
    BACK = "back"
    """The session's takes its place."""


Answer = JoiningChoice | ReplacementChoice


class Choice(NamedTuple):
    """A button of the dialog.

    Attributes:
        answer: what a click on it means.
        text: on the button.
        note: what it does; empty for the answer that changes nothing, which any other way out gives too.
    """

    answer: Answer
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
        chosen: an `Answer`; once.
    """

    chosen = pyqtSignal(object)

    def __init__(
        self, title: str, question: str, choices: Sequence[Choice], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.buttons: dict[Answer, QAbstractButton] = {}
        self._answer = choices[-1].answer
        layout = QVBoxLayout(self)
        label = QLabel(question, self)
        label.setWordWrap(True)
        layout.addWidget(label)
        for choice in choices:
            button = self._button(choice)
            self.buttons[choice.answer] = button
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
        self._answer = next(answer for answer, button in self.buttons.items() if button is self.sender())
        self.accept()

    @pyqtSlot()
    def _on_finished(self) -> None:
        self.chosen.emit(self._answer)


def joining_dialog(mine: int, theirs: int, copy: Path, parent: QWidget | None = None) -> ChoiceDialog:
    """Both the user and the session have a bench; the answer is a `JoiningChoice`.

    Args:
        mine: how many items are on the user's bench.
        theirs: how many are in the session.
        copy: where the copy will be.
    """
    bring_note = dialogs.CHOICE_BRING_NOTE.format(mine=_items(mine))
    replace_note = dialogs.CHOICE_REPLACE_NOTE.format(path=_short(copy))
    choices = (
        Choice(JoiningChoice.BRING, dialogs.CHOICE_BRING, bring_note),
        Choice(JoiningChoice.REPLACE, dialogs.CHOICE_REPLACE, replace_note),
        Choice(JoiningChoice.CANCEL, dialogs.CHOICE_CANCEL),
    )
    question = dialogs.CHOICE_TEXT.format(mine=_items(mine), theirs=_items(theirs))
    return ChoiceDialog(dialogs.CHOICE_TITLE, question, choices, parent)


def opened_dialog(mine: int, theirs: int, copy: Path, parent: QWidget | None = None) -> ChoiceDialog:
    """The user opened another bench while in a session; the answer is a `ReplacementChoice`.

    Args:
        mine: how many items were opened.
        theirs: how many are in the session.
        copy: where a copy of the session's bench will be.
    """
    note = dialogs.OPENED_EVERYBODY_NOTE.format(theirs=_items(theirs), path=_short(copy))
    choices = (
        Choice(ReplacementChoice.LEAVE, dialogs.OPENED_LEAVE, dialogs.OPENED_LEAVE_NOTE),
        Choice(ReplacementChoice.EVERYBODY, dialogs.OPENED_EVERYBODY, note),
        Choice(ReplacementChoice.BACK, dialogs.OPENED_BACK),
    )
    question = dialogs.OPENED_TEXT.format(mine=_items(mine), theirs=_items(theirs))
    return ChoiceDialog(dialogs.OPENED_TITLE, question, choices, parent)


def _items(count: int) -> str:
    return dialogs.ONE_ITEM if count == 1 else dialogs.ITEMS.format(count=count)


def _short(path: Path) -> str:
    """A path as people write it: ``~`` for their home."""
    home = Path.home()
    return f"~{os.sep}{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
