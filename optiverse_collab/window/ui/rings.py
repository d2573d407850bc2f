"""Rings where somebody points (PRES-16). Pure: times in ms are passed in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from optiverse_collab.window.ui.pointers import Point, point_of

RING_MS = 2_500.0
"""How long a ring shows."""

MOST = 20
"""At most this many rings show at once: the latest."""

EVERY_MS = 1_000.0
"""The shortest time between two rings of one person, whatever they send."""


class Ring(NamedTuple):
    """Somebody points here.

    Attributes:
        at: where.
        passed: the elapsed part of its time, 0 to 1.
    """

    at: Point
    passed: float


class Rings:
    """The rings that show, one of each connection."""

    def __init__(self) -> None:
        self._heard: dict[str, int] = {}
        self._shown: dict[str, tuple[Point, float]] = {}
        self._last_ms: dict[str, float] = {}

    def add(self, id: str, at: Point, now_ms: float) -> None:
        """A connection's user points, however short ago the last time was."""
        self._shown.pop(id, None)
        self._shown[id] = at, now_ms
        if len(self._shown) > MOST:
            del self._shown[next(iter(self._shown))]

    def hear(self, id: str, person: str, value: Any, muted: bool, now_ms: float) -> None:
        """Update a connection's `point`; unknown values are ignored.

        Args:
            person: its person.
            muted: never show it.
        """
        number, at = _understood(value)
        if at is None or number == self._heard.get(id):
            return
        self._heard[id] = number
        self._last_ms = {one: ms for one, ms in self._last_ms.items() if ms + EVERY_MS > now_ms}
        if muted or self._last_ms.keys() & {id, person}:
            return
        self._last_ms.update({id: now_ms, person: now_ms})
        self.add(id, at, now_ms)

    def keep(self, ids: Collection[str]) -> None:
        """Forget all other connections."""
        for known in (self._heard, self._shown):
            for id in known.keys() - ids:
                del known[id]

    def shown(self, now_ms: float) -> Iterator[tuple[str, Ring]]:
        """Connection and ring."""
        for id, (at, since_ms) in self._shown.items():
            if now_ms < since_ms + RING_MS:
                yield id, Ring(at, max(0.0, (now_ms - since_ms) / RING_MS))

    def wait_ms(self, now_ms: float) -> float | None:
        """How long no ring comes or goes; None if none shows."""
        ends = [since_ms + RING_MS - now_ms for _, since_ms in self._shown.values()]
        return min((end_ms for end_ms in ends if end_ms > 0), default=None)


def _understood(value: Any) -> tuple[int, Point | None]:
    if not isinstance(value, dict) or type(value.get("n")) is not int:
        return 0, None
    return value["n"], point_of(value.get("at"))
