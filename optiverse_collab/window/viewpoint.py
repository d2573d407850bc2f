"""Moves a window's canvas for the user, and back."""

from __future__ import annotations

from collections.abc import Callable
from math import copysign, hypot
from typing import NamedTuple

from PyQt6.QtCore import QObject, QPointF, QSize, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QTransform
from PyQt6.QtWidgets import QGraphicsView

from optiverse_collab.core.client.following import View

LEAST_SCALE, MOST_SCALE = 1e-4, 1e4
"""In pixels per mm; a canvas shows no more and no less."""

MOST_WAYS = 20
"""How many steps lead back."""


class _Sight(NamedTuple):
    transform: QTransform
    centre: QPointF


class Viewpoint(QObject):
    """Moves a canvas.

    Args:
        find_view: gives the canvas; None if there is none.

    Signals:
        changed: there is a way back, or none any more.
    """

    changed = pyqtSignal()

    def __init__(self, find_view: Callable[[], QGraphicsView | None], parent: QObject) -> None:
        super().__init__(parent)
        self._find_view = find_view
        self._before: list[_Sight] = []

    @property
    def can_go_back(self) -> bool:
        """Whether there is a way back."""
        return bool(self._before)

    def go_to(self, at: QPointF) -> None:
        """Centre a place, and remember the way back; do nothing if it is centred.

        Args:
            at: in scene coordinates [mm].
        """
        view = self._find_view()
        if view is None:
            return
        away = centre_of(view) - at
        if hypot(away.x(), away.y()) * _scale(view) >= 1.0:
            self.note_way_back()
            view.centerOn(at)

    def note_way_back(self) -> None:
        """The canvas is about to be moved for the user."""
        view = self._find_view()
        if view is not None:
            self._before = [*self._before[1 - MOST_WAYS :], _Sight(view.transform(), centre_of(view))]
            self.changed.emit()

    @pyqtSlot()
    def go_back(self) -> None:
        """Return to the view before the last move."""
        view = self._find_view()
        if view is not None and self._before:
            before = self._before.pop()
            view.setTransform(before.transform)
            view.centerOn(before.centre)
            self.changed.emit()


def view_of(view: QGraphicsView) -> View:
    """The visible part of a canvas."""
    at, size, scale = centre_of(view), _size(view), _scale(view)
    return View(at.x(), at.y(), size.width() / scale, size.height() / scale)


def show_view(view: QGraphicsView, wanted: View) -> None:
    """Show all of that, as large as possible, without rotating it."""
    size, now = _size(view), view.transform()
    scale = min(size.width() / wanted.width, size.height() / wanted.height)
    scale = min(max(scale, LEAST_SCALE), MOST_SCALE)
    view.setTransform(QTransform.fromScale(copysign(scale, now.m11()), copysign(scale, now.m22())))
    view.centerOn(wanted.x, wanted.y)


def centre_of(view: QGraphicsView) -> QPointF:
    """The centre of a view, in scene coordinates [mm]."""
    size = _size(view)
    to_scene, _ = view.viewportTransform().inverted()
    return to_scene.map(QPointF(size.width() / 2, size.height() / 2))


def _size(view: QGraphicsView) -> QSize:
    viewport = view.viewport()
    return (view.size() if viewport is None else viewport.size()).expandedTo(QSize(1, 1))


def _scale(view: QGraphicsView) -> float:
    return min(max(abs(view.transform().m11()), LEAST_SCALE), MOST_SCALE)
