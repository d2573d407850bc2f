"""The search for the step that broke a beam: how it finds it, and with how few traces."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from math import ceil, log2

import pytest

from optiverse_collab.core.client.bisection import Bisection, Verdict, find_break
from optiverse_collab.core.client.past_steps import PastStep, played, steps_of
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Op, Put, Record, Remove, Set

D1 = Record("d1", "component", {"hit": True})
START = {"d1": D1}
MISSED = {"d1": Record("d1", "component", {"hit": False})}

Traced = Callable[[Mapping[str, Record]], "bool | None"]


def is_hit(bench: Mapping[str, Record]) -> bool:
    """The trace of these tests: a property of the item says what it shows."""
    return bool(bench["d1"].props["hit"])


def step(clock: int, *ops: Op) -> PastEntry:
    """A change that is a step of its own."""
    return PastEntry(clock, clock * 1000, "ann", list(ops), f"step {clock}")


def steps(*hits: bool, start: Mapping[str, Record] = START) -> list[PastStep]:
    """A step for each of these, after which the beam hits or misses."""
    return steps_of(start, [step(n, Set("d1", {"hit": hit, "n": n})) for n, hit in enumerate(hits, 1)])


def run(search: Bisection, traced: Traced = is_hit) -> Bisection:
    """Search to the end."""
    while search.bench is not None:
        search.answer(traced(search.bench))
    return search


def numbers(search: Bisection) -> list[int]:
    """The clocks of the culprits."""
    return [culprit.last for culprit in search.culprits]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 31, 100])
def test_one_break_is_found_with_few_traces(count: int) -> None:
    for broken in range(1, count + 1):
        search = run(Bisection(START, steps(*(n < broken for n in range(1, count + 1))), "d1"))
        assert (search.verdict, numbers(search)) == (Verdict.BROKEN, [broken])
        assert search.traces <= 2 + ceil(log2(count))


def test_answer_is_a_break_even_if_it_was_mended() -> None:
    chance = random.Random(5)
    for _ in range(200):
        hits = [chance.random() < 0.5 for _ in range(chance.randrange(1, 60))] + [False]
        search = run(Bisection(START, steps(*hits), "d1"))
        [number] = numbers(search)
        assert ([True, *hits][number - 1], hits[number - 1]) == (True, False)
        assert search.traces <= 2 + ceil(log2(len(hits)))


def test_beam_that_hits_needs_no_search() -> None:
    search = run(Bisection(START, steps(False, True), "d1"))
    assert (search.verdict, search.culprits, search.traces) == (Verdict.HITS, [], 1)
    assert run(Bisection(START, [], "d1")).verdict is Verdict.HITS


def test_beam_that_never_hit_was_looked_for_everywhere() -> None:
    search = run(Bisection(MISSED, steps(*[False] * 20, start=MISSED), "d1"))
    assert (search.verdict, search.culprits, search.traces) == (Verdict.NEVER_HIT, [], 21)
    assert run(Bisection({}, [], "d1")).verdict is Verdict.NEVER_HIT


@pytest.mark.parametrize("good", range(1, 40))
def test_beam_that_missed_at_first_is_found_too(good: int) -> None:
    """In leaps back from now, so that a beam that hit for long takes few traces, and then bench by bench."""
    hits = [n in range(good, 40) for n in range(1, 42)]
    search = run(Bisection(MISSED, steps(*hits, start=MISSED), "d1"))
    assert (search.verdict, numbers(search)) == (Verdict.BROKEN, [40])
    assert search.traces <= 4


def test_newest_hit_counts_if_all_leaps_miss() -> None:
    hits = [n in (3, 12) for n in range(1, 21)]
    search = run(Bisection(MISSED, steps(*hits, start=MISSED), "d1"))
    assert numbers(search) == [13]


def test_removed_item_is_a_miss_and_needs_no_trace() -> None:
    entries = [step(1, Set("d1", {"n": 1})), step(2, Remove("d1")), step(3, Put("m", "component"))]
    search = run(Bisection(START, steps_of(START, entries), "d1"))
    assert (search.verdict, numbers(search), search.traces) == (Verdict.BROKEN, [2], 2)


def test_search_starts_where_the_item_was_added() -> None:
    added = step(2, Put("d1", "component", {"hit": True}))
    entries = [step(1, Put("m", "component")), added, step(3, Set("d1", {"hit": False}))]
    search = run(Bisection({}, steps_of({}, entries), "d1"))
    assert (search.verdict, numbers(search), search.traces) == (Verdict.BROKEN, [3], 2)


def failing(*numbers: object) -> Callable[[Mapping[str, Record], str], bool]:
    """A trace that fails for some benches."""

    def traced(bench: Mapping[str, Record], id: str) -> bool:
        if bench[id].props.get("n") in numbers:
            raise ZeroDivisionError("no length")
        return is_hit(bench)

    return traced


def test_benches_that_can_not_be_traced_are_left_out() -> None:
    found = find_break(START, steps(*[n < 9 for n in range(1, 12)]), "d1", failing(4, 5, 6))
    assert ([step.last for step in found.steps], found.item) == ([9], "d1")
    found = find_break(START, steps(*[n < 5 for n in range(1, 10)]), "d1", failing(4, 5, 6))
    assert [step.last for step in found.steps] == [4, 5, 6, 7]
    assert (found.verdict, found.faults) == (Verdict.BROKEN, ["ZeroDivisionError: no length"])


def test_first_or_last_bench_that_can_not_be_traced() -> None:
    found = find_break(START, steps(True, True, False), "d1", failing(None))
    assert (found.verdict, [step.last for step in found.steps], found.traces) == (Verdict.BROKEN, [3], 3)
    found = find_break(START, steps(True, False), "d1", failing(2))
    assert (found.verdict, found.steps, found.traces) == (Verdict.UNKNOWN, [], 1)


def test_people_at_work_at_the_same_time_are_told_apart() -> None:
    """A bench has all of a step or nothing of it: Ann's drag began before Ben's step and ended after it."""
    bench = {**START, "a": Record("a", "component", {}), "b": Record("b", "component", {})}
    entries = [
        PastEntry(1, 0, "ann", [Set("a", {"x": 1})], "drag"),
        PastEntry(2, 0, "ben", [Set("b", {"x": 1})], "move"),
        PastEntry(3, 0, "ben", [Set("a", {"y": 1})], "move"),
        PastEntry(4, 0, "ann", [Set("b", {"y": 1})], "other"),
        PastEntry(5, 0, "ann", [Set("b", {"y": 2}), Remove("a")], "other"),
    ]
    past = steps_of(bench, entries)
    seen = []

    def traced(bench: Mapping[str, Record]) -> bool:
        seen.append(bench)
        return "a" in bench and "y" not in bench["b"].props

    search = run(Bisection(bench, past, "d1"), traced)
    assert [(one.author, one.step) for one in search.culprits] == [("ann", "other")]
    assert seen[0] == played(bench, entries)
    assert seen[1] == bench
