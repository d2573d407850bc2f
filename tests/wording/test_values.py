"""Properties and their values in words."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.records import Op, Put, Remove, Set
from optiverse_collab.wording import values


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pos", "position"),
        ("angle_deg", "angle"),
        ("object_height_mm", "object height"),
        ("wavelength_nm", "wavelength"),
        ("notes", "notes"),
        ("a\n", "a\\n"),
    ],
)
def test_property_is_called_as_people_do(name: str, words: str) -> None:
    assert values.property_name(name) == words


@pytest.mark.parametrize(
    ("name", "value", "short", "full"),
    [
        ("pos", [50.0, 1 / 3], "(50.0, 0.333333) mm", "(50.0, 0.3333333333333333) mm"),
        ("angle_deg", 45, "45°", "45°"),
        ("wavelength_nm", 632.8, "632.8 nm", "632.8 nm"),
        ("size_mm", [1.0, 2.0], "(1.0, 2.0) mm", "(1.0, 2.0) mm"),
        ("object_height_mm", None, "nothing", "nothing"),
        ("pos", "here", '"here"', '"here"'),
        ("locked", True, "yes", "yes"),
        ("locked", False, "no", "no"),
        ("tiny_mm", 1e-9, "1e-09 mm", "1e-9 mm"),
        ("notes", "x" * 61, f'"{"x" * 60}…"', f'"{"x" * 61}"'),
        ("notes", "a\n\u202e", '"a\\n\\u202e"', '"a\\n\\u202e"'),
        ("points", [[1, 2], [3, 4]], "((1, 2), (3, 4)) mm", "((1, 2), (3, 4)) mm"),
        ("points_mm", [[1.0, 2.0]] * 9, f"({'(1.0, 2.0), ' * 4}(1.0, 2.0),… mm", None),
        ("any", {"a": [1.0]}, '{"a":[1.0]}', '{"a":[1.0]}'),
    ],
)
def test_value_has_its_unit(name: str, value: Any, short: str, full: str | None) -> None:
    assert values.value(name, value) == short
    assert full is None or values.value(name, value, in_full=True) == full


@pytest.mark.parametrize(
    ("op", "noun", "is_plural"),
    [
        (Set("a", {"pos": [1.0, 2.0]}), "move to (1.0, 2.0) mm", False),
        (Set("a", {"angle_deg": 45.0}), "turn to 45.0°", False),
        (Set("a", {"name": "B"}), 'name "B"', False),
        (Set("a", {"order": 1.5, "z_value": 2.0}, ["parent"]), "move in the layers", False),
        (Set("a", {"x": 1}, ["notes_mm"]), "x 1 and removal of notes", True),
        (Set("a", {"x": 1, "y": 2, "z": 3}), "x 1, y 2 and z 3", True),
        (Set("a", {"x": 1, "angle_deg": 2, "pos": [1, 2]}), "move to (1, 2) mm, turn to 2° and x 1", True),
        (Set("a"), "change", False),
        (Put("a", "k"), "new item", False),
        (Put("a", "k", {"x": 1}), "x 1", False),
        (Remove("a"), "removal", False),
    ],
)
def test_edit_is_a_noun(op: Op, noun: str, is_plural: bool) -> None:
    """SEEN-6: the place in the layers is one unit."""
    assert values.edit(op) == (noun, is_plural)


@pytest.mark.parametrize(
    ("ops", "state"),
    [
        ([Set("a", {"pos": [1.0, 2.0], "x_y": 1}, ["notes"])], "position (1.0, 2.0) mm, x y 1, no notes"),
        ([Set("a", {"order": 1.0}, ["parent"])], "place in the layers"),
        ([Remove("a")], "removed"),
        ([Remove("a"), Put("a", "k", {"x": 1})], "removed, x 1"),
        ([Put("a", "k")], "changed"),
    ],
)
def test_state_after_edits(ops: list[Op], state: str) -> None:
    assert values.state(ops) == state


@pytest.mark.parametrize(
    ("parts", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_parts_are_joined(parts: list[str], text: str) -> None:
    assert values.joined(parts) == text
