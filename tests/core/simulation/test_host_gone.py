"""The host goes away: random histories, and mutants that are noticed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from msgspec import structs

from optiverse_collab.core.client import going_back
from optiverse_collab.core.server import answers, lineage
from optiverse_collab.core.server.turns import Turns
from optiverse_collab_server.storage.continuing import end_of, snapshot_from
from tests.core.simulation import hosts
from tests.core.simulation.host_gone import Story
from tests.core.simulation.hosts import Computer
from tests.core.simulation.quiet_hosts import QuietStory
from tests.helpers.no_heads import without_heads

SEEDS, QUIET_SEEDS = range(300), range(80)


def test_nothing_vanishes_when_hosts_go_away() -> None:
    """HOST-1 to HOST-3, CLK-8, CLK-9, BACK-11: it is there, or somebody heard of it; all come together."""
    counts: Counter[str] = Counter()
    for seed in SEEDS:
        Story(seed, counts).play()
    least = {"died": 250, "promoted": 80, "copies that lagged": 50, "hosted from a bench": 130, "moved": 250}
    least |= {"returned": 60, "deposed": 15, "went back": 180, "parted": 80, "conflicts": 1500}
    assert {what: counts[what] for what in least if counts[what] < least[what]} == {}, counts


def test_there_is_no_conflict_if_one_hosts_and_the_others_come() -> None:
    """HOST-1, HOST-3, BACK-12, BACK-13: though the new host lacked what the others bring."""
    counts: Counter[str] = Counter()
    for seed in QUIET_SEEDS:
        QuietStory(seed, counts).play()
    assert counts["went back"] > 400
    assert counts["edits without a connection"] > 300


def everybody_is_sure(history: Any, request: Any) -> bool:
    return False


def values_are_old(found: Any) -> Any:
    start = snapshot_from(found)
    return structs.replace(start, stamps=[structs.replace(start.stamps[0], clock=0)])


def history_has_no_parent(snapshot: Any, end: Any, epoch: str) -> Any:
    return structs.replace(snapshot, epoch=epoch)


def epoch_stays(snapshot: Any, end: Any, epoch: str) -> Any:
    return snapshot


def parent_ends_earlier(found: Any) -> Any:
    return structs.replace(end_of(found), clock=found.clock - 1)


def nothing_was_seen(changes: Any, before: Any, after: Any, clock: int) -> None:
    pass


def everything_was_seen(changes: Any, before: Any, after: Any, clock: int) -> None:
    for change in changes:
        change.seen = clock


def term_stays(self: Computer, owner: str, copy: Any, term: int) -> Computer:
    return promoted(self, owner, copy, self.term)


def nobody_parted(self: Turns, term: int, clock: int, turns: Any = ()) -> None:
    return None


promoted = Computer.promoted

MUTANTS: list[tuple[object, str, Callable[..., Any]]] = [
    (answers, "is_unsure", everybody_is_sure),
    (lineage, "is_unsure", everybody_is_sure),
    (hosts, "snapshot_from", values_are_old),
    (hosts, "continued", history_has_no_parent),
    (hosts, "continued", epoch_stays),
    (hosts, "end_of", parent_ends_earlier),
    (going_back, "see_the_same", nothing_was_seen),
    (going_back, "see_the_same", everything_was_seen),
    (Computer, "promoted", term_stays),
    (Turns, "parted", nobody_parted),
]


@pytest.mark.parametrize(("place", "name", "by"), MUTANTS, ids=lambda it: getattr(it, "__name__", None))
def test_what_is_broken_is_noticed(place: object, name: str, by: Callable[..., Any]) -> None:
    """HOST-1 to HOST-3, CLK-9: the unmodified core survives the same seeds, without heads too (BACK-14)."""

    def play() -> None:
        for seed in SEEDS:
            Story(seed, Counter()).play()
            if seed in QUIET_SEEDS:
                QuietStory(seed, Counter()).play()

    with without_heads(), mock.patch.object(place, name, by), pytest.raises((AssertionError, KeyError)):
        play()
