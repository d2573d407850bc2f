"""Who must get a report of which replaced bench: a plain reading of PUSH-9 and SYNC-14."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from optiverse_collab.core.client.past_effects import BenchReplaced
from tests.core.simulation.truth import Accepted, Truth, strict
from tests.core.simulation.verdict import Doc

Told = tuple[str, int, tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""Step, clock, and the ids of removed, added and changed records."""


def told(effects: Iterable[object]) -> list[Told]:
    """A replica's report."""
    return [
        (effect.step, effect.clock, _ids(effect.removed), _ids(effect.added), _ids(effect.changed))
        for effect in effects
        if isinstance(effect, BenchReplaced)
    ]


def expected(truth: Truth, since: int, until: int, in_pages: bool) -> list[Told]:
    """The required reports of a replica between two clocks, by patches or by pages."""
    passed = [one for one in truth.log[since:until] if one is not None and _replaces_bench(one)]
    if not in_pages:
        return [_change(one, truth.docs[one.clock - 1], truth.docs[one.clock]) for one in passed]
    if not passed or not since:
        return []
    first: dict[tuple[str, int], int] = {}
    for one in truth.log[:until]:
        if one is not None and _replaces_bench(one):
            first.setdefault((one.change.step, one.author), one.clock)
    lacking = {(one.change.step, one.author) for one in passed}
    (step, _), clock = [(key, clock) for key, clock in first.items() if key in lacking][-1]
    return [(step, clock, *_difference(truth.docs[since], truth.docs[until]))]


def _replaces_bench(one: Accepted) -> bool:
    return one.change.step.startswith(("sweep:", "restore:"))


def _change(one: Accepted, before: Doc, after: Doc) -> Told:
    return (one.change.step, one.clock, *_difference(before, after))


def _difference(before: Doc, after: Doc) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    changed = [id for id in after if id in before and strict(after[id]) != strict(before[id])]
    removed, added = before.keys() - after.keys(), after.keys() - before.keys()
    return tuple(sorted(removed)), tuple(sorted(added)), tuple(sorted(changed))


def _ids(records: Sequence[object]) -> tuple[str, ...]:
    return tuple(sorted(record.id for record in records))  # type: ignore[attr-defined]
