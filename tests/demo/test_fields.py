"""The fields of the edit dialog: which, what they show, and which properties they change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from optiverse_collab_demo.fields import Field, fields_of
from optiverse_collab_demo.model import Item
from optiverse_collab_demo.templates import TEMPLATES, placed
from tests.helpers.demo_window import GARBAGE


def fields(kind: str, props: dict[str, Any]) -> dict[str, Field]:
    return {field.key: field for field in fields_of(Item("id", kind, props))}


ENTERED: dict[str, Any] = {
    "number": 12.5,
    "count": 3,
    "line": "New name",
    "text": "two\nlines",
    "colour": "#123456",
}


@given(GARBAGE)
def test_every_field_of_any_item_shows_and_takes_values(item: Item) -> None:
    found = fields_of(item)
    assert len({field.key for field in found}) == len(found)
    for field in found:
        number = field.form in ("number", "count")
        assert isinstance(field.read(item.props), (int, float) if number else str)
        after = {**item.props, **field.write(item.props, ENTERED[field.form])}
        assert field.read(after) == ENTERED[field.form]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)
def test_entering_one_field_changes_no_other(template: Any) -> None:
    props = placed(template, (1.0, 2.0))
    every = fields(template.kind, props)
    for field in every.values():
        after = {**props, **field.write(props, ENTERED[field.form])}
        others = [other for other in every.values() if other is not field]
        assert [other.read(after) for other in others] == [other.read(props) for other in others]


@pytest.mark.parametrize(
    ("key", "labels"),
    [
        ("source", "X Y Angle Colour Rays Aperture Spread Reach Wavelength"),
        ("lens", "Name X Y Angle Focal_length"),
        ("mirror", "Name X Y Angle Reflectivity"),
        ("beamsplitter", "Name X Y Angle Transmission Reflection"),
        ("ruler", "X_1 Y_1 X_2 Y_2"),
        ("note", "Text Colour Size X Y"),
    ],
)
def test_each_kind_has_the_fields_that_make_sense_for_it(key: str, labels: str) -> None:
    (template,) = (template for template in TEMPLATES if template.key == key)
    found = fields_of(Item("id", template.kind, placed(template, (0.0, 0.0))))
    assert [field.label.replace(" ", "_") for field in found] == labels.split()


def test_unknown_kind_has_the_fields_of_what_it_has() -> None:
    assert list(fields("from the future", {"pos": [1, 2], "angle_deg": 3})) == ["x", "y", "angle_deg"]
    assert list(fields("from the future", {})) == []


def test_both_corners_of_an_older_ruler_are_entered() -> None:
    ruler = {"p1": [0.0, 0.0], "p2": [10.0, 0.0]}
    every = fields("ruler", ruler)
    assert every["y2"].write(ruler, 5.0) == {"p1": [0.0, 0.0], "p2": [10.0, 5.0]}


def test_corner_that_went_meanwhile_is_not_brought_back() -> None:
    every = fields("ruler", {"points": [[0, 0], [1, 1], [2, 2]]})
    assert every["x3"].write({"points": [[0, 0], [1, 1]]}, 5.0) == {}
    assert every["x3"].read({"points": [[0, 0], [1, 1]]}) == 0.0


def test_focal_length_holds_for_every_lens_and_leaves_the_rest() -> None:
    surfaces: list[Any] = [
        {"element_type": "lens", "efl_mm": 50.0, "x1_mm": 1.0},
        {"element_type": "mirror"},
        "of a later version",
        {"element_type": "lens"},
    ]
    field = fields("component", {"interfaces": surfaces})["efl_mm"]
    assert field.write({"interfaces": surfaces}, 75.0) == {
        "interfaces": [
            {"element_type": "lens", "efl_mm": 75.0, "x1_mm": 1.0},
            {"element_type": "mirror"},
            "of a later version",
            {"element_type": "lens", "efl_mm": 75.0},
        ]
    }


def test_lens_that_went_meanwhile_shows_the_default() -> None:
    field = fields("component", {"interfaces": [{"element_type": "lens", "efl_mm": 50.0}]})["efl_mm"]
    assert field.read({"interfaces": []}) == 100.0
    assert field.write({"interfaces": None}, 75.0) == {"interfaces": []}
