"""The list of what was done: a row for each step, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QListView, QWidget

from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.text import unmarked
from optiverse_collab.wording import timeline as texts

_Key = tuple[int, int]


class StepModel(QAbstractListModel):
    """Steps in words; each is worded when it is first shown.

    Attributes:
        steps: newest first.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.steps: list[PastStep] = []
        self._deeds: dict[_Key, str] = {}

    def show(self, steps: Sequence[PastStep]) -> None:
        """Show these instead, oldest first; rows that stay keep the selection."""
        new = list(reversed(steps))
        old_keys, new_keys = [*map(_key, self.steps)], [*map(_key, new)]
        head = _common(old_keys, new_keys)
        tail = _common(old_keys[head:][::-1], new_keys[head:][::-1])
        gone, come = len(old_keys) - head - tail, len(new_keys) - head - tail
        if gone:
            self.beginRemoveRows(QModelIndex(), head, head + gone - 1)
            del self.steps[head : head + gone]
            self.endRemoveRows()
        if come:
            self.beginInsertRows(QModelIndex(), head, head + come - 1)
            self.steps[head:head] = new[head : head + come]
            self.endInsertRows()
        self._deeds = {key: self._deeds[key] for key in new_keys if key in self._deeds}

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """How many steps there are."""
        return 0 if parent is not None and parent.isValid() else len(self.steps)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a row, and its tool tip."""
        if not 0 <= index.row() < len(self.steps):
            return None
        step = self.steps[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{self._head(step)}\n{self._deed(step)}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._head(step)}, {self._deed(step)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return unmarked(f"{self._head(step)} {self._deed(step)}")
        return None

    def _head(self, step: PastStep) -> str:
        return f"{texts.moment(step.began_ms, datetime.now().astimezone())}  {texts.author(step)}"

    def _deed(self, step: PastStep) -> str:
        key = _key(step)
        if key not in self._deeds:
            self._deeds[key] = texts.deed(step)
        return self._deeds[key]


class StepList(QListView):
    """Shows a `StepModel`.

    Attributes:
        model_of_steps: the steps.

    Signals:
        hovered: the `PastStep` under the mouse; None if there is none.
        selected: the `PastStep` that was selected by the user, or None.
        opened: the `PastStep` that the user wants to see.
    """

    hovered = pyqtSignal(object)
    selected = pyqtSignal(object)
    opened = pyqtSignal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.model_of_steps = StepModel(self)
        self.setModel(self.model_of_steps)
        self.setAccessibleName(texts.LIST)
        self.setUniformItemSizes(True)
        self.setSpacing(2)
        self.setAlternatingRowColors(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.entered.connect(self._on_entered)
        self.activated.connect(self._on_opened)
        self.clicked.connect(self._on_opened)
        chosen = self.selectionModel()
        if chosen is not None:
            chosen.currentChanged.connect(self._on_current)

    @property
    def current(self) -> PastStep | None:
        """The selected step."""
        return self._step(self.currentIndex())

    def select(self, step: PastStep | None) -> None:
        """Select a step, if it is listed, and scroll to it."""
        steps = self.model_of_steps.steps
        row = next((row for row, one in enumerate(steps) if step and one.first == step.first), -1)
        index = self.model_of_steps.index(row)
        if index != self.currentIndex():
            self.setCurrentIndex(index)

    def leaveEvent(self, event: Any) -> None:
        """The mouse is elsewhere."""
        super().leaveEvent(event)
        self.hovered.emit(None)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """The mouse may have left the rows."""
        super().mouseMoveEvent(event)
        if event is not None and not self.indexAt(event.position().toPoint()).isValid():
            self.hovered.emit(None)

    def _step(self, index: QModelIndex) -> PastStep | None:
        steps = self.model_of_steps.steps
        return steps[index.row()] if 0 <= index.row() < len(steps) else None

    @pyqtSlot(QModelIndex)
    def _on_entered(self, index: QModelIndex) -> None:
        self.hovered.emit(self._step(index))

    @pyqtSlot(QModelIndex)
    def _on_opened(self, index: QModelIndex) -> None:
        self.opened.emit(self._step(index))

    @pyqtSlot(QModelIndex, QModelIndex)
    def _on_current(self, index: QModelIndex, before: QModelIndex) -> None:
        self.selected.emit(self._step(index))


def _key(step: PastStep) -> _Key:
    return step.first, step.last


def _common(one: Sequence[_Key], other: Sequence[_Key]) -> int:
    """How many of the first ones are the same."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
