"""Who uses or has selected which item (PRES-13): badges at the items, names at the user's pointer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from PyQt6.QtCore import QPointF, QRectF, QSizeF

from optiverse_collab.core.client.activity import Doing, occupied
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.window.ui.badges import SIDE_PX, STEP_PX, Badge
from optiverse_collab.window.ui.item_shapes import ItemShapes
from optiverse_collab.window.ui.marks import Mark, Tag
from optiverse_collab.wording.presence import IN_ITEM, SELECTED, short_name

MOST = 3
"""How many people have a badge at one item, or a line at the pointer; more are counted."""

POINTER = QRectF(-2.0, -2.0, 18.0, 24.0)
"""The area of the user's own pointer at (0, 0)."""

GAP_PX = 3.0

FOLLOW_PX = 12.0
"""The names stay where they are until the pointer has moved this far."""


class Occupant(NamedTuple):
    """Somebody who uses or has selected an item.

    Attributes:
        id: their connection.
        doing: what they do with it; None if they have selected it.
    """

    id: str
    doing: Doing | None


class InItems:
    """Finds who uses which item; the result is cached until their presence changes.

    Args:
        session: the source of the presence.
        shapes: of the items.
        size_of: how large the tag with a text is.
    """

    def __init__(
        self,
        session: SessionClient,
        shapes: ItemShapes,
        size_of: Callable[[str, int | None], QSizeF],
    ) -> None:
        self._session = session
        self._shapes = shapes
        self._size_of = size_of
        self._at: QPointF | None = None
        self._names_at: QPointF | None = None
        self._busy: dict[str, list[Occupant]] | None = None
        self._shown: tuple[tuple[str, object], ...] = ()
        self._chosen: dict[str, list[Occupant]] = {}
        self._here: list[Occupant] | None = None
        self._version = -1

    def forget(self) -> None:
        """Others came or went, or their presence changed."""
        self._busy = self._here = None

    def point(self, at: QPointF | None) -> bool:
        """The user's pointer moved, None for off the view; returns whether the drawing changes."""
        before = self._found()
        self._at, self._here = at, None
        found = self._found()
        if found == before and at is not None and self._is_near(at):
            return False
        self._names_at = at
        return bool(before or found)

    def badges(self, view: QRectF) -> Iterator[tuple[tuple[str, ...], Mark]]:
        """The badges at the upper right corner of each used item in view."""
        colour_of = self._session.people.colour_of
        for item, people in self._find_busy().items():
            line = self._shapes.line_around(item)
            box = QRectF() if line is None else line.boundingRect() & view
            if box.isEmpty():
                continue
            room = view.right() - SIDE_PX - GAP_PX - (min(len(people), MOST + 1) - 1) * STEP_PX
            x, y = min(box.right(), room), max(box.top() - SIDE_PX, view.top() + GAP_PX)
            for number, one in enumerate(people[:MOST]):
                at = QPointF(round(x + number * STEP_PX), round(y))
                if one.doing is not None:
                    yield ("badge", item, one.id), Badge(at, colour_of(one.id), one.doing)
            if len(people) > MOST:
                text = f"+{len(people) - MOST}"
                at = QPointF(round(x + MOST * STEP_PX), round(y))
                yield ("badges", item), Tag(QRectF(at, self._size_of(text, None)), text, None, 1.0)

    def names(self, view: QRectF) -> Iterator[tuple[tuple[str, ...], Tag]]:
        """The names beside the user's pointer: people who use or have selected the item below it."""
        if self._names_at is None:
            return
        lines = list(self._lines())
        sizes = [self._size_of(*line) for line in lines]
        height = sum(size.height() + GAP_PX for size in sizes)
        at = self._names_at
        y = at.y() + POINTER.bottom()
        if y + height > view.bottom():
            y = at.y() + POINTER.top() - height
        for (text, colour), size in zip(lines, sizes, strict=True):
            x = min(at.x() + POINTER.right(), view.right() - size.width() - GAP_PX)
            yield (
                ("reach", str(round(y - at.y()))),
                Tag(QRectF(QPointF(round(max(x, view.left())), round(y)), size), text, colour, 1.0),
            )
            y += size.height() + GAP_PX

    def _is_near(self, at: QPointF) -> bool:
        """Whether the names can stay in place, so that not every move repaints the bench."""
        return self._names_at is not None and (at - self._names_at).manhattanLength() < FOLLOW_PX

    def _lines(self) -> Iterator[tuple[str, int | None]]:
        """The lines at the pointer, each in a colour."""
        people, found = self._session.participants, self._found()
        for id, doing in found[:MOST]:
            if id in people:
                text = SELECTED if doing is None else IN_ITEM[doing]
                yield text.format(name=short_name(people[id])), self._session.people.colour_of(id)
        if len(found) > MOST:
            yield f"+{len(found) - MOST}", None

    def _found(self) -> list[Occupant]:
        """The people of the items below the pointer, once each."""
        if self._at is None:
            return []
        if self._here is None or self._version != self._shapes.version:
            self._version = self._shapes.version
            once: dict[str, Occupant] = {}
            for items in (self._find_busy(), self._find_chosen()):
                for item, people in items.items():
                    if not self._shapes.is_at(item, self._at):
                        continue
                    for one in people:
                        once.setdefault(one.id, one)
            self._here = list(once.values())
        return self._here

    def _find_busy(self) -> Mapping[str, list[Occupant]]:
        if self._busy is None:
            found = occupied(self._session.participants, self._session.presence.states)
            self._busy = {
                item: [Occupant(id, doing) for id, doing in people.items()] for item, people in found.items()
            }
        return self._busy

    def _find_chosen(self) -> Mapping[str, list[Occupant]]:
        """Reads selections only if they changed, since they may be long."""
        states = self._session.presence.states
        shown = tuple((id, states.get(id, {}).get("selection")) for id in self._session.participants)
        if shown != self._shown:
            self._shown = shown
            self._chosen = {}
            for id, chosen in shown:
                for item in chosen if isinstance(chosen, list) else ():
                    if isinstance(item, str):
                        self._chosen.setdefault(item, []).append(Occupant(id, None))
        return self._chosen
