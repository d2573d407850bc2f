"""The replica that a journal describes (DISK-2)."""

from __future__ import annotations

from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.client.journal import Changed, Dismissed, Held, Settled, entries_of, replay
from optiverse_collab.core.records import Set
from tests.helpers.replicas import pending, saved

HELD = HeldChange([Set("a", {"n": 1})], "ben")


def test_last_entry_of_a_change_counts() -> None:
    """An unsent change is squashed, and its entry is written whole each time."""
    before = saved(pending(4), pending(5))
    altered = pending(5, Set("a", {"n": 9}))
    after = replay(before, [Changed(pending(6)), Changed(altered), Changed(pending(6))])
    assert after.pending == [pending(4), altered, pending(6)]


def test_what_is_settled_waits_no_more() -> None:
    after = replay(saved(pending(4), pending(5)), [Settled(4), Changed(pending(6)), Settled(6), Settled(7)])
    assert after.pending == [pending(5)]


def test_what_is_held_stays_until_it_is_dismissed() -> None:
    after = replay(saved(held={"a": HELD}), [Held("b", HELD), Dismissed("a"), Dismissed("c")])
    assert after.held == {"b": HELD}


def test_a_copy_is_not_changed_by_what_follows() -> None:
    before = saved(pending(4), held={"a": HELD})
    replay(before, [Settled(4), Dismissed("a")])
    assert (before.pending, before.held) == ([pending(4)], {"a": HELD})


def test_a_journal_can_spell_what_a_copy_has() -> None:
    before = saved(pending(4), pending(5), held={"a": HELD})
    assert replay(saved(), entries_of(before)) == before
