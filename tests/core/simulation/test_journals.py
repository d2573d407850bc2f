"""Servers with journals, whose log is damaged, and mistakes that must be noticed (OWN-8 to OWN-10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from optiverse_collab.core.server.repair import Finding
from tests.core.simulation.journals import DamagedWorld, Keeper
from tests.core.simulation.shared_log import Broken, Node
from tests.core.simulation.shared_log_requests import Work

SEEDS = 1_500


def play_all() -> Counter[str]:
    """Play the history of each seed; returns how often what happened."""
    counts: Counter[str] = Counter()
    for seed in range(SEEDS):
        world = DamagedWorld(seed)
        world.run()
        counts += world.counts
    return counts


def test_what_the_log_loses_comes_back_from_journals() -> None:
    """OWN-8 to OWN-10: all acknowledged changes are in the log in the end, each once."""
    counts = play_all()
    for what in ("appended", "change", "compare", "crash", "delete", "notice", "refused", "roll back"):
        assert counts[what] > SEEDS / 4, counts


def acknowledges_before_the_journal_has_it(node: Keeper, changes: tuple[int, ...]) -> Work:
    return (yield from Node.save(node, changes))


def never_looks_at_the_journal(node: Keeper) -> Work:
    yield from ()
    node.is_due = False
    return True


def copies_nothing_to_the_journal(node: Keeper) -> Work:
    return (yield from Node.take(node))


def compares_the_length_alone(node: Keeper, log: Sequence[int]) -> Finding:
    ours, theirs = len(node.journal), len(log)
    if ours == theirs:
        return Finding.SAME
    return Finding.JOURNAL_CONTINUES if ours > theirs else Finding.LOG_CONTINUES


def drops_what_has_parted(node: Keeper, log: Sequence[int]) -> tuple[int, ...]:
    return ()


def adds_what_is_there_already(node: Keeper, log: Sequence[int]) -> tuple[int, ...]:
    return tuple(node.journal[1:])


def sets_aside_before_there_is_a_copy(node: Keeper) -> Work:
    yield from ()
    node.journal = []
    return True


MUTANTS: list[tuple[str, Callable[..., object]]] = [
    ("save", acknowledges_before_the_journal_has_it),
    ("bring", never_looks_at_the_journal),
    ("take", copies_nothing_to_the_journal),
    ("find", compares_the_length_alone),
    ("lost", drops_what_has_parted),
    ("lost", adds_what_is_there_already),
    ("set_aside", sets_aside_before_there_is_a_copy),
]


@pytest.mark.parametrize(("name", "by"), MUTANTS, ids=lambda one: getattr(one, "__name__", one))
def test_mistake_is_noticed(name: str, by: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Keeper, name, by)
    with pytest.raises(Broken, match="OWN-"):
        play_all()
