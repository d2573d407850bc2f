"""One notice per pair of people and item, once edits have stopped (SEEN-10)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.effects import Conflict, ConflictKind
from optiverse_collab.core.records import Set
from optiverse_collab.window.notices import QUIET_MS, Notices

KIND = ConflictKind.REPLACED_MINE


def conflict(x: float = 1.0, by: str = "Ben", id: str = "lens", name: str = "pos") -> Conflict:
    """A conflict in which somebody replaced a value of mine."""
    return Conflict(KIND, by, (name,), Set(id, {name: x}), Set(id, {name: -x}), None)


def test_nothing_waits_at_first() -> None:
    notices = Notices()
    assert (notices.wait_ms(0), notices.take_due(0), notices.take_all()) == (None, [], [])


def test_two_who_drag_one_item_are_told_once() -> None:
    """SEEN-12."""
    notices = Notices()
    for tick in range(100):
        notices.add(conflict(float(tick)), tick * 33)
        assert notices.take_due(tick * 33) == []
    last = 99 * 33
    assert notices.wait_ms(last) == QUIET_MS
    assert notices.take_due(last + QUIET_MS - 1) == []
    assert notices.take_due(last + QUIET_MS) == [[conflict(99.0)]]
    assert notices.take_due(last + 10 * QUIET_MS) == []


@pytest.mark.parametrize("other", [conflict(by="Eve"), conflict(id="mirror")])
def test_each_person_and_item_has_its_own_notice(other: Conflict) -> None:
    notices = Notices()
    notices.add(conflict(), 0)
    notices.add(other, 500)
    assert notices.take_due(QUIET_MS) == [[conflict()]]
    assert notices.wait_ms(QUIET_MS) == 500
    assert notices.wait_ms(QUIET_MS + 900) == 0
    assert notices.take_due(QUIET_MS + 500) == [[other]]


def test_several_properties_are_one_notice() -> None:
    notices = Notices()
    notices.add(conflict(), 0)
    notices.add(conflict(name="angle_deg"), 100)
    assert notices.take_due(100 + QUIET_MS) == [[conflict(), conflict(name="angle_deg")]]


def test_all_can_be_had_at_once() -> None:
    notices = Notices()
    notices.add(conflict(), 0)
    notices.add(conflict(by="Eve"), 0)
    assert notices.take_all() == [[conflict()], [conflict(by="Eve")]]
    assert notices.wait_ms(0) is None
