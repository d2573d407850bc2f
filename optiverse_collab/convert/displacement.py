"""How far an item was moved and turned."""

from __future__ import annotations

import math
from typing import NamedTuple

from optiverse_collab.convert.shapes import is_number, is_point
from optiverse_collab.core.records import Record

Point = tuple[float, float]

LEAST = 1e-6
"""Less than this, in mm or degrees, is the rounding of numbers, not a move."""


class Displacement(NamedTuple):
    """A move and a turn of an item.

    Attributes:
        start, end: its positions before and after [mm].
        turn_deg: the shorter way round, more than -180 and at most 180.
    """

    start: Point
    end: Point
    turn_deg: float

    @property
    def mm(self) -> float:
        """How far it was moved."""
        return math.dist(self.start, self.end)

    @property
    def is_move(self) -> bool:
        """Whether it is in another place."""
        return self.mm > LEAST

    @property
    def is_turn(self) -> bool:
        """Whether it points elsewhere."""
        return abs(self.turn_deg) > LEAST


def displacement(before: Record, after: Record) -> Displacement | None:
    """The move and the turn from one state of an item to another; None if it has no position."""
    start, end = before.props.get("pos"), after.props.get("pos")
    if start is None or end is None or not (is_point(start) and is_point(end)):
        return None
    turn = math.fmod(_angle(after), 360.0) - math.fmod(_angle(before), 360.0)
    turn = math.remainder(turn, 360.0)
    return Displacement(
        (float(start[0]), float(start[1])), (float(end[0]), float(end[1])), 180.0 if turn == -180.0 else turn
    )


def _angle(record: Record) -> float:
    angle = record.props.get("angle_deg")
    return float(angle) if is_number(angle) else 0.0
