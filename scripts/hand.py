"""A hand with a mouse, for the demo and pictures: moves, presses and releases over a canvas."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QApplication, QGraphicsView


class Hand:
    """A hand over one window; several can work at once.

    Args:
        view: the canvas, whose scene is in mm.
    """

    def __init__(self, view: QGraphicsView) -> None:
        self._view = view
        self._at = QPoint()
        self._held = Qt.MouseButton.NoButton

    def point(self, x: float, y: float) -> None:
        """Move the mouse to a position in mm."""
        self._at = self._view.mapFromScene(QPointF(x, y))
        self._send(QEvent.Type.MouseMove, Qt.MouseButton.NoButton)

    def press(self) -> None:
        """Press the left button where the mouse is."""
        self._held = Qt.MouseButton.LeftButton
        self._send(QEvent.Type.MouseButtonPress, Qt.MouseButton.LeftButton)

    def release(self) -> None:
        """Release the button."""
        self._held = Qt.MouseButton.NoButton
        self._send(QEvent.Type.MouseButtonRelease, Qt.MouseButton.LeftButton)

    def _send(self, kind: QEvent.Type, button: Qt.MouseButton) -> None:
        """Not `QTest.mouseMove`: without a screen, both windows are at the same place, one on top of the
        other."""
        viewport = self._view.viewport()
        if viewport is not None:
            at, everywhere = QPointF(self._at), QPointF(viewport.mapToGlobal(self._at))
            none = Qt.KeyboardModifier.NoModifier
            QApplication.sendEvent(viewport, QMouseEvent(kind, at, everywhere, button, self._held, none))
