"""The texts in the list of changes made while the user was away."""

from __future__ import annotations

from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.records import Remove, Set
from optiverse_collab.wording import changes


def test_nobody_forges_a_line() -> None:
    evil = HeldChange([Set("lens", {"x\n": "y\u2028"})], "Ben\nYours: 1")
    told = changes.sides(evil, Set("lens", {"x\n": "<b>\n"}), evil.by, stands=False, again=False)
    assert all(line.isprintable() for line in told.lines)
    assert len(told.lines) == 2


def test_who_is_not_known_is_somebody() -> None:
    told = changes.sides(
        HeldChange([Set("lens", {"x": 1})], ""), Remove("lens"), "", stands=False, again=False
    )
    assert told.lines == ["Yours: x 1", "Somebody removed it"]


def test_changes_are_counted() -> None:
    assert [changes.hint(count) for count in (1, 2)] == ["1 change to look at", "2 changes to look at"]


def test_step_says_what_is_used() -> None:
    assert changes.step(['"Lens"']) == 'Use my change of "Lens"'
    assert changes.step(['"Lens"', '"Mirror"']) == "Use 2 changes of mine"
