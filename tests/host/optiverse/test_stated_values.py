"""What was stated stays valid until the host shows something else than it made of it."""

from __future__ import annotations

from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.stated_values import Shadows

STATED = Record("lens", "component", {"pos": [1, 2], "angle_deg": 370, "future": {"a": 1}})
SHOWN = {"pos": [1.0, 2.0], "angle_deg": 10.0, "name": None}


def test_what_the_host_makes_of_a_record_is_no_edit() -> None:
    shadows = Shadows()
    shadows.remember(STATED, SHOWN)
    assert shadows.record(Record("lens", "component", SHOWN)) == STATED


def test_what_the_user_changes_is_an_edit_of_that_property_alone() -> None:
    shadows = Shadows()
    shadows.remember(STATED, SHOWN)
    after = shadows.record(Record("lens", "component", {**SHOWN, "angle_deg": 11.0, "name": "Lens"}))
    assert after.props == {**STATED.props, "angle_deg": 11.0, "name": "Lens"}


def test_going_back_to_what_was_shown_is_going_back_to_what_was_stated() -> None:
    shadows = Shadows()
    shadows.remember(STATED, SHOWN)
    shadows.record(Record("lens", "component", {**SHOWN, "angle_deg": 11.0}))
    assert shadows.record(Record("lens", "component", SHOWN)) == STATED


def test_a_host_that_shows_what_was_stated_has_no_shadow() -> None:
    shadows = Shadows()
    shadows.remember(STATED, SHOWN)
    shadows.remember(STATED, STATED.props)
    shown = Record("lens", "component", SHOWN)
    assert shadows.record(shown) is shown


def test_a_record_that_is_gone_leaves_nothing_to_the_next_of_its_id() -> None:
    shadows = Shadows()
    shadows.remember(STATED, SHOWN)
    shadows.forget("lens")
    shown = Record("lens", "component", SHOWN)
    assert shadows.record(shown) is shown
