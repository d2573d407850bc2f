"""Pointing, as marks over the bench."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from PyQt6.QtCore import QPointF, QRectF, QSizeF

from optiverse_collab.core.client.own_presence import LASER, POINT
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.window.ui import edges
from optiverse_collab.window.ui.item_shapes import ItemShapes
from optiverse_collab.window.ui.marks import Arrow, Mark, Tag
from optiverse_collab.window.ui.pointers import Point
from optiverse_collab.window.ui.pointing_marks import RING_PX, LaserMark, RingMark
from optiverse_collab.window.ui.rings import Ring, Rings
from optiverse_collab.window.ui.tags import Label
from optiverse_collab.window.ui.traces import Traces
from optiverse_collab.wording.presence import short_name

MINE = ""
"""The key for the user's own marks."""

Marks = Iterator[tuple[tuple[str, ...], Mark]]


class PointingLayer:
    """Rings and laser pointers, of others and of the user.

    Args:
        session: the source of the presence.
        shapes: know where on the view a place of the bench is.
        size_of: how large the tag with a text is, in the colour of a person.

    Attributes:
        muted: people whose pointing is hidden.
    """

    def __init__(
        self,
        session: SessionClient,
        shapes: ItemShapes,
        size_of: Callable[[str, int | None], QSizeF],
    ) -> None:
        self.muted: Collection[str] = frozenset()
        self._session = session
        self._shapes = shapes
        self._size_of = size_of
        self._rings, self._traces = Rings(), Traces()

    @property
    def is_still(self) -> bool:
        """Animations are off: no spreading rings, no traces."""
        return self._traces.is_still

    @is_still.setter
    def is_still(self, is_still: bool) -> None:
        self._traces.is_still = is_still

    def hear(self, states: Mapping[str, Mapping[str, Any]], now_ms: float) -> None:
        """Update some others' presence: connection → key → value."""
        for id, state in states.items():
            person = self._session.people.person_of(id)
            muted = person in self.muted
            self._rings.hear(id, person, state.get(POINT), muted, now_ms)
            self._traces.hear(id, None if muted else state.get(LASER), now_ms)

    def keep(self, ids: Collection[str]) -> None:
        """Forget all other connections."""
        there = {MINE, *ids}
        self._rings.keep(there)
        self._traces.keep(there)

    def point(self, at: Point, now_ms: float) -> None:
        """The user points."""
        self._rings.add(MINE, at, now_ms)

    def lase(self, at: Point | None, now_ms: float) -> None:
        """The user's laser pointer is here; None if it is off."""
        self._traces.hear(MINE, None if at is None else list(at), now_ms, is_mine=True)

    def marks(self, view: QRectF, now_ms: float) -> Marks:
        """The marks to draw."""
        for id, trace in self._traces.shown(now_ms):
            at = None if trace.at is None else self._on_view(trace.at)
            path = tuple((self._on_view(one), passed) for one, passed in trace.path)
            if at is not None or len(path) > 1:
                yield ("laser", id), LaserMark(at, self._colour(id), trace.opacity, path)
        for id, ring in self._rings.shown(now_ms):
            at = self._on_view(ring.at)
            if view.contains(at):
                yield from self._ring(id, ring, at)
            else:
                yield from self._ring_outside(id, ring, at, view)

    def wait_ms(self, now_ms: float) -> float | None:
        """How long nothing changes; 0 while something does, None if nothing will change."""
        ring_ms = self._rings.wait_ms(now_ms)
        if ring_ms is not None and not self.is_still:
            ring_ms = 0.0
        waits = (ring_ms, self._traces.wait_ms(now_ms))
        return min((wait_ms for wait_ms in waits if wait_ms is not None), default=None)

    def _ring(self, id: str, ring: Ring, at: QPointF) -> Marks:
        colour = self._colour(id)
        yield ("ring", id), RingMark(at, colour, 0.0 if self.is_still else ring.passed, self.is_still)
        if id != MINE:
            area = QRectF(at + QPointF(RING_PX + 5.0, RING_PX + 3.0), self._size(id))
            area.moveTopLeft(area.topLeft().toPoint().toPointF())
            yield ("ring-name", id), Tag(area, self._name(id), colour, 1.0)

    def _ring_outside(self, id: str, ring: Ring, at: QPointF, view: QRectF) -> Marks:
        """At the edge, around an arrow to the spot."""
        [edge] = edges.point_outside([Label(id, at, self._size(id))], view, lambda count: QSizeF())
        if edge.arrow is None:
            return
        colour = self._colour(id)
        yield ("ring", id), RingMark(edge.arrow, colour, 0.0 if self.is_still else ring.passed, self.is_still)
        yield ("ring-arrow", id), Arrow(edge.arrow, colour, 1.0, edge.angle)
        area = QRectF(edge.box.topLeft().toPoint().toPointF(), edge.box.size())
        yield ("ring-name", id), Tag(area, self._name(id), colour, 1.0)

    def _on_view(self, at: Point) -> QPointF:
        return self._shapes.transform.map(QPointF(*at))

    def _colour(self, id: str) -> int:
        me = self._session.me
        if id == MINE:
            return 0 if me is None else self._session.people.colour_of(me.connection_id)
        return self._session.people.colour_of(id)

    def _name(self, id: str) -> str:
        participant = self._session.me if id == MINE else self._session.participants.get(id)
        return "" if participant is None else short_name(participant)

    def _size(self, id: str) -> QSizeF:
        return self._size_of(self._name(id), self._colour(id))
