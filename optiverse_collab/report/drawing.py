"""Draws things, arrows, labels and the legend of a picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from optiverse_collab.report.frame import MARGIN, WIDTH, Frame, scale_bar
from optiverse_collab.report.labels import Box, Room, width_of
from optiverse_collab.report.svg import Svg, dot, line, number
from optiverse_collab.report.symbols import Symbol
from optiverse_collab.report.things import Fate, Thing

COLOURS = {
    Fate.MOVED: "#0072b2",
    Fate.ADDED: "#007a5a",
    Fate.REMOVED: "#c04a00",
    Fate.CHANGED: "#8f5fb0",
    Fate.SAME: "#595959",
}
"""People with any colour vision tell them apart, and they are legible on white."""

GHOST, BOARD = "#8c8c8c", "#c8c8c8"
"""The colours of where things were, and of what is in the background: dots, breadboards."""

DASHES = "5 3"

DOT = 5.0
"""The size of a dot, and of the smallest symbol, in px."""

ARROW = 8.0
"""The length of an arrow's head, and of the shortest arrow, in px."""

LARGE = 100.0
"""The width or height, in px, from which on a symbol is pale, and has its name inside."""

_PARTS = 8
"""How many points of an arrow no label should cover."""

FOOT = 30.0
"""The height of the legend, in px."""


class Drawing:
    """A drawing of a part of a bench.

    Args:
        frame: that part.
        title: for those who can't see it.
    """

    def __init__(self, frame: Frame, title: str) -> None:
        self._frame = frame
        self._svg = Svg(WIDTH, frame.height + FOOT, title)

    def dots(self, things: Iterable[Thing]) -> None:
        """Draw things as dots on a grid: one for all that are at a place."""
        places: dict[Fate, set[tuple[int, int]]] = {}
        for thing in things:
            x, y = self._frame.px(thing.at)
            places.setdefault(thing.fate, set()).add((round(x / DOT), round(y / DOT)))
        for fate in reversed(COLOURS):
            if fate in places:
                path = "".join(dot((x * DOT, y * DOT)) for x, y in sorted(places[fate]))
                colour = BOARD if fate is Fate.SAME else COLOURS[fate]
                self._path(path, colour, stroke_width=number(DOT - 1))

    def ghost(self, thing: Thing) -> None:
        """Draw where a thing was, and an arrow from there."""
        if thing.old is not None:
            colour = GHOST if thing.now else COLOURS[thing.fate]
            self._symbol(thing.old, colour, thing.name, is_ghost=True)
            if thing.now is not None:
                self._arrow(thing.old, thing.now)

    def thing(self, thing: Thing) -> None:
        """Draw a thing where it is."""
        if thing.now is not None:
            is_board = thing.fate is Fate.SAME and _is_large(self._box(thing.now))
            self._symbol(thing.now, BOARD if is_board else COLOURS[thing.fate], thing.name)

    def label(self, things: Sequence[Thing]) -> int:
        """Write names beside things, where there is room; returns for how many there is none."""
        boxes = [(thing.fate is not Fate.SAME, self._beside(thing.now or thing.old)) for thing in things]
        changed = [box for is_changed, box in boxes if is_changed]
        others = [box for is_changed, box in boxes if not is_changed]
        others += chain.from_iterable(map(self._on_the_way, things))
        room, missed = Room(WIDTH, self._frame.height, changed, others), 0
        for thing, (is_changed, box) in zip(things, boxes, strict=True):
            place = room.place(thing.name, box, insists=is_changed) if thing.name else None
            if place is not None:
                self._svg.text(thing.name, place.left, place.bottom - 3.5, COLOURS[thing.fate])
            missed += place is None and thing.name != ""
        return missed

    def legend(self, things: Iterable[Thing]) -> None:
        """Say what the colours mean, and how long a mm is."""
        found = {thing.fate for thing in things}
        self._svg.clear(self._frame.height)
        left, middle = MARGIN, self._frame.height + FOOT / 2
        for fate, colour in COLOURS.items():
            if fate in found:
                self._path(line([(left, middle), (left + 16, middle)]), colour, stroke_width="3")
                self._svg.text(fate.value, left + 22, middle + 4, colour)
                left += 22 + width_of(fate.value) + 18
        mm = scale_bar(self._frame.scale)
        right, text = WIDTH - MARGIN, f"{mm:,.0f} mm"
        left = right - mm * self._frame.scale
        ticks = [line([(x, middle - 4), (x, middle + 4)]) for x in (left, right)]
        self._path("".join([line([(left, middle), (right, middle)]), *ticks]), COLOURS[Fate.SAME])
        self._svg.text(text, left - width_of(text) - 10, middle + 4, COLOURS[Fate.SAME])

    def written(self) -> str:
        """The file."""
        return self._svg.written()

    def _symbol(self, symbol: Symbol, colour: str, title: str, is_ghost: bool = False) -> None:
        box = self._box(symbol)
        if max(box.right - box.left, box.bottom - box.top) < DOT:
            self._path(dot(self._frame.px(symbol.at)), colour, title, stroke_width=number(DOT))
            return
        lines = [line([self._frame.px(point) for point in path]) for path in symbol.paths]
        style = {"stroke_width": "3" if symbol.is_heavy else "1.5"}
        if is_ghost:
            style = {"stroke_width": "1.5", "stroke_dasharray": DASHES, "stroke_linecap": "butt"}
        self._path("".join(lines), colour, title, **style)

    def _arrow(self, old: Symbol, now: Symbol) -> None:
        (x1, y1), (x2, y2) = self._frame.px(old.at), self._frame.px(now.at)
        length = math.hypot(x2 - x1, y2 - y1)
        if length < ARROW:
            return
        dx, dy = (x2 - x1) / length * ARROW, (y2 - y1) / length * ARROW
        wings = [(x2 - dx + side * dy / 2, y2 - dy - side * dx / 2) for side in (1, -1)]
        head = line([wings[0], (x2, y2), wings[1]])
        self._path(line([(x1, y1), (x2, y2)]) + head, COLOURS[Fate.MOVED])

    def _path(self, d: str, colour: str, title: str = "", **attributes: str) -> None:
        style = {"fill": "none", "stroke": colour, "stroke_linecap": "round", "stroke_linejoin": "round"}
        self._svg.path(d, title, **{**style, **attributes})

    def _beside(self, symbol: Symbol | None) -> Box:
        """What a label stands beside: the symbol, or the place of a large one."""
        assert symbol is not None
        box = self._box(symbol)
        x, y = self._frame.px(symbol.at)
        return Box(x, y, x, y) if _is_large(box) else box

    def _on_the_way(self, thing: Thing) -> Iterator[Box]:
        """What the arrow of a thing covers."""
        if thing.old is not None and thing.now is not None:
            (x1, y1), (x2, y2) = self._frame.px(thing.old.at), self._frame.px(thing.now.at)
            for part in range(_PARTS):
                x, y = x1 + (x2 - x1) * part / _PARTS, y1 + (y2 - y1) * part / _PARTS
                yield Box(x, y, x, y)

    def _box(self, symbol: Symbol) -> Box:
        """What a symbol covers."""
        points = [symbol.at, *chain.from_iterable(symbol.paths)]
        xs, ys = zip(*map(self._frame.px, points), strict=True)
        return Box(min(xs), min(ys), max(xs), max(ys))


def _is_large(box: Box) -> bool:
    return max(box.right - box.left, box.bottom - box.top) >= LARGE
