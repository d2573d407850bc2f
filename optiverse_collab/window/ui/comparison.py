"""Shows in the picture of a bench how it differs from another one."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainterPath
from PyQt6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from optiverse_collab.convert.displacement import displacement
from optiverse_collab.core.records import Record, Set, record_difference
from optiverse_collab.host.api import Picture
from optiverse_collab.window.ui.comparison_marks import (
    ADDED,
    CHANGED,
    MOVED,
    REMOVED,
    HeadMark,
    OutlineMark,
    Style,
    TextMark,
)
from optiverse_collab.wording import comparison as wording
from optiverse_collab.wording.values import LAYERS

MOST_TEXTS = 60
"""If more items differ, their marks have no texts: nobody could read them all."""

_ABOVE_ALL = 30_000.0
"""Above everything of the hosts, whose notes lie at 10,000, and our boxes at 20,000."""


class Comparison:
    """Marks on the picture of a bench: where items were, and what was added, removed or changed.

    Args:
        then: shows the bench before. Its scene need not be visible.
        now: shows the bench after, and gets the marks.
    """

    def __init__(self, then: Picture, now: Picture) -> None:
        self._then = then
        self._now = now
        self._marks: QGraphicsPathItem | None = None

    @property
    def area(self) -> QRectF:
        """Where marks are [mm]: items may have been outside of the bench of now."""
        area = QRectF()
        for mark in [] if self._marks is None else self._marks.childItems():
            if isinstance(mark, OutlineMark):
                area = area.united(mark.path().boundingRect())
        return area

    def mark(self, before: Mapping[str, Record], after: Mapping[str, Record]) -> None:
        """Mark how the benches differ that the two pictures show, instead of what was marked.

        Args:
            before: id → record of `then`.
            after: id → record of `now`.
        """
        self.clear()
        self._marks = marks = QGraphicsPathItem()
        marks.setZValue(_ABOVE_ALL)
        self._now.scene.addItem(marks)
        ids = [id for id in dict.fromkeys([*before, *after]) if before.get(id) != after.get(id)]
        for id in ids:
            text = self._mark(marks, id, before.get(id), after.get(id))
            shape = self._now.outline(id) or self._then.outline(id)
            if text and shape is not None and len(ids) <= MOST_TEXTS:
                box = shape.boundingRect()
                TextMark(QPointF(box.center().x(), box.top()), text, marks)  # y points up: its lower edge

    def clear(self) -> None:
        """Remove all marks."""
        if self._marks is not None:
            self._now.scene.removeItem(self._marks)
            self._marks = None

    def _mark(self, marks: QGraphicsItem, id: str, before: Record | None, after: Record | None) -> str:
        """Mark an item, as far as the pictures show it; returns the text for it."""
        was, is_now = self._then.outline(id), self._now.outline(id)
        if before is None:
            _outline(marks, is_now, ADDED)
            return wording.ADDED
        if after is None:
            _outline(marks, was, REMOVED)
            return wording.REMOVED
        moved = displacement(before, after)
        if was != is_now:
            _outline(marks, was, MOVED)
        elif _is_seen(before, after):
            _outline(marks, is_now, CHANGED)
        if moved is None:
            return ""
        if moved.is_move and is_now is not None:
            _arrow(marks, QPointF(*moved.start), QPointF(*moved.end))
        return wording.how_far(moved)


def _outline(marks: QGraphicsItem, path: QPainterPath | None, style: Style) -> None:
    if path is not None:
        OutlineMark(path, style, marks)


def _arrow(marks: QGraphicsItem, start: QPointF, end: QPointF) -> None:
    line = QPainterPath(start)
    line.lineTo(end)
    OutlineMark(line, MOVED._replace(dashes_px=()), marks)
    HeadMark(start, end, MOVED.colour, marks)


def _is_seen(before: Record, after: Record) -> bool:
    """Whether there is more to a change than another place in the layers."""
    op = record_difference(before, after)
    return not isinstance(op, Set) or not LAYERS.issuperset([*op.props, *op.unset])
