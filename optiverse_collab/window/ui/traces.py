"""The laser pointers of others, and the traces behind them (PRES-16). Pure: times in ms are passed in."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from optiverse_collab.window.ui.pointers import Place, Point, Pointer, point_of

TRACE_MS = 1_200.0
"""How long a trace lasts."""

MOST = 20
"""How many of others' laser pointers are shown: the first ones."""

_PLACES = 200
"""The most points of a trace."""


class Trace(NamedTuple):
    """A laser pointer.

    Attributes:
        at: where it is; None if it is off, and the trace is left.
        opacity: of the pointer, 0 to 1.
        path: its earlier places, the latest last, each with the elapsed part of its time.
    """

    at: Point | None
    opacity: float
    path: list[tuple[Point, float]]


class _Laser:
    def __init__(self) -> None:
        self.pointer = Pointer(lambda id: None)
        self.at: Point | None = None
        self.path: deque[tuple[Point, float]] = deque(maxlen=_PLACES)


class Traces:
    """The laser pointers that show, one of each connection; they glide as cursors do.

    Attributes:
        is_still: animations are off: they don't glide, and have no traces.
    """

    def __init__(self) -> None:
        self.is_still = False
        self._lasers: dict[str, _Laser] = {}

    def hear(self, id: str, value: Any, now_ms: float, is_mine: bool = False) -> None:
        """Update a connection's `laser`; unknown values count as none.

        Args:
            is_mine: it is the user's own, which does not glide and is not limited in number.
        """
        at = point_of(value)
        if id not in self._lasers and (at is None or (len(self._lasers) >= MOST and not is_mine)):
            return
        laser = self._lasers.setdefault(id, _Laser())
        laser.pointer.hear(None if at is None else Place(at), now_ms, not (is_mine or self.is_still))

    def keep(self, ids: Collection[str]) -> None:
        """Forget all other connections."""
        for id in self._lasers.keys() - ids:
            del self._lasers[id]

    def shown(self, now_ms: float) -> Iterator[tuple[str, Trace]]:
        """Connection and laser pointer."""
        for id, laser in self._lasers.items():
            shown, path = laser.pointer.show(now_ms), laser.path
            at = None if shown is None else shown.at
            if at is not None and at != laser.at:
                path.append((at, now_ms))
            laser.at = at
            if self.is_still:
                path.clear()
            while path and path[0][1] + TRACE_MS <= now_ms:
                path.popleft()
            if shown is not None or path:
                aged = [(at, (now_ms - since_ms) / TRACE_MS) for at, since_ms in path]
                yield id, Trace(at, 0.0 if shown is None else shown.arrow, aged)

    def wait_ms(self, now_ms: float) -> float | None:
        """How long nothing changes; 0 while something does, None if nothing will change."""
        if any(laser.path for laser in self._lasers.values()):
            return 0.0
        waits = [laser.pointer.wait_ms(now_ms) for laser in self._lasers.values()]
        return min((wait_ms for wait_ms in waits if wait_ms is not None), default=None)
