"""Others' cursors, with their names, and arrows to those outside the view."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from PyQt6.QtCore import QPointF, QRectF, QSizeF

from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.window.ui import edges, tags
from optiverse_collab.window.ui.item_shapes import ItemShapes
from optiverse_collab.window.ui.marks import Arrow, Mark, Tag
from optiverse_collab.window.ui.pointers import Pointer, place_in
from optiverse_collab.wording.presence import short_name


class _Other(NamedTuple):
    name: str
    colour: int
    at: QPointF
    arrow: float
    label: float


class CursorLayer:
    """Where others point.

    Args:
        session: the source of the presence.
        shapes: of the items; a cursor moves with the item that it drags.
        size_of: how large the tag with a text is, in the colour of a person.

    Attributes:
        is_hidden: nothing is drawn.
    """

    def __init__(
        self,
        session: SessionClient,
        shapes: ItemShapes,
        size_of: Callable[[str, int | None], QSizeF],
    ) -> None:
        self.is_hidden = False
        self._session = session
        self._shapes = shapes
        self._size_of = size_of
        self._pointers: dict[str, Pointer] = {}

    @property
    def ids(self) -> Collection[str]:
        """The connections with cursors."""
        return self._pointers.keys()

    def hear(self, states: Mapping[str, Mapping[str, Any]], now_ms: float, glides: bool) -> None:
        """Update some others' presence: connection → key → value.

        Args:
            glides: False for cursors that jump.
        """
        for id, state in states.items():
            pointer = self._pointers.setdefault(id, Pointer(self._shapes.middle))
            pointer.hear(place_in(state), now_ms, glides)

    def keep(self, ids: Collection[str]) -> None:
        """Forget all other connections."""
        for id in self._pointers.keys() - ids:
            del self._pointers[id]

    def wait_ms(self, now_ms: float) -> float | None:
        """How long nothing changes; 0 while something does, None if nothing will change."""
        pointers = () if self.is_hidden else self._pointers.values()
        waits = [pointer.wait_ms(now_ms) for pointer in pointers]
        return min((wait_ms for wait_ms in waits if wait_ms is not None), default=None)

    def marks(
        self, view: QRectF, taken: Sequence[QRectF], now_ms: float
    ) -> Iterator[tuple[tuple[str, ...], Mark]]:
        """The marks to draw.

        Args:
            taken: areas to keep free of names.
        """
        if self.is_hidden:
            return
        others = dict(self._others(now_ms))
        labels = {
            id: tags.Label(id, other.at, self._size_of(other.name, other.colour))
            for id, other in others.items()
        }
        away = edges.point_outside(list(labels.values()), view, self._count_size)
        inside = {id: other for id, other in others.items() if view.contains(other.at)}
        for id, other in inside.items():
            yield ("cursor", id), Arrow(other.at, other.colour, other.arrow)
        for edge in away:
            if edge.arrow is not None:
                other = others[edge.keys[0]]
                yield ("edge", *edge.keys), Arrow(edge.arrow, other.colour, other.arrow, edge.angle)
            yield ("edge-name", *edge.keys), _tag(edge, others, 1.0)
        shown = [labels[id] for id, other in inside.items() if other.label > 0]
        room = view.adjusted(2.0, 2.0, -2.0, -2.0)
        for tag in tags.arrange(shown, room, self._count_size, [*taken, *(edge.box for edge in away)]):
            yield ("name", *tag.keys), _tag(tag, others, max(others[key].label for key in tag.keys))

    def _others(self, now_ms: float) -> Iterator[tuple[str, _Other]]:
        """The people with a cursor."""
        for id, pointer in self._pointers.items():
            shown, participant = pointer.show(now_ms), self._session.participants.get(id)
            if shown is not None and participant is not None:
                at = self._shapes.transform.map(QPointF(*shown.at))
                colour = self._session.people.colour_of(id)
                yield id, _Other(short_name(participant), colour, at, shown.arrow, shown.label)

    def _count_size(self, count: int) -> QSizeF:
        return self._size_of(f"+{count}", None)


def _tag(placed: tags.Tag | edges.Mark, others: Mapping[str, _Other], opacity: float) -> Tag:
    """A tag on whole pixels, for sharp text."""
    area = QRectF(placed.box.topLeft().toPoint().toPointF(), placed.box.size())
    if placed.counts:
        return Tag(area, f"+{len(placed.keys)}", None, opacity)
    other = others[placed.keys[0]]
    return Tag(
        area, other.name, other.colour, opacity * (other.arrow if isinstance(placed, edges.Mark) else 1.0)
    )
