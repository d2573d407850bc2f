"""Which part of a bench a picture shows, and at which scale."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import median_low
from typing import NamedTuple

from optiverse_collab.convert.outlines import Point
from optiverse_collab.report.things import Fate, Thing

WIDTH, HEIGHT, MARGIN = 1000.0, 640.0, 50.0
"""A picture's width and greatest height, with a margin on each side, in px."""

LEAST_HEIGHT = 240.0

LARGEST_SCALE = 4.0
"""In px per mm."""

BENCH_MM = 10_000.0
"""Nothing this near to the middle is too far away for the picture …"""

FAR = 20.0
"""… nor anything less than this many times as far as most things."""

BOARD_MM = 300.0
"""What is larger and was not changed may stand out of the picture."""


class Frame(NamedTuple):
    """A part of a bench.

    Attributes:
        left, top: its upper left corner, in mm.
        scale: px for each mm.
        height: of the picture, in px.
    """

    left: float
    top: float
    scale: float
    height: float

    def px(self, point: Point) -> Point:
        """A point of the bench in the picture, where y points down."""
        return MARGIN + (point[0] - self.left) * self.scale, MARGIN + (self.top - point[1]) * self.scale


def split_by_distance(things: Sequence[Thing]) -> tuple[list[Thing], list[Thing]]:
    """The things to show, and those so far away that everything else would be a dot."""
    near: list[Thing] = []
    far: list[Thing] = []
    if things:
        x, y = (median_low(thing.at[axis] for thing in things) for axis in (0, 1))
        reaches = [max(max(abs(px - x), abs(py - y)) for px, py in thing.points()) for thing in things]
        most = max(BENCH_MM, FAR * sorted(reaches)[int(0.9 * (len(reaches) - 1))])
        for thing, reach in zip(things, reaches, strict=True):
            (near if reach <= most else far).append(thing)
    return near, far


def shown(things: Iterable[Thing]) -> list[Point]:
    """The points that a picture must show: of breadboards and the like, their place is enough."""
    points: list[Point] = []
    for thing in things:
        own = [*thing.points()]
        sizes = (max(values) - min(values) for values in zip(*own, strict=True))
        points += [thing.at] if thing.fate is Fate.SAME and max(sizes) > BOARD_MM else own
    return points


def framed(points: Iterable[Point]) -> Frame:
    """The frame around points, of which there is at least one."""
    xs, ys = zip(*points, strict=True)
    width, height = max(xs) - min(xs), max(ys) - min(ys)
    room = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    scale = min(
        [LARGEST_SCALE, *(there / wide for there, wide in zip(room, (width, height), strict=True) if wide)]
    )
    tall = max(height * scale + 2 * MARGIN, LEAST_HEIGHT)
    left = (min(xs) + max(xs)) / 2 - room[0] / 2 / scale
    top = (min(ys) + max(ys)) / 2 + (tall - 2 * MARGIN) / 2 / scale
    return Frame(left, top, scale, tall)


def scale_bar(scale: float) -> float:
    """The length of a scale bar in mm: 1, 2 or 5 times a power of ten, at most a fifth of the width."""
    longest = WIDTH / 5 / scale
    power = 10.0 ** math.floor(math.log10(longest))
    return max(digit * power for digit in (1, 2, 5) if digit * power <= longest)
