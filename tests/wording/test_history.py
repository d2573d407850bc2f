"""A session's history in words."""

from __future__ import annotations

import re

from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.records import Record
from optiverse_collab.wording.history import differences, item_lines, step_lines


def item(id: str, **props: object) -> Record:
    """A component with its id as its name."""
    return Record(id, "component", {"name": id, **props})


M3, M4 = item("M3", pos=[0.0, 0.0], angle_deg=0.0), item("M4", pos=[0.0, 0.0])


def test_a_step_says_when_who_and_what() -> None:
    edits = (("M3", M3, item("M3", pos=[3.0, 1.1], angle_deg=0.0)), ("M4", M4, None))
    lines = step_lines(PastStep(7, 12, 1_700_000_000_000, 1_700_000_001_000, "Ana\n", "", edits))
    assert [re.sub(r"\d\d\d\d-\d\d-\d\d \d\d:\d\d:20", "TIME", line) for line in lines] == [
        'TIME  12  Ana\\n moved "M3" by 3.2 mm',
        'TIME  12  Ana\\n removed "M4"',
    ]


def test_differences_are_told_once_for_all_items_alike() -> None:
    before = {"M3": M3, "M4": M4, "gone": item("gone"), "same": item("same")}
    after = {
        "M3": item("M3", pos=[5.0, 0.0], angle_deg=0.0),
        "M4": item("M4", pos=[0.0, 5.0]),
        "new": item("new"),
        "same": item("same"),
    }
    assert differences(before, after) == ['Moved "M3" and "M4" by 5.0 mm', 'Removed "gone"', 'Added "new"']
    assert differences(before, before) == []


def test_items_say_where_they_are() -> None:
    records = [M3, M4, Record("g" * 20, "group", {"angle_deg": 45.0}), item("a\nb", pos="there")]
    assert item_lines(records) == [
        '"M3" at (0.0, 0.0) mm, 0.0°',
        '"M4" at (0.0, 0.0) mm',
        "group gggggggg 45.0°",
        '"a\\nb" at "there"',
    ]
