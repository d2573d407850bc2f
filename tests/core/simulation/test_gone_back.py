"""What no parcel has comes back as edits: random histories, and mutants that are noticed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from unittest import mock

import pytest

from optiverse_collab.core.client import going_back
from optiverse_collab.core.client.known_heads import KnownHeads
from optiverse_collab.core.client.pending import Pending, PendingChange
from optiverse_collab.core.records import Op, Remove, difference
from optiverse_collab.core.server.delivery import Delivery
from optiverse_collab.core.server.returns import Returns
from optiverse_collab.core.server.signatures import Signatures
from tests.core.simulation.going_back import CopyStory, Story
from tests.helpers.no_heads import without_heads

SEEDS = range(200, 400)

COPY_SEEDS = [*range(60), 1679, 2231]
"""In the last two, somebody gets the first two changes after a copy in one message."""


def test_nothing_that_was_lost_vanishes() -> None:
    """BACK-11 to BACK-13: it is there, or somebody heard of it."""
    counts: Counter[str] = Counter()
    for seed in SEEDS:
        Story(seed, counts).play()
    least = {"went back": 250, "conflicts": 500, "restored": 100, "copied": 100, "parted": 100}
    assert {what: counts[what] for what in least if counts[what] < least[what]} == {}, counts


def test_there_is_no_conflict_if_nobody_edits_meanwhile() -> None:
    """BACK-12, BACK-13: though everybody brings the same back."""
    counts: Counter[str] = Counter()
    for seed in SEEDS:
        Story(seed, counts, is_quiet=True).play()
    assert counts["went back"] > 500
    assert not counts["conflicts"]


def play_copies() -> Counter[str]:
    """Files that are copied back again and again."""
    counts: Counter[str] = Counter()
    for seed in COPY_SEEDS:
        CopyStory(seed, counts).play()
    return counts


def test_heads_show_where_copies_parted() -> None:
    """BACK-14: nothing vanishes, and nearly everybody goes back instead of saving a copy."""
    counts = play_copies()
    assert counts["copied"] > 250
    assert counts["went back"] > 15 * counts["parted"]


def test_times_alone_deceive() -> None:
    """BACK-4, BACK-14: what heads are for."""
    with (
        without_heads(),
        mock.patch.object(KnownHeads, "contradict", return_value=False),
        pytest.raises(AssertionError),
    ):
        play_copies()


def test_the_first_change_after_a_copy_leaves_alone() -> None:
    """BACK-14: else it happens that no head distinguishes two copies."""

    def with_others(self: Delivery, *args: Any) -> None:
        begin(self, *args)
        self._first = 0

    begin = Delivery.__init__
    with mock.patch.object(Delivery, "__init__", with_others), pytest.raises(AssertionError):
        play_copies()


def removals_stay(old: Any, new: Any) -> list[Op]:
    return [op for op in difference(old, new) if not isinstance(op, Remove)]


def everything_was_seen(changes: Sequence[PendingChange], before: Any, after: Any, clock: int) -> None:
    for change in changes:
        change.seen = clock


def own_edits_come_first(self: Pending, changes: Iterable[PendingChange], seen: int) -> None:
    own, self.changes = self.changes, []
    put_first(self, [*own, *changes], seen)


def own_edits_are_forgotten(self: Pending, changes: Iterable[PendingChange], seen: int) -> None:
    self.changes = []
    put_first(self, changes, seen)


def any_return_is_enough(self: Returns, step: str, origin: int, ops: Sequence[Op]) -> Sequence[Op]:
    return [] if step.startswith("return:") and any(one.origin != origin for one in self.kept) else ops


def every_return_was_seen(self: Returns, change: Any, origin: int) -> Any:
    return [*self.kept]


def only_a_return_has_seen_them(self: Returns, change: Any, origin: int) -> Any:
    return known_to(self, change, -1)


def they_part_where_it_was_opened(self: Signatures, end: Any, signed: Any) -> bool:
    return True


put_first, known_to = Pending.put_first, Returns.known_to

MUTANTS: list[tuple[object, str, Callable[..., Any]]] = [
    (going_back, "difference", removals_stay),
    (going_back, "see_the_same", everything_was_seen),
    (Pending, "put_first", own_edits_come_first),
    (Pending, "put_first", own_edits_are_forgotten),
    (Returns, "news", any_return_is_enough),
    (Returns, "known_to", every_return_was_seen),
    (Returns, "known_to", only_a_return_has_seen_them),
    (Signatures, "_is_shared", they_part_where_it_was_opened),
]


@pytest.mark.parametrize(("place", "name", "by"), MUTANTS, ids=lambda it: getattr(it, "__name__", None))
def test_what_is_broken_is_noticed(place: object, name: str, by: Callable[..., Any]) -> None:
    """BACK-4, BACK-11 to BACK-13: the unmodified core survives the same seeds."""

    def play() -> None:
        for seed in SEEDS:
            Story(seed, Counter()).play()
            Story(seed, Counter(), is_quiet=True).play()

    with mock.patch.object(place, name, by), pytest.raises(AssertionError):
        play()
