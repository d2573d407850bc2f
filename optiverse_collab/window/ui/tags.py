"""Places names beside cursors, readably. Pure geometry, in pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from PyQt6.QtCore import QPointF, QRectF, QSizeF

NEAR_PX = 200.0
MOST_NEAR = 8
"""At most this many names stand within `NEAR_PX` of a cursor; more people are counted: "+3"."""

GAP_PX = 2.0
"""The distance between two tags."""

ARROW = QRectF(-1.5, -1.5, 13.0, 18.0)
"""The area of the arrow of a cursor at (0, 0), including its halo."""

_APART_PX = 0.01
"""The distance between an arrow and the tag beside it, whatever the rounding."""

SizeOf = Callable[[int], QSizeF]
"""How large a tag is that says how many people there are."""


class Label(NamedTuple):
    """A name to be placed.

    Attributes:
        key: the person.
        at: their cursor.
        size: of the tag.
    """

    key: str
    at: QPointF
    size: QSizeF


class Tag(NamedTuple):
    """A name that has a place, or a number of people.

    Attributes:
        box: its area.
        keys: the person; or the counted people.
        counts: it says how many there are.
    """

    box: QRectF
    keys: tuple[str, ...]
    counts: bool = False


def arrange(
    labels: Sequence[Label], view: QRectF, size_of: SizeOf, taken: Sequence[QRectF] = ()
) -> list[Tag]:
    """Give each name a place near its cursor where it covers no other name.

    Args:
        labels: the first ones get the better places.
        view: the visible area; no tag leaves it if there is another place.
        taken: areas to keep free of tags.
    """
    named, crowds = list[Label](), dict[str, list[Label]]()
    for label in labels:
        if not _is_crowded(label, named):
            named.append(label)
        else:
            first = next((key for key, found in crowds.items() if _is_near(found[0], label)), label.key)
            crowds.setdefault(first, []).append(label)
    arrows = [ARROW.translated(label.at) for label in labels]
    boxes, tags = list(taken), list[Tag]()
    for label in named:
        boxes.append(_place(label.at, label.size, view, boxes, arrows))
        tags.append(Tag(boxes[-1], (label.key,)))
    for crowd in crowds.values():
        boxes.append(_place(crowd[0].at, size_of(len(crowd)), view, boxes, arrows))
        tags.append(Tag(boxes[-1], tuple(label.key for label in crowd), counts=True))
    return tags


def _is_crowded(label: Label, named: Sequence[Label]) -> bool:
    """Whether too many names are near it, so that it is only counted."""
    if len(named) < MOST_NEAR:
        return False
    near = 0
    for other in named:
        near += _is_near(label, other)
        if near == MOST_NEAR:
            return True
    return False


def _is_near(one: Label, other: Label) -> bool:
    x, y = one.at.x() - other.at.x(), one.at.y() - other.at.y()
    return x * x + y * y <= NEAR_PX * NEAR_PX


def _place(
    at: QPointF, size: QSizeF, view: QRectF, boxes: Sequence[QRectF], arrows: Sequence[QRectF]
) -> QRectF:
    """The first place that covers no tag and no arrow and is in view; being in view matters least."""
    fallback: QRectF | None = None
    inside: QRectF | None = None
    for box in _places(at, size, view, len(boxes)):
        if any(map(box.intersects, boxes)):
            continue
        fallback = fallback or box
        if view.contains(box):
            inside = inside or box
            if not any(map(box.intersects, arrows)):
                return box
    found = inside or fallback
    assert found is not None  # each box is in the way of four rows at most
    return found


def _places(at: QPointF, size: QSizeF, view: QRectF, taken: int) -> Iterator[QRectF]:
    """Right and left of a cursor, in rows further and further from it, below and above."""
    step = size.height() + GAP_PX
    last = max(view.left(), view.right() - size.width())
    sides = (at.x() + ARROW.right() + _APART_PX, at.x() + ARROW.left() - size.width() - _APART_PX)
    for row in range(4 * taken + MOST_NEAR):
        for y in (at.y() + ARROW.bottom() - 4.0 + row * step, at.y() - 3.0 - size.height() - row * step):
            for x in sides:
                yield QRectF(QPointF(min(max(x, view.left()), last), y), size)
