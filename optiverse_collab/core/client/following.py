"""Who follows whose view (PRES-11). Pure; others may show anything."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any, NamedTuple

FOLLOWS, VIEW, DECLINES = "follows", "view", "declines"
"""Keys of the presence."""

MOST_DECLINED = 64
"""The most connections that are declined, or read from others' presence."""

FARTHEST_MM = 1e7

State = Mapping[str, Any]


class View(NamedTuple):
    """The visible part of a canvas, in mm.

    Attributes:
        x, y: the middle.
        width, height: the size.
    """

    x: float
    y: float
    width: float
    height: float

    @property
    def value(self) -> list[float]:
        """Its form in the presence."""
        return [*self]


def followed_by(state: State) -> str:
    """The connection whose view a participant follows; empty if none."""
    followed = state.get(FOLLOWS)
    return followed if isinstance(followed, str) else ""


def followers_of(id: str, states: Mapping[str, State]) -> list[str]:
    """The connections that follow one connection's view."""
    return [other for other, state in states.items() if other != id and followed_by(state) == id]


def view_in(value: Any) -> View | None:
    """The view in somebody's presence; None if it is invalid."""
    if not isinstance(value, list) or len(value) != 4:
        return None
    if not all(type(part) in (int, float) and abs(part) <= FARTHEST_MM for part in value):
        return None
    view = View(*map(float, value))
    return view if view.width > 0 and view.height > 0 else None


def declines(state: State, id: str) -> bool:
    """Whether somebody declines to be followed by a connection."""
    declined = state.get(DECLINES)
    return isinstance(declined, list) and id in islice(declined, MOST_DECLINED)


def circle_from(id: str, states: Mapping[str, State]) -> list[str]:
    """The connections that form a circle of followers with this one; none if there is no circle.

    Args:
        states: connection_id → presence, including this one's.
    """
    path = [id]
    while followed := followed_by(states.get(path[-1], {})):
        if followed == id:
            return path
        if followed in path:
            return []
        path.append(followed)
    return []
