"""The heads that a replica remembers: BACK-14 of docs/protocol.md."""

from __future__ import annotations

from itertools import pairwise

import pytest

from optiverse_collab.core.client.known_heads import KnownHeads
from optiverse_collab.core.protocol.positions import HEADS, SPACING, OldHead


def of(*clocks: int, history: str = "a") -> list[OldHead]:
    """Heads at these clocks."""
    return [OldHead(clock, history * 8) for clock in clocks]


@pytest.mark.parametrize("step", [1, 3])
def test_the_older_they_are_the_fewer_are_kept(step: int) -> None:
    """BACK-14: no gap is longer than it must be, however many come."""
    known = KnownHeads()
    clocks = range(step, 30_000, step)
    for clock in clocks:
        known.add(clock, f"{clock:032x}")
    kept = [one.clock for one in known.kept]
    assert len(kept) <= HEADS
    assert (kept[0], kept[-1]) == (clocks[0], clocks[-1])
    for older, newer in pairwise(kept):
        assert newer - older <= max(step, (kept[-1] - newer) // SPACING + step)


def test_all_are_kept_while_they_are_few() -> None:
    """BACK-14: those of clocks that came in one message are missing."""
    known = KnownHeads(of(*range(0, 2 * HEADS - 2, 2)))
    known.add(2 * HEADS, "ab" * 16)
    assert len(known.kept) == HEADS


def test_later_pages_take_the_place_of_what_was_known() -> None:
    """BACK-14: all that reach their clocks."""
    known = KnownHeads(of(1, 3, 5, 7))
    known.extend(of(4, 6, history="b"))
    assert known.kept == [*of(1, 3), *of(4, 6, history="b")]
    known.extend([])
    known.add(8, "")
    assert known.kept == [*of(1, 3), *of(4, 6, history="b")]


def test_going_back_forgets_what_came_later() -> None:
    """BACK-11"""
    known = KnownHeads(of(1, 3, 5))
    known.add(4, "cd" * 16)
    assert known.kept == [*of(1, 3), OldHead(4, "cdcdcdcd")]


def test_another_head_at_a_clock_is_noticed() -> None:
    """BACK-11: nothing is said about clocks without one."""
    known = KnownHeads(of(1, 3))
    assert known.contradict(3, "bb" * 16)
    assert not known.contradict(3, "aa" * 16)
    assert not known.contradict(2, "bb" * 16)
