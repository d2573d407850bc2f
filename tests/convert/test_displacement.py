"""Moves and turns between two states of an item."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.convert.displacement import displacement
from optiverse_collab.core.records import Record


def item(**props: Any) -> Record:
    return Record("m", "component", props)


def test_a_move_has_its_length() -> None:
    found = displacement(item(pos=[1, 2], angle_deg=45.0), item(pos=[4.0, 6.0], angle_deg=45.0))
    assert found is not None
    assert (found.start, found.end, found.mm, found.turn_deg) == ((1.0, 2.0), (4.0, 6.0), 5.0, 0.0)
    assert found.is_move
    assert not found.is_turn


@pytest.mark.parametrize(
    ("old", "new", "turn"),
    [
        (0.0, 5.0, 5.0),
        (5.0, 0.0, -5.0),
        (359.0, 1.0, 2.0),
        (1.0, -1.0, -2.0),
        (0.0, 180.0, 180.0),
        (180.0, 0.0, 180.0),
        (10.0, 370.0, 0.0),
        (None, 30.0, 30.0),
        ("up", 30.0, 30.0),
    ],
)
def test_a_turn_goes_the_shorter_way(old: object, new: object, turn: float) -> None:
    found = displacement(item(pos=[0.0, 0.0], angle_deg=old), item(pos=[0.0, 0.0], angle_deg=new))
    assert found is not None
    assert found.turn_deg == pytest.approx(turn)
    assert found.is_turn is (turn != 0.0)
    assert not found.is_move


@pytest.mark.parametrize("pos", [None, "here", [1.0], [1.0, "2"], [float("nan"), 0.0]])
def test_without_a_position_there_is_none(pos: object) -> None:
    there = item(pos=[0.0, 0.0])
    assert displacement(item(pos=pos), there) is None
    assert displacement(there, item(pos=pos)) is None
    assert displacement(there, Record("m", "ruler", {"points": [[0.0, 0.0], [1.0, 0.0]]})) is None


def test_rounding_is_no_move() -> None:
    found = displacement(item(pos=[0.1 + 0.2, 0.0]), item(pos=[0.3, 0.0]))
    assert found is not None
    assert (found.is_move, found.is_turn) == (False, False)
