"""How items look in a picture: paths in millimetres, y up, as Optiverse has them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple

from optiverse_collab.convert.outlines import Line, Point, interface_lines, lines_of
from optiverse_collab.convert.shapes import is_point
from optiverse_collab.core.records import Record

Path = tuple[Point, ...]

_MOST = 1e9
"""In mm, a thousand kilometres; what is farther away has no place on a bench."""

_PATHS = 100
"""An item is drawn with at most this many."""

_ARC = 6
"""From how many straight lines half the outline of a lens is made."""

_BULGE = 0.1
"""The thickness of half a lens beside its height."""

_HEAVY = frozenset(("mirror", "dichroic", "beam_block"))
"""Interfaces that are drawn thick, since they turn or stop a beam."""


class Symbol(NamedTuple):
    """How an item looks where it stands.

    Attributes:
        at: its place.
        paths: lines from corner to corner; none for text.
        is_heavy: whether they are drawn thick.
    """

    at: Point
    paths: tuple[Path, ...]
    is_heavy: bool = False


def symbol(record: Record) -> Symbol | None:
    """The symbol of a record; None if it has no place."""
    interfaces = [(str(one.get("element_type")), line) for one, line in interface_lines(record)]
    if interfaces:
        found = [path for kind, line in interfaces for path in _SHAPES.get(kind, _flat)(*line)]
    elif record.kind == "source":
        found = [path for line in lines_of(record) for path in _source(*line)]
    else:
        found = _joined(lines_of(record)[:_PATHS])
    paths = tuple(islice(filter(_is_near, found), _PATHS))
    at = _place(record, paths)
    return None if at is None else Symbol(at, paths, any(kind in _HEAVY for kind, _ in interfaces))


def _place(record: Record, paths: tuple[Path, ...]) -> Point | None:
    """The position of an item; of a ruler or an angle, which have none, a point in the middle."""
    if record.kind in ("ruler", "angle_measure"):
        return paths[0][len(paths[0]) // 2] if paths else None
    pos: Any = record.props.get("pos")
    return (float(pos[0]), float(pos[1])) if is_point(pos) and _is_near([pos]) else None


def _joined(lines: Iterable[Line]) -> list[Path]:
    """Paths of lines that begin where the last one ended."""
    paths: list[Path] = []
    for a, b in lines:
        if paths and paths[-1][-1] == a:
            paths[-1] += (b,)
        else:
            paths.append((a, b))
    return paths


def _is_near(path: Iterable[Point]) -> bool:
    return all(-_MOST <= part <= _MOST for point in path for part in point)


def _flat(a: Point, b: Point) -> list[Path]:
    return [(a, b)]


def _lens(a: Point, b: Point) -> list[Path]:
    """Two arcs that meet at the rim."""
    turns = [index * math.pi / _ARC for index in range(2 * _ARC + 1)]
    return [tuple(_beside(a, b, (1 - math.cos(turn)) / 2, _BULGE * math.sin(turn)) for turn in turns)]


def _cube(a: Point, b: Point) -> list[Path]:
    """A diagonal, and the square around it."""
    return [(a, b), (a, _beside(a, b, 0.5, 0.5), b, _beside(a, b, 0.5, -0.5), a)]


def _source(a: Point, b: Point) -> list[Path]:
    """A triangle that points away from an aperture, as the beams of a source do."""
    tip = _beside(a, b, 0.5, 0.0)
    return [(_beside(a, b, 0.0, 1.0), tip, _beside(a, b, 1.0, 1.0), _beside(a, b, 0.0, 1.0))]


_SHAPES = {"lens": _lens, "beam_splitter": _cube}


def _beside(a: Point, b: Point, along: float, aside: float) -> Point:
    """A point beside the way from `a` to `b`, on its left, in parts of its length."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    return a[0] + along * dx - aside * dy, a[1] + along * dy + aside * dx
