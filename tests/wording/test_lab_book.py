"""What people did to items, with the values before and after."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.records import Record
from optiverse_collab.wording.lab_book import Row, rows


def lens(**props: Any) -> Record:
    """A lens."""
    return Record("l", "component", {"name": "Lens", **props})


@pytest.mark.parametrize(
    ("before", "after", "what", "old", "new"),
    [
        (
            lens(pos=[0.0, 0.0], angle_deg=0.0),
            lens(pos=[3.0, 4.0], angle_deg=45.0),
            'Moved "Lens" by 5.0 mm and rotated it to 45.0°',
            "position (0.0, 0.0) mm, angle 0.0°",
            "position (3.0, 4.0) mm, angle 45.0°",
        ),
        (None, lens(pos=[3.0, 4.0], efl_mm=5.0), 'Added "Lens"', "", "position (3.0, 4.0) mm"),
        (lens(angle_deg=4.0), None, 'Removed "Lens"', "angle 4.0°", ""),
        (lens(), lens(notes="x"), 'Changed notes of "Lens" to "x"', "no notes", 'notes "x"'),
        (
            lens(),
            lens(a=1, b=2, c=3, d=4, e=5),
            'Changed a, b, c, d and e of "Lens"',
            "no a, no b, no c, no d, …",
            "a 1, b 2, c 3, d 4, …",
        ),
        (lens(order=1.0), lens(order=2.0, z_value=1.0), 'Moved "Lens" in the layers', "", ""),
        (lens(pos=[1, 1]), Record("l", "ruler", {"pos": [2, 2]}), 'Replaced "Lens"', "position (1, 1) mm",
         "position (2, 2) mm"),
    ],
)  # fmt: skip
def test_a_row_has_the_values_before_and_after(
    before: Record | None, after: Record | None, what: str, old: str, new: str
) -> None:
    assert rows([("Ana", before, after)]) == [Row("Ana", ("l",), what, old, new)]


def test_what_was_done_alike_is_one_row() -> None:
    """With values of its own, each item has its row; who erased their name is somebody."""
    names = ["A", "B", "C", "D", "E"]
    low = [Record(name, "component", {"name": name, "order": 1.0}) for name in names]
    high = [Record(name, "component", {"name": name, "order": 0.0}) for name in names]
    edits = [("", *pair) for pair in zip(low, high, strict=True)]
    moved = ("", lens(pos=[0, 0]), lens(pos=[0, 1]))
    assert rows([*edits, moved, ("Ana", lens(), lens())]) == [
        Row("Somebody", tuple(names), 'Moved "A", "B", "C" and 2 others in the layers', "", ""),
        Row("Somebody", ("l",), 'Moved "Lens" by 1.0 mm', "position (0, 0) mm", "position (0, 1) mm"),
    ]
