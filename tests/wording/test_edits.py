"""One person's edit, in a line for people."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.effects import ShowChange
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.wording.edits import MANY, describe, raw_values, title

LENS = Record("lens-1234567890", "component", {"name": "Standard Lens (1in)", "pos": [0.0, 0.0]})


def told(*ops: Op, author: str = "DESKTOP-X") -> list[str]:
    """The sentence for a change by one author to a bench with one lens."""
    authors = {op.id: author for op in ops}
    return describe(ShowChange(ops, authors), {LENS.id: LENS})


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (None, "record lens-123"),
        (LENS, '"Standard Lens (1in)"'),
        (Record("ruler-1234", "ruler", {}), "ruler ruler-12"),
        (Record("g", "group", {"name": "Pump arm"}), 'group "Pump arm"'),
        (Record("t", "text", {"text": "光路 B"}), 'text "光路 B"'),
        (Record("a", "angle_measure", {"name": "  "}), "angle measure a"),
        (Record("a", "component", {"name": 7}), "component a"),
        (Record("a", "component", {"name": "x" * 61}), f'"{"x" * 60}…"'),
        (Record("a", "component", {"name": "a\nb\x1b[2J"}), '"a\\nb\\x1b[2J"'),
        (Record("\x1b[2J", "k\n", {}), "k\\n \\x1b[2J"),
    ],
)
def test_what_a_record_is_called(record: Record | None, name: str) -> None:
    assert title(LENS.id if record is None else record.id, record) == name


@pytest.mark.parametrize(
    ("op", "deed"),
    [
        (Set(LENS.id, {"pos": [10.0, 20.0]}), 'moved "Standard Lens (1in)" to (10.0, 20.0) mm'),
        (Set(LENS.id, {"angle_deg": 45.0}), 'rotated "Standard Lens (1in)" to 45.0°'),
        (Set(LENS.id, {"name": "New\n"}), 'renamed "Standard Lens (1in)" to "New\\n"'),
        (
            Set(LENS.id, {"locked": True}, ["notes"]),
            'changed locked of "Standard Lens (1in)" to yes, notes to nothing',
        ),
        (
            Set(LENS.id, {"a": 1, "b_mm": 2, "c": 3}, ["notes"]),
            'changed a, b, c and notes of "Standard Lens (1in)"',
        ),
        (Set(LENS.id, {}, ["pos"]), 'changed position of "Standard Lens (1in)" to nothing'),
        (Set(LENS.id, {"order": 1.0, "z_value": 2.0}), 'moved "Standard Lens (1in)" in the layers'),
        (Set(LENS.id, {}, ["parent"]), 'moved "Standard Lens (1in)" in the layers'),
        (Set(LENS.id), 'changed "Standard Lens (1in)"'),
        (Set(LENS.id, {"\x1b": 1}), 'changed \\x1b of "Standard Lens (1in)" to 1'),
        (
            Set(LENS.id, {"locked": True, "angle_deg": 1, "pos": [1, 2]}),
            'moved "Standard Lens (1in)" to (1, 2) mm, rotated it to 1° and changed locked of it to yes',
        ),
        (Set(LENS.id, {"pos": "here"}), 'moved "Standard Lens (1in)" to "here"'),
        (Set(LENS.id, {"pos": [0] * 99}), 'moved "Standard Lens (1in)" to (' + "0, " * 19 + "0,… mm"),
        (Set("gone-5678901", {"pos": [1, 2]}), "moved record gone-567 to (1, 2) mm"),
        (Put("m", "component", {"name": "Mirror"}), 'added "Mirror"'),
        (Put(LENS.id, "component", {"name": "Other"}), 'replaced "Other"'),
        (Remove(LENS.id), 'removed "Standard Lens (1in)"'),
    ],
)
def test_one_line_per_deed(op: Op, deed: str) -> None:
    assert told(op) == [f"DESKTOP-X {deed}"]


def test_who_is_not_known_is_somebody() -> None:
    assert describe(ShowChange((Remove(LENS.id),)), {LENS.id: LENS}) == [
        'Somebody removed "Standard Lens (1in)"'
    ]


def test_no_author_forges_a_line() -> None:
    [line] = told(Remove(LENS.id), author="a\n12:00:00 b")
    assert line.startswith("a\\n12:00:00 b removed")


def test_what_is_known_keeps_up() -> None:
    """A line calls the record by its old name; the next line uses the new one."""
    known = {LENS.id: LENS}
    describe(ShowChange((Set(LENS.id, {"name": "Lens 2"}),)), known)
    assert describe(ShowChange((Remove(LENS.id),)), known) == ['Somebody removed "Lens 2"']
    assert known == {}


def test_many_deeds_are_one_line_per_author() -> None:
    ops: list[Op] = [Put(str(number), "component", {}) for number in range(MANY)]
    ops += [Set(LENS.id, {"pos": [1, 2]})]
    change = ShowChange(tuple(ops), {op.id: "Ann" for op in ops[1:]})
    assert describe(change, {LENS.id: LENS}) == [
        "Somebody added 1 record",
        "Ann added 9 records, changed 1 record",
    ]


def test_values_are_never_cut() -> None:
    text = "x" * 1000
    assert raw_values({"a": [1.0, None], "b\n": text + "\n"}) == f'a = [1.0,null], b\\n = "{text}\\n"'
