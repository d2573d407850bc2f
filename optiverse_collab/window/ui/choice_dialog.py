"""Asks what to do with two benches in one place, before anything is changed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from PyQt6.QtCore import Qt, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QIcon, QResizeEvent
from PyQt6.QtWidgets import (
    QAbstractButton,
    QCommandLinkButton,
    QDialog,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from optiverse_collab.core.text import unmarked
from optiverse_collab.wording import benches
from optiverse_collab.wording.benches import Differences

SHOWN_ROWS = 8
"""How many lines of the list show without scrolling."""

WIDTH, NARROWEST, WIDE = 480, 300, 680
"""Initial and minimum width of a dialog, and the width for lines with two values, in pixels."""


class JoiningChoice(Enum):
    """The options for the user's bench when they join a session that has one, too."""

    BRING = "bring"
    """It is added to the session's."""
    MERGE = "merge"
    """It left the session as a file; its edits since are made in the session."""
    REPLACE = "replace"
    """The session's replaces it."""
    CANCEL = "cancel"
    """The user doesn't join."""


class ReplacementChoice(Enum):
    """The options for a bench that the user opened while in a session."""

    LEAVE = "leave"
    """The user leaves the session with it."""
    EVERYBODY = "everybody"
    """It replaces the session's."""
    BACK = "back"
    """The session's replaces it."""


Answer = JoiningChoice | ReplacementChoice


class Choice(NamedTuple):
    """A button of the dialog.

    Attributes:
        answer: the meaning of a click.
        text: on the button.
        note: its effect; empty for the answer that changes nothing, which closing the dialog gives, too.
    """

    answer: Answer
    text: str
    note: str = ""


class ChoiceDialog(QDialog):
    """Asks one question; closing the dialog in any other way gives the last answer, as Enter does at first.

    Args:
        title: of the window.
        question: a sentence.
        rows: the subject of the question, a line for each item.
        choices: the answers; the last is the default.

    Attributes:
        buttons: answer → its button.
        list: shows `rows`; hidden if there are none.

    Signals:
        chosen: an `Answer`; once.
    """

    chosen = pyqtSignal(object)

    def __init__(
        self,
        title: str,
        question: str,
        rows: Sequence[str],
        choices: Sequence[Choice],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.buttons: dict[Answer, QAbstractButton] = {}
        self._answer = choices[-1].answer
        layout = QVBoxLayout(self)
        label = QLabel(question, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        layout.addWidget(label)
        self.list = self._made_list(rows)
        layout.addWidget(self.list)
        for choice in choices:
            button = self._button(choice)
            self.buttons[choice.answer] = button
            button.clicked.connect(self._on_clicked)
            layout.addWidget(button)
        button.setDefault(True)
        button.setFocus()
        self.setMinimumWidth(NARROWEST)
        self.resize(WIDTH, layout.totalHeightForWidth(WIDTH))
        self.finished.connect(self._on_finished)

    def offer(self, answer: Answer, note: str, enabled: bool, rows: Sequence[str] | None = None) -> None:
        """Say what an answer would do, and whether it can be given.

        Args:
            rows: what to list from now on; None for what is there.
        """
        button = self.buttons[answer]
        if isinstance(button, QCommandLinkButton):
            button.setDescription(note)
        button.setEnabled(enabled)
        width, layout = self.width(), self.layout()
        if rows is not None:
            _fill(self.list, rows)
            width = max(width, WIDE)
        if layout is not None:
            self.resize(width, max(self.height(), layout.totalHeightForWidth(width)))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep room for all texts; a layout reserves less once they wrap."""
        super().resizeEvent(event)
        layout = self.layout()
        if layout is not None:
            self.setMinimumHeight(layout.totalHeightForWidth(self.width()))

    def _made_list(self, rows: Sequence[str]) -> QListWidget:
        made = QListWidget(self)
        made.setAccessibleName(self.windowTitle())
        made.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        made.setUniformItemSizes(True)
        made.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        _fill(made, rows)
        return made

    def _button(self, choice: Choice) -> QPushButton:
        if not choice.note:
            return QPushButton(choice.text, self)
        button = QCommandLinkButton(choice.text, choice.note, self)
        button.setIcon(QIcon())  # the arrow of some styles is black in dark themes too
        return button

    @pyqtSlot()
    def _on_clicked(self) -> None:
        self._answer = next(answer for answer, button in self.buttons.items() if button is self.sender())
        self.accept()

    @pyqtSlot()
    def _on_finished(self) -> None:
        self.chosen.emit(self._answer)


def joining_dialog(found: Differences, copy: Path, parent: QWidget | None = None) -> ChoiceDialog:
    """A bench and a session's that never met; the answer is a `JoiningChoice`.

    Args:
        found: how they differ.
        copy: where a copy of the user's will be.
    """
    path = _short(copy)
    bring = Choice(JoiningChoice.BRING, benches.BRING, benches.bring_note(found, path))
    choices = [
        Choice(JoiningChoice.REPLACE, benches.REPLACE, benches.REPLACE_NOTE.format(path=path)),
        Choice(JoiningChoice.CANCEL, benches.CANCEL),
    ]
    if found.new:
        choices.insert(0, bring)
    may_have_left = bool(found.differ or found.same)
    if may_have_left:
        choices.insert(0, Choice(JoiningChoice.MERGE, benches.MERGE, benches.SEARCHING))
    rows = benches.rows(found._replace(missing=[]))
    dialog = ChoiceDialog(benches.JOINING_TITLE, benches.joining_question(found), rows, choices, parent)
    if may_have_left:
        dialog.offer(JoiningChoice.MERGE, benches.SEARCHING, enabled=False)
    return dialog


def opened_dialog(found: Differences, copy: Path, parent: QWidget | None = None) -> ChoiceDialog:
    """The user opened another bench while in a session; the answer is a `ReplacementChoice`.

    Args:
        found: how it differs from the session's.
        copy: where a copy of the session's bench will be.
    """
    note = benches.everybody_note(found, _short(copy))
    choices = (
        Choice(ReplacementChoice.LEAVE, benches.LEAVE, benches.LEAVE_NOTE),
        Choice(ReplacementChoice.EVERYBODY, benches.EVERYBODY, note),
        Choice(ReplacementChoice.BACK, benches.BACK),
    )
    question = benches.opened_question(found)
    return ChoiceDialog(benches.OPENED_TITLE, question, benches.rows(found), choices, parent)


def _fill(made: QListWidget, rows: Sequence[str]) -> None:
    """Show these lines in a list that is as high as they are, up to a limit."""
    made.clear()
    for row in rows:
        item = QListWidgetItem(row, made)
        item.setToolTip(unmarked(row))
    shown = min(len(rows), SHOWN_ROWS)
    made.setFixedHeight(shown * max(made.sizeHintForRow(0), 0) + 2 * made.frameWidth())
    made.setVisible(bool(rows))


def _short(path: Path) -> str:
    """A path as people write it: ``~`` for their home."""
    home = Path.home()
    return f"~{os.sep}{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
