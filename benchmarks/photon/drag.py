"""A mouse drags something in one window, and its pixels move there and in another window."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.photon.screen import Screen

MOUSE_HZ = 60.0
STEPS, STEP_PX = 60, 4
"""A sweep of the mouse: this many movements, of this many pixels."""

REACH = 260
"""How far to either side of its first place the component is looked for, in pixels."""

ABOVE = 18
"""How far above the middle of the component: below it are the mouse and others' cursors."""

COLOUR = bytes((80, 160, 15))
"""Of a line that is a beam splitter: blue, green and red."""

LOOK_S = 0.0005
"""How often to look."""

SLOW_S = 20.0
"""How long the last movement may take until it is visible."""

Span = tuple[float, float]


class Sweep(NamedTuple):
    """One movement of the mouse to the left or to the right.

    Attributes:
        moves: the time of each movement of the mouse, in s, and how far it was from the start, in pixels.
        seen: the same for each change of the pixels, for each window.
    """

    moves: list[tuple[float, int]]
    seen: list[list[tuple[float, int]]]


class Drag:
    """Drags the marked component.

    Args:
        screen: it is visible there.
        middles: where its middle is in each window; the mouse is in the first.
    """

    def __init__(self, screen: Screen, middles: Sequence[tuple[int, int]]) -> None:
        self._screen, self._middles = screen, middles
        self._place = 0

    def grab(self) -> None:
        """Press the mouse on it."""
        x, y = self._middles[0]
        self._screen.move(x, y + ABOVE)
        time.sleep(0.2)
        self._screen.press()
        time.sleep(0.3)
        self._firsts = [self._find(window) for window in range(len(self._middles))]

    def release(self) -> None:
        """Let go of it."""
        self._screen.release()
        time.sleep(0.5)

    def sweep(self) -> Sweep:
        """Move it to one side, or back.

        Raises:
            RuntimeError: a window doesn't show the last place.
        """
        (x, y), start = self._middles[0], time.monotonic() + 0.05
        direction = -1 if self._place else 1
        last = self._place + direction * STEPS * STEP_PX
        moves: list[tuple[float, int]] = []
        seen: list[list[tuple[float, int]]] = [[] for _ in self._middles]
        while any(not places or places[-1][1] != last for places in seen):
            now = time.monotonic()
            if len(moves) < STEPS and now >= start + len(moves) / MOUSE_HZ:
                self._place += direction * STEP_PX
                moves.append((time.monotonic(), self._place))
                self._screen.move(x + self._place, y + ABOVE)
            for window, places in enumerate(seen):
                place = self._find(window) - self._firsts[window]
                if not places or places[-1][1] != place:
                    places.append((time.monotonic(), place))
            if now > start + STEPS / MOUSE_HZ + SLOW_S:
                raise RuntimeError("A window does not show where the component was dragged to.")
            time.sleep(LOOK_S)
        return Sweep(moves, seen)

    def _find(self, window: int) -> int:
        """Where the component is in a window, in pixels of the screen."""
        x, y = self._middles[window]
        found = self._screen.find(COLOUR, y - ABOVE, x - REACH, x + REACH)
        if found is None:
            raise RuntimeError("The component is not visible.")
        return found


def latencies(sweep: Sweep, window: int, apart: Sequence[Span] = ()) -> list[float]:
    """How long each movement of the mouse took until a window showed it or a later one, in ms.

    Args:
        window: 0 for that of the mouse.
        apart: spans of time that don't count, in s.
    """
    sign = 1 if sweep.moves[-1][1] > sweep.moves[0][1] else -1
    found = []
    for at, place in sweep.moves:
        then = next(when for when, shown in sweep.seen[window] if sign * (shown - place) >= 0 and when >= at)
        found.append(1000 * (then - at - overlap(apart, (at, then))))
    return found


def overlap(spans: Sequence[Span], within: Span) -> float:
    """How much of `within` the spans cover together, in s."""
    covered, end = 0.0, within[0]
    for first, last in sorted(spans):
        first, last = max(first, end), min(last, within[1])
        if last > first:
            covered, end = covered + last - first, last
    return covered
