"""Texts about copies that come back."""

from __future__ import annotations

from datetime import datetime

import pytest

from optiverse_collab.convert.ancestor_search import Certainty, Departure
from optiverse_collab.core.client.effects import Conflict, ConflictKind
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.wording.stray_copies import change, conflict, counts, left, no_such_ancestor, unsure

TUESDAY = datetime(2026, 11, 24, 14, 2).astimezone()
MS = round(TUESDAY.timestamp() * 1000)
LENS = Record("lens", "component", {"name": "L1", "pos": [0.0, 0.0], "angle_deg": 0.0, "layer_locked": True})


def departure(
    when_ms: int | None = MS,
    until_ms: int | None = MS,
    certainty: Certainty = Certainty.SURE,
    is_oldest: bool = False,
) -> Departure:
    return Departure(7, when_ms, until_ms, certainty, {}, is_oldest)


@pytest.mark.parametrize(
    ("left_at", "text"),
    [
        (departure(), "on Tuesday 2026-11-24 at 14:02 (sure)"),
        (
            departure(MS, MS + 86_400_000, Certainty.LIKELY),
            "between Tuesday 2026-11-24 at 14:02 and Wednesday 2026-11-25 at 14:02 (likely)",
        ),
        (departure(None, None, Certainty.GIVEN), "at 7 (as you say)"),
        (
            departure(None, MS, is_oldest=True),
            "before Tuesday 2026-11-24 at 14:02, and older history is not kept: nothing counts as removed, "
            "and each difference is a conflict",
        ),
    ],
)
def test_when_it_left(left_at: Departure, text: str) -> None:
    assert left(left_at) == f"Copy left the session {text}"


def test_nothing_is_kept() -> None:
    assert left(departure(None, None, is_oldest=True)).startswith("Copy left the session, and older history")


def test_counts() -> None:
    assert counts(8, 1) == "8 changes, 1 conflict"


@pytest.mark.parametrize(
    ("op", "text"),
    [
        (Set("lens", {"pos": [5.0, 4.0]}), '"L1": position (0.0, 0.0) mm → (5.0, 4.0) mm'),
        (
            Set("lens", {"notes": "Hi"}, ["layer_locked"]),
            '"L1": notes nothing → "Hi", layer locked yes → nothing',
        ),
        (Set("lens", {"order": 1.0, "z_value": 2.0}), '"L1": moved in the layers'),
        (Remove("lens"), '"L1": removed'),
        (Put("new", "component", {"name": "New"}), '"New": added'),
    ],
)
def test_a_change_has_both_values(op: Op, text: str) -> None:
    assert change(op, {"lens": LENS}) == text


def test_a_conflict_has_both_values() -> None:
    mine, theirs = Set("lens", {"pos": [3.0, 0.0]}), Set("lens", {"pos": [9.0, 0.0]})
    held = Conflict(ConflictKind.HELD, "Ben", ("pos",), mine, theirs, LENS)
    assert conflict(held) == '"L1": Ben\'s: position (9.0, 0.0) mm · Yours: position (3.0, 0.0) mm'
    gone = Conflict(ConflictKind.GONE, "", (), mine, None, LENS)
    assert conflict(gone) == '"L1": Somebody removed it · Yours: position (3.0, 0.0) mm'


def test_what_is_not_sure_says_where_to_look() -> None:
    assert "nearest moment is 7, on Tuesday 2026-11-24 at 14:02: look" in unsure(departure())
    assert "nearest moment is 7: look" in unsure(departure(None))
    assert "no moment 7" in no_such_ancestor(7)
