"""The demo bench's ray tracing says what broke a beam, in histories by chance."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import ceil, log2
from time import process_time
from typing import Any

import pytest

from optiverse_collab.core.client.bisection import Bisection, Verdict, find_break
from optiverse_collab.core.client.past_steps import PAUSE_MS, PastStep, played, steps_of
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, apply, put
from optiverse_collab_demo.ray_engine import DemoRays

Bench = dict[str, Record]

PEOPLE = ("Ana", "Ben", "Zoë")


def optic(id: str, element: str, x: float, y: float, angle: float = 0.0, **more: Any) -> Record:
    """An upright surface of 25 mm, turned clockwise."""
    line = {"x1_mm": 0.0, "y1_mm": 12.5, "x2_mm": 0.0, "y2_mm": -12.5, "element_type": element, **more}
    props = {"name": id.upper(), "pos": [x, y], "angle_deg": angle, "interfaces": [line]}
    return Record(id, "component", props)


def bench(*records: Record) -> Bench:
    """A bench of these, and a source at (0, 0) that shines to the right."""
    source = Record("laser", "source", {"pos": [0.0, 0.0], "n_rays": 1})
    return {one.id: one for one in (source, *records)}


FOLDED = bench(
    optic("m1", "mirror", 100.0, 0.0, 45.0),
    optic("m2", "mirror", 100.0, 100.0, 45.0),
    optic("lens", "lens", 150.0, 100.0, efl_mm=1000.0),
    optic("d1", "beam_block", 200.0, 100.0),
    Record("note", "text", {"pos": [0.0, 200.0], "text": "cavity"}),
)
"""Two mirrors lead the light up, and to the right again, through a lens to the detector D1."""


def test_beam_hits_what_it_ends_on_or_passes() -> None:
    engine = DemoRays()
    assert [id for id in FOLDED if engine.hits(FOLDED, id)] == ["m1", "m2", "lens", "d1"]
    assert engine.name.startswith("Demo Bench ")


def test_beam_stops_at_a_block_and_passes_a_waveplate() -> None:
    block, plate = optic("b", "beam_block", 50.0, 0.0), optic("w", "polarizing_interface", 50.0, 0.0)
    assert not DemoRays().hits({**FOLDED, "b": block}, "d1")
    assert DemoRays().hits({**FOLDED, "b": block}, "b")
    assert DemoRays().hits({**FOLDED, "w": plate}, "d1")
    assert DemoRays().hits({**FOLDED, "w": plate}, "w")


def test_beam_misses_what_is_beside_it() -> None:
    for y, hit in ((12.0, True), (13.0, False)):
        assert DemoRays().hits(bench(optic("d1", "mirror", 50.0, y)), "d1") is hit


def test_annotations_are_hit_where_they_lie() -> None:
    box = Record("box", "rectangle", {"pos": [50.0, 0.0], "size_mm": [10.0, 10.0]})
    ruler = Record("ruler", "ruler", {"points": [[60.0, -5.0], [60.0, 5.0]]})
    assert DemoRays().hits(bench(box), "box")
    assert DemoRays().hits(bench(ruler), "ruler")
    assert not DemoRays().hits({**FOLDED, "box": Record("box", "rectangle", {"pos": [0.0, 9.0]})}, "box")


def test_source_is_hit_by_the_light_of_others() -> None:
    second = Record("second", "source", {"pos": [50.0, 0.0], "n_rays": 1})
    assert DemoRays().hits(bench(second), "second")
    assert not DemoRays().hits(bench(second), "laser")


@pytest.mark.parametrize(
    "bad", [{"pos": "here"}, {"interfaces": 5}, {"angle_deg": "left"}, {"pos": [1e300, 0]}]
)
def test_strange_items_are_in_nobodys_way(bad: dict[str, Any]) -> None:
    strange = [Record("x", kind, {"pos": [50.0, 0.0], **bad}) for kind in ("source", "future", "group")]
    assert all(DemoRays().hits({**FOLDED, "x": one}, "d1") for one in strange)


class People:
    """Three people who break a beam by chance, mend it, and do other things; often at the same time.

    Args:
        seed: of the chance.
        mends: whether they mend it, too.
    """

    def __init__(self, seed: int, mends: bool) -> None:
        self._chance = random.Random(seed)
        self._mends = mends
        self._bench = dict(FOLDED)
        self._clock = self._ms = 0

    def entries(self, steps: int) -> list[PastEntry]:
        """What they do in about this many steps."""
        found: list[PastEntry] = []
        while len(found) < steps:
            authors = self._chance.sample(PEOPLE, self._chance.choice((1, 1, 2, 3)))
            gestures = {author: f"{author} {len(found)}" for author in authors}
            self._ms += 2 * PAUSE_MS
            for author in authors * self._chance.choice((1, 1, 3)):
                found += self._entry(author, gestures[author])
        return found

    def _entry(self, author: str, step: str) -> Iterator[PastEntry]:
        ops = list(self._deed())
        if ops:
            self._clock, self._ms = self._clock + 1, self._ms + 10
            yield PastEntry(self._clock, self._ms, author, ops, step)

    def _deed(self) -> Iterator[Op]:
        broken = [id for id in FOLDED if self._bench.get(id) != FOLDED[id]]
        if self._mends and broken and self._chance.random() < 0.12:
            yield from self._apply(*(put(FOLDED[id]) for id in broken))
            yield from self._apply(*(Remove(id) for id in self._bench if id not in FOLDED))
        elif self._chance.random() < 0.6:
            yield from self._apply(Set("note", {"text": str(self._chance.random())}))
        elif self._chance.random() < (0.7 if self._mends else 0.1):
            yield from self._apply(self._breakage())

    def _breakage(self) -> Op:
        id = self._chance.choice(("m1", "m2", "lens", "d1"))
        x, y = FOLDED[id].props["pos"]
        shift = self._chance.uniform(-40.0, 40.0)
        possible: list[Op] = [
            put(optic("block", "beam_block", 50.0, shift)),
            Set(id, {"pos": [x + shift, y]}),
            Set(id, {"pos": [x, y + shift]}),
            Set(id, {"angle_deg": FOLDED[id].props["angle_deg"] + shift}),
            Remove(id),
        ]
        return self._chance.choice(possible)

    def _apply(self, *ops: Op) -> Iterator[Op]:
        for op in ops:
            if isinstance(op, Put) or op.id in self._bench:
                apply(self._bench, op)
                yield op


def benches(steps: list[PastStep]) -> list[Bench]:
    """The benches between steps, in the order in which these ended."""
    found = [dict(FOLDED)]
    for step in sorted(steps, key=lambda step: step.last):
        now = {**found[-1], **{id: after for id, _, after in step.edits if after is not None}}
        for id, _, after in step.edits:
            if after is None:
                del now[id]
        found.append(now)
    return found


def hits(records: Mapping[str, Record]) -> bool:
    """Whether a beam hits D1."""
    return "d1" in records and DemoRays().hits(records, "d1")


def searched(entries: list[PastEntry]) -> tuple[Bisection, list[PastStep]]:
    """A search to its end, and the steps in the order in which they ended."""
    steps = steps_of(FOLDED, entries)
    search = Bisection(FOLDED, steps, "d1")
    while search.bench is not None:
        search.answer(DemoRays().hits(search.bench, "d1"))
    return search, sorted(steps, key=lambda step: step.last)


@pytest.mark.parametrize("mends", [False, True])
def test_who_broke_the_beam_is_found_in_200_histories(mends: bool) -> None:
    """In 100 of them, it was broken and mended several times."""
    judged = 0
    for seed in range(400):
        entries = People(seed, mends).entries(60)
        search, steps = searched(entries)
        truth = [hits(one) for one in benches(steps)]
        breaks = sum(before and not after for before, after in pairwise(truth))
        if truth[-1] or (breaks > 1) is not mends:
            continue
        judged += 1
        [culprit] = search.culprits
        number = steps.index(culprit)
        assert (search.verdict, truth[number], truth[number + 1]) == (Verdict.BROKEN, True, False)
        assert search.traces <= 2 + ceil(log2(len(steps)))
        assert benches(steps)[-1] == played(FOLDED, entries)
        if not any(
            one.last >= culprit.first and one.first <= culprit.last for one in steps if one != culprit
        ):
            assert hits(played(FOLDED, entries[: culprit.first - 1]))
            assert not hits(played(FOLDED, entries[: culprit.last]))
        if judged == 100:
            return
    raise AssertionError(f"only {judged} histories were such")


def test_search_costs_little_beside_its_traces() -> None:
    """So 500 edits take as long as eleven traces."""
    large = {**FOLDED, **{str(n): optic(str(n), "mirror", 9.0 * n, 500.0) for n in range(300)}}
    edits = [PastEntry(n, 0, "Ana", [Set(str(n % 300), {"n": n})], str(n)) for n in range(1, 500)]
    steps = steps_of(large, [*edits, PastEntry(500, 0, "Ana", [Remove("m2")], "500")])
    began = process_time()
    found = find_break(large, steps, "d1", DemoRays().hits)
    took, traces = process_time() - began, found.traces
    assert (len(steps), [step.last for step in found.steps]) == (500, [500])
    assert traces <= 2 + ceil(log2(500))
    began = process_time()
    for _ in range(traces):
        DemoRays().hits(large, "d1")
    assert took < 3 * (process_time() - began)


def test_beam_that_hits_in_the_end_is_no_riddle() -> None:
    for seed in range(20):
        entries = People(seed, mends=True).entries(30)
        search, _ = searched(entries)
        assert (search.verdict is Verdict.HITS) is hits(played(FOLDED, entries))
