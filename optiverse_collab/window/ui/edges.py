"""Places of the arrows at the edge of the view for people outside it. Pure geometry, in pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import atan2, degrees, hypot
from typing import NamedTuple

from PyQt6.QtCore import QPointF, QRectF, QSizeF

from optiverse_collab.window.ui.tags import GAP_PX, Label, SizeOf

MOST = 5
"""The nearest have an arrow and a name each; the rest are counted: "+3"."""

ARROW_PX = 8.0
"""Half of the size of an arrow."""

_MARGIN_PX = 4.0
"""The distance between a mark and the edge."""

_ROWS = 8
"""How far from the edge a mark may be, in rows of marks, if there is no place nearer to it."""


class Mark(NamedTuple):
    """An arrow and a name, or how many people there are.

    Attributes:
        box: the area of the name.
        keys: the people; several if they are counted.
        arrow: the middle of the arrow; None if there is none.
        angle: its direction [degrees], clockwise from the right.
        counts: it says how many there are.
    """

    box: QRectF
    keys: tuple[str, ...]
    arrow: QPointF | None
    angle: float = 0.0
    counts: bool = False


def point_outside(labels: Sequence[Label], view: QRectF, size_of: SizeOf) -> list[Mark]:
    """Marks at the edge for those of `labels` whose cursor is not in view; the nearest have an arrow each."""
    away = sorted(
        (label for label in labels if not view.contains(label.at)), key=lambda label: _distance(label, view)
    )
    marks, taken = list[Mark](), list[QRectF]()
    for label in away[:MOST]:
        area = _place(label.at, _with_arrow(label.size), view, taken)
        arrow = _arrow(area, label.at)
        marks.append(Mark(_name(area, arrow, label.size), (label.key,), arrow, _angle(arrow, label.at)))
        taken.append(area)
    rest = away[MOST:]
    if rest:
        area = _place(rest[0].at, size_of(len(rest)), view, taken)
        marks.append(Mark(area, tuple(label.key for label in rest), None, counts=True))
    return marks


def _distance(label: Label, view: QRectF) -> float:
    x = max(view.left() - label.at.x(), 0.0, label.at.x() - view.right())
    y = max(view.top() - label.at.y(), 0.0, label.at.y() - view.bottom())
    return hypot(x, y)


def _with_arrow(size: QSizeF) -> QSizeF:
    return QSizeF(size.width() + 2 * ARROW_PX + GAP_PX, max(size.height(), 2 * ARROW_PX))


def _place(at: QPointF, size: QSizeF, view: QRectF, taken: Sequence[QRectF]) -> QRectF:
    """The place in the direction of `at` that covers no other mark and is nearest to the edge."""
    places = _places(at, size, view)
    first = next(places)
    return first if not _covers(first, taken) else next((p for p in places if not _covers(p, taken)), first)


def _covers(place: QRectF, taken: Sequence[QRectF]) -> bool:
    return any(map(place.intersects, taken))


def _places(at: QPointF, size: QSizeF, view: QRectF) -> Iterator[QRectF]:
    """Along the edge from where the line from the middle of the view to `at` meets it, row after row."""
    middle = view.center()
    x, y = at.x() - middle.x(), at.y() - middle.y()
    room_x = max(0.0, (view.width() - size.width()) / 2 - _MARGIN_PX)
    room_y = max(0.0, (view.height() - size.height()) / 2 - _MARGIN_PX)
    is_beside = abs(x) * room_y >= abs(y) * room_x
    part = min(room_x / abs(x) if x else 1.0, room_y / abs(y) if y else 1.0)
    along, room = (part * y, room_y) if is_beside else (part * x, room_x)
    height, width = size.height() + GAP_PX, size.width() + GAP_PX
    step, row_step = (height, width) if is_beside else (width, height)
    for row in range(_ROWS):
        depth = (room_x if is_beside else room_y) - row * row_step
        if depth < 0 < row:
            return
        for shift in _shifts(along, room, step):
            dx = (depth if x > 0 else -depth) if is_beside else shift
            dy = shift if is_beside else (depth if y > 0 else -depth)
            yield QRectF(
                QPointF(middle.x() + dx - size.width() / 2, middle.y() + dy - size.height() / 2), size
            )


def _shifts(along: float, room: float, step: float) -> Iterator[float]:
    """Places along an edge, the nearest to `along` first."""
    number = int(2 * room / step) + 1
    yield min(max(along, -room), room)
    for k in range(1, number + 1):
        for shift in (along + k * step, along - k * step):
            if -room <= shift <= room:
                yield shift


def _arrow(area: QRectF, at: QPointF) -> QPointF:
    """The end of a mark that is nearer to its person."""
    x = area.right() - ARROW_PX if at.x() > area.center().x() else area.left() + ARROW_PX
    return QPointF(x, area.center().y())


def _name(area: QRectF, arrow: QPointF, size: QSizeF) -> QRectF:
    x = area.left() if arrow.x() > area.center().x() else area.right() - size.width()
    return QRectF(QPointF(x, area.center().y() - size.height() / 2), size)


def _angle(arrow: QPointF, at: QPointF) -> float:
    return degrees(atan2(at.y() - arrow.y(), at.x() - arrow.x()))
