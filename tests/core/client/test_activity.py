"""Activities: who is working in which item, PRES-13 of docs/protocol.md."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.client.activity import ACTIVITY, MOST, Doing, activity_in, occupied, shown_activity
from optiverse_collab.core.protocol.participants import Participant


def test_what_is_shown_can_be_read() -> None:
    """PRES-13"""
    items = {"lens": Doing.DRAG, "mirror": Doing.DIALOG, "note": Doing.TEXT}
    shown = shown_activity(items.items())
    assert shown == {"lens": "drag", "mirror": "dialog", "note": "text"}
    assert activity_in({ACTIVITY: shown}) == items


def test_of_nothing_nothing_is_shown() -> None:
    """PRES-13: None removes the key."""
    assert shown_activity([]) is None
    assert activity_in({}) == {}


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        "lens",
        ["lens"],
        *({"lens": value} for value in ("fly", 1, ["drag"])),
        {"": "drag"},
        {"x" * 129: "drag"},
    ],
)
def test_what_cannot_be_understood_is_ignored(value: Any) -> None:
    """PRES-13"""
    assert activity_in({ACTIVITY: value}) == {}


def test_there_are_not_more_than_a_few() -> None:
    """PRES-13"""
    many = {f"item {number}": Doing.DRAG for number in range(MOST + 5)}
    assert list(shown_activity(many.items()) or ()) == list(many)[:MOST]
    assert list(activity_in({ACTIVITY: dict.fromkeys(many, "drag")})) == list(many)[:MOST]


def test_items_know_who_is_in_them() -> None:
    """PRES-13: participants who are away are in no item."""
    people = {id: Participant(id, id, "t", away=id == "c3") for id in ("c1", "c2", "c3")}
    states = {id: {ACTIVITY: {"lens": "drag"}} for id in ("c1", "c3", "c4")}
    states["c2"] = {ACTIVITY: {"lens": "dialog", "note": "text"}}
    assert occupied(people, states) == {
        "lens": {"c1": Doing.DRAG, "c2": Doing.DIALOG},
        "note": {"c2": Doing.TEXT},
    }
