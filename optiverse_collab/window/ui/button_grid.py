"""Buttons for docks, which may be narrow."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSize
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QPushButton, QWidget


class ButtonGrid(QWidget):
    """Buttons beside each other, in as many columns as there is room for.

    Args:
        buttons: in their order.
    """

    def __init__(self, buttons: Sequence[QPushButton], parent: QWidget) -> None:
        super().__init__(parent)
        self._buttons = list(buttons)
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.arrange()

    def arrange(self) -> None:
        """Use the room that there is."""
        widest = max(button.sizeHint().width() for button in self._buttons)
        columns = 2 if self.width() >= 2 * widest + self._grid.horizontalSpacing() else 1
        if columns != self._columns:
            self._columns = columns
            for place, button in enumerate(self._buttons):
                self._grid.addWidget(button, place // columns, place % columns)

    def minimumSizeHint(self) -> QSize:
        """One column fits."""
        widest = max(button.minimumSizeHint().width() for button in self._buttons)
        return QSize(widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Use the room that there is now."""
        super().resizeEvent(event)
        self.arrange()
