"""The position and opacity of each participant's cursor. Pure: times in ms are passed in.

Places arrive 30 times a second at best, late and unevenly. Each is shown `GLIDE_MS` after it arrived, and
between two of them the cursor glides in a straight line. So it never runs ahead of its owner, and is late by
no more than the network and `GLIDE_MS`.

A cursor whose owner drags an item is placed relative to that item (PRES-10), so that both move together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Point = tuple[float, float]
"""x and y in mm."""

GLIDE_MS = 100.0
"""How long after a place arrived the cursor reaches it."""

TOGETHER_MS = 16.0
"""Of places that arrive within this time, as after a stall, only the last one counts."""

LABEL_MS, DIM_MS, GONE_MS = 5_000.0, 30_000.0, 60_000.0
"""After this long without a move: the label goes, the arrow dims, the arrow goes."""

FADE_MS = 400.0
"""How long each fade takes."""

_FARTHEST_MM = 1e7

DIMMED = 0.4
"""The opacity of an arrow that dimmed."""


class Place(NamedTuple):
    """A participant's cursor in their presence.

    Attributes:
        at: on the bench.
        grip: the id of the item that they drag, and where on it the cursor is; None for no item.
    """

    at: Point
    grip: tuple[str, Point] | None = None


def place_in(state: Mapping[str, Any]) -> Place | None:
    """Read a participant's cursor (PRES-1, PRES-10); unknown values are ignored."""
    at, grip = point_of(state.get("cursor")), state.get("grip")
    if at is None:
        return None
    if isinstance(grip, dict) and isinstance(grip.get("id"), str):
        on_item = point_of(grip.get("at"))
        return Place(at, None if on_item is None else (grip["id"], on_item))
    return Place(at)


class Shown(NamedTuple):
    """How a cursor is drawn at one moment.

    Attributes:
        at: where.
        arrow: opacity of the arrow, 0 to 1.
        label: opacity of the label, 0 to 1.
    """

    at: Point
    arrow: float
    label: float


class _Goal(NamedTuple):
    at: Point
    due_ms: float


class Pointer:
    """One participant's cursor.

    Args:
        origin: id → where that item is on the bench; None if it isn't there.
    """

    def __init__(self, origin: Callable[[str], Point | None]) -> None:
        self._origin = origin
        self._item = ""  # the item to which all places are relative
        self._place: Place | None = None
        self._path: list[_Goal] = []  # the first was reached
        self._moved_ms = self._heard_ms = 0.0

    def hear(self, place: Place | None, now_ms: float, glides: bool = True) -> None:
        """Update the participant's cursor.

        Args:
            place: None if they show no cursor.
            glides: False to be there at once.
        """
        if place == self._place:
            return
        if place is None:
            self._place = None
            self._path.clear()
            return
        grip = place.grip if place.grip is not None and self._origin(place.grip[0]) is not None else None
        item, at = grip or ("", place.at)
        self._move_to_frame(item, now_ms)
        self._place, self._moved_ms = place, now_ms
        if not self._path or not glides:
            self._path = [_Goal(at, now_ms)]
        else:
            self._glide(at, now_ms)

    def show(self, now_ms: float) -> Shown | None:
        """How it is drawn; None if it isn't."""
        rest_ms = now_ms - self._moved_ms
        if not self._path or rest_ms >= GONE_MS + FADE_MS:
            return None
        x, y = self._on_item(self._on_path(now_ms))
        arrow = 1.0 - (1.0 - DIMMED) * _passed(rest_ms - DIM_MS) - DIMMED * _passed(rest_ms - GONE_MS)
        return Shown((x, y), arrow, 1.0 - _passed(rest_ms - LABEL_MS))

    def wait_ms(self, now_ms: float) -> float | None:
        """How long nothing changes; 0 while something does, None if nothing will change."""
        if not self._path:
            return None
        if now_ms < self._path[-1].due_ms:
            return 0.0
        rest_ms = now_ms - self._moved_ms
        for begin_ms in (LABEL_MS, DIM_MS, GONE_MS):
            if rest_ms < begin_ms + FADE_MS:
                return max(0.0, begin_ms - rest_ms)
        return None

    def _glide(self, at: Point, now_ms: float) -> None:
        """Continue from where it is shown, through what has arrived."""
        here = _Goal(self._on_path(now_ms), now_ms)
        goals = [goal for goal in self._path if goal.due_ms > now_ms]
        if goals and now_ms - self._heard_ms < TOGETHER_MS:
            goals[-1] = _Goal(at, goals[-1].due_ms)
        else:
            goals.append(_Goal(at, now_ms + GLIDE_MS))
            self._heard_ms = now_ms
        self._path = [here, *goals]

    def _on_path(self, now_ms: float) -> Point:
        before = self._path[0]
        for goal in self._path[1:]:
            if now_ms < goal.due_ms:
                part = max(0.0, (now_ms - before.due_ms) / (goal.due_ms - before.due_ms))
                return _between(before.at, goal.at, part)
            before = goal
        return before.at

    def _on_item(self, at: Point) -> Point:
        if not self._item or self._place is None:
            return at
        origin = self._origin(self._item)
        return self._place.at if origin is None else (at[0] + origin[0], at[1] + origin[1])

    def _move_to_frame(self, item: str, now_ms: float) -> None:
        """From now on places are relative to this item; the cursor stays where it is shown."""
        if item == self._item:
            return
        origin = self._origin(item) if item else None
        if self._path:
            here, (x, y) = self._on_item(self._on_path(now_ms)), origin or (0.0, 0.0)
            self._path = [_Goal((here[0] - x, here[1] - y), now_ms)]
        self._item = item


def point_of(value: object) -> Point | None:
    """Read a place; None if it is not valid."""
    if not isinstance(value, list) or len(value) != 2:
        return None
    if not all(isinstance(part, (int, float)) and abs(part) <= _FARTHEST_MM for part in value):
        return None
    return float(value[0]), float(value[1])


def _passed(ms: float) -> float:
    """The progress of a fade."""
    return min(1.0, max(0.0, ms / FADE_MS))


def _between(one: Point, other: Point, part: float) -> Point:
    return one[0] + part * (other[0] - one[0]), one[1] + part * (other[1] - one[1])
