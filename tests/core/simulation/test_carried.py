"""What clients carry comes back to a server that lost it: random histories, and mutants that are noticed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest

from optiverse_collab.core.server import recovery
from optiverse_collab.core.server.batches import Batch, extend
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Accepted, Parent
from optiverse_collab.core.server.parcels import Parcels
from optiverse_collab.core.server.recovery import Recovery
from tests.core.simulation.carriers import Story

SEEDS = range(200)


def test_what_is_carried_comes_back_once_and_unchanged() -> None:
    """BACK-5 to BACK-10."""
    counts: Counter[str] = Counter()
    for seed in SEEDS:
        Story(seed, counts).play()
    least = {
        "recoveries": 60,
        "changes that came back": 300,
        "crashes on the way": 10,
        "parted": 50,
        "forged": 100,
        "restored": 50,
        "copied": 50,
    }
    assert {what: counts[what] for what in least if counts[what] < least[what]} == {}, counts


def it_is_not_chained(history: History, batch: Batch) -> list[Accepted]:
    known = history.clock - batch.after
    if not 0 <= known < len(batch.entries):
        return extend(history, batch)
    names = [name for name in batch.names if name.number == history.names.last(name.kind) + 1]
    return extend(history, Batch(history.clock, history.chain.head, batch.entries[known:], names))


def it_begins_where_the_history_ends(history: History, batch: Batch) -> list[Accepted]:
    return extend(history, batch if batch.after == history.clock else batch._replace(entries=[]))


def the_end_is_not_stored(self: Recovery) -> list[Parent]:
    return []


def the_end_does_not_move(parents: list[Parent]) -> list[Parent]:
    return parents[:-1]


def only_one_is_asked(self: Recovery, now_ms: int, carriers: Any) -> Any:
    self._sources = dict([*self._sources.items()][:1])
    return step(self, now_ms, carriers)


def nobody_waits(self: Recovery, connection_id: str, *more: Any) -> bool:
    return holds(self, connection_id, *more) and connection_id in self._sources


def names_stay_at_home(self: Parcels, entries: Any, names: Any) -> None:
    add(self, entries, [])


def any_parcel_counts(*args: Any) -> bool:
    return True


step, holds, add = Recovery.step, Recovery.holds, Parcels.add

MUTANTS: list[tuple[object, str, Callable[..., Any]]] = [
    (recovery, "extend", it_is_not_chained),
    (recovery, "extend", it_begins_where_the_history_ends),
    (recovery, "is_sealed", any_parcel_counts),
    (recovery, "newest", the_end_does_not_move),
    (Recovery, "take_moved", the_end_is_not_stored),
    (Recovery, "step", only_one_is_asked),
    (Recovery, "holds", nobody_waits),
    (Parcels, "add", names_stay_at_home),
]


@pytest.mark.parametrize(("place", "name", "by"), MUTANTS, ids=lambda it: getattr(it, "__name__", None))
def test_what_is_broken_is_noticed(place: object, name: str, by: Callable[..., Any]) -> None:
    """BACK-5 to BACK-10: the unmodified core survives the same seeds."""

    def play() -> None:
        for seed in SEEDS:
            Story(seed, Counter()).play()

    with mock.patch.object(place, name, by), pytest.raises((AssertionError, ValueError, KeyError)):
        play()
