"""The edit between two states of a record."""

from __future__ import annotations

import pytest

from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.window.record_diff import diff, moved

LENS = Record("lens", "component", {"pos": [0.0, 0.0], "name": "Lens"})


@pytest.mark.parametrize(
    ("before", "after", "op"),
    [
        (None, None, None),
        (LENS, LENS, None),
        (None, LENS, Put("lens", "component", LENS.props)),
        (LENS, None, Remove("lens")),
        (LENS, Record("lens", "component", {"pos": [1.0, 0.0]}), Set("lens", {"pos": [1.0, 0.0]}, ["name"])),
    ],
)
def test_either_state_may_not_be_there(before: Record | None, after: Record | None, op: Op | None) -> None:
    assert diff(before, after) == op


def test_a_drag_changes_what_it_gives_another_value() -> None:
    assert moved(LENS, {"pos": [0.0, 0.0]}) is None
    assert moved(LENS, {"pos": [1.0, 0.0], "angle_deg": 0.0}) == Set(
        "lens", {"pos": [1.0, 0.0], "angle_deg": 0.0}
    )
