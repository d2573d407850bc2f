"""A stated value stays valid until the host shows something other than what it made of that value."""

from __future__ import annotations

from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.stated_values import StatedValues

STATED = Record("lens", "component", {"pos": [1, 2], "angle_deg": 370, "future": {"a": 1}})
SHOWN = {"pos": [1.0, 2.0], "angle_deg": 10.0, "name": None}


def test_what_the_host_makes_of_a_record_is_no_edit() -> None:
    stated_values = StatedValues()
    stated_values.remember(STATED, SHOWN)
    assert stated_values.record(Record("lens", "component", SHOWN)) == STATED


def test_what_the_user_changes_is_an_edit_of_that_property_alone() -> None:
    stated_values = StatedValues()
    stated_values.remember(STATED, SHOWN)
    after = stated_values.record(Record("lens", "component", {**SHOWN, "angle_deg": 11.0, "name": "Lens"}))
    assert after.props == {**STATED.props, "angle_deg": 11.0, "name": "Lens"}


def test_going_back_to_what_was_shown_restores_the_statement() -> None:
    stated_values = StatedValues()
    stated_values.remember(STATED, SHOWN)
    stated_values.record(Record("lens", "component", {**SHOWN, "angle_deg": 11.0}))
    assert stated_values.record(Record("lens", "component", SHOWN)) == STATED


def test_a_host_that_shows_what_was_stated_has_no_shadow() -> None:
    stated_values = StatedValues()
    stated_values.remember(STATED, SHOWN)
    stated_values.remember(STATED, STATED.props)
    shown = Record("lens", "component", SHOWN)
    assert stated_values.record(shown) is shown


def test_record_that_is_gone_leaves_nothing_to_the_next() -> None:
    stated_values = StatedValues()
    stated_values.remember(STATED, SHOWN)
    stated_values.forget("lens")
    shown = Record("lens", "component", SHOWN)
    assert stated_values.record(shown) is shown
