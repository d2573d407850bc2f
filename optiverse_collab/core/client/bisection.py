"""Finds the step that broke a beam, with few traces of past benches.

`find_break` traces them; `Bisection` says which one is next::

    search = Bisection(start, steps, id)
    while search.bench is not None:
        search.answer(hits(search.bench, id))
    print(search.verdict, search.culprits)
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.records import Record

_T = TypeVar("_T")
_Search = Generator[int, "bool | None", _T]
"""Yields numbers of benches to trace, and is sent whether a beam hits the item; None for unknown."""


Hits = Callable[[Mapping[str, Record], str], bool]
"""Traces a bench, id → record, and returns whether a beam hits the item with the id."""


class Verdict(str, Enum):
    """What the search found."""

    BROKEN = "broken"
    """A step before which a beam hits the item, and after which it misses."""
    HITS = "hits"
    """A beam hits the item after the last step: nothing to look for."""
    NEVER_HIT = "never_hit"
    """No beam hits it after any of the steps, nor before the first."""
    UNKNOWN = "unknown"
    """The bench after the last step can't be traced."""


@dataclass(frozen=True)
class Finding:
    """The result of a search.

    Attributes:
        item: the id of the item that a beam should hit.
        verdict: whether a step broke the beam.
        steps: that step; several if the benches between them can't be traced.
        traces: how many benches were traced.
        faults: why some of them could not be; each once.
    """

    item: str
    verdict: Verdict
    steps: list[PastStep]
    traces: int
    faults: list[str]


def find_break(start: Mapping[str, Record], steps: Iterable[PastStep], id: str, hits: Hits) -> Finding:
    """Find the step before which a beam hits an item, and after which it misses.

    Args:
        start, steps, id: see `Bisection`.
        hits: may take long, and may run in any thread. If it raises, that bench is left out.
    """
    search, faults = Bisection(start, steps, id), dict[str, None]()
    while search.bench is not None:
        answer: bool | None = None
        try:
            answer = hits(search.bench, id)
        except Exception as fault:  # noqa: BLE001 - an engine may raise anything
            faults[f"{type(fault).__name__}: {fault}"] = None
        search.answer(answer)
    assert search.verdict is not None
    return Finding(id, search.verdict, search.culprits, search.traces, list(faults))


class Bisection:
    """The search for the step that broke a beam.

    A bench without the item counts as a miss and needs no trace. Two traces show that the beam hits the
    item in the oldest bench that has it, and misses it in the newest; each further one halves the steps
    between. If it misses in both, the search goes back in time: in leaps that double, then bench by bench.

    The benches between are those of the steps in the order in which they ended. So a bench has the whole of
    a step or nothing of it, even if two people worked at the same time.

    Args:
        start: the bench before the first of the steps.
        steps: what happened since, as `steps_of` returns it.
        id: of the item.

    Attributes:
        bench: to be traced next; None when the search is over.
        traces: how many benches were traced, with or without success.
        verdict: the result; None during the search.
        culprits: the step of a verdict `BROKEN`; several where no bench between them can be traced.
    """

    def __init__(self, start: Mapping[str, Record], steps: Iterable[PastStep], id: str) -> None:
        self._steps = sorted(steps, key=lambda step: step.last)
        self._past = _Past(start, self._steps)
        self._is_there = [id in start, *_presence(self._steps, id in start, id)]
        self._missed: set[int] = set()
        self._untraced: set[int] = set()
        self.bench: dict[str, Record] | None = None
        self.traces = 0
        self.verdict: Verdict | None = None
        self.culprits: list[PastStep] = []
        self._search = self._searched()
        self._go_on(None)  # to where the first trace is needed

    def answer(self, hits: bool | None) -> None:
        """Continue with what the trace of `bench` showed.

        Args:
            hits: whether a beam hits the item; None if this bench can't be traced.
        """
        self.traces += 1
        self._go_on(hits)

    def _go_on(self, hits: bool | None) -> None:
        try:
            self.bench = self._past.at(self._search.send(hits))
        except StopIteration as end:
            self.bench, self.verdict = None, end.value

    def _searched(self) -> _Search[Verdict]:
        newest = len(self._steps)
        now = yield from self._hits(newest)
        if now is None:
            return Verdict.UNKNOWN
        if now:
            return Verdict.HITS
        for number in self._starts():
            if (yield from self._hits(number)):
                yield from self._narrow(number)
                return Verdict.BROKEN
        return Verdict.NEVER_HIT

    def _starts(self) -> Iterator[int]:
        """Which benches may have a hit, likely ones first: the oldest with the item, then back from now."""
        newest = len(self._steps)
        there = [number for number in range(newest) if self._is_there[number]]
        leaps = {newest - 2**power for power in range(newest.bit_length())}
        newest_first = there[::-1]
        guesses = [*there[:1], *(number for number in newest_first if number in leaps), *newest_first]
        return iter(dict.fromkeys(guesses))

    def _narrow(self, hit: int) -> _Search[None]:
        """Look for the step between a bench with a hit and the next one that is known to miss."""
        missed = min(number for number in self._missed if number > hit)
        while between := [one for one in range(hit + 1, missed) if one not in self._untraced]:
            middle = between[len(between) // 2]
            hits = yield from self._hits(middle)
            if hits:
                hit = middle
            elif hits is False:
                missed = middle
        self.culprits = self._steps[hit:missed]

    def _hits(self, number: int) -> _Search[bool | None]:
        """Whether a beam hits the item in a bench, or None if it can't be traced."""
        hits = (yield number) if self._is_there[number] else False
        if hits is None:
            self._untraced.add(number)
        elif not hits:
            self._missed.add(number)
        return hits


class _Past:
    """The benches between steps; from one to another it goes step by step, forward or back.

    Args:
        start: the bench before the first of the steps.
        steps: in the order in which they ended.
    """

    def __init__(self, start: Mapping[str, Record], steps: Sequence[PastStep]) -> None:
        self._records = dict(start)
        self._steps = steps
        self._number = 0

    def at(self, number: int) -> dict[str, Record]:
        """The bench after this number of steps."""
        while self._number < number:
            self._show({id: after for id, _, after in self._steps[self._number].edits})
            self._number += 1
        while self._number > number:
            self._number -= 1
            self._show({id: before for id, before, _ in self._steps[self._number].edits})
        return dict(self._records)

    def _show(self, records: Mapping[str, Record | None]) -> None:
        for id, record in records.items():
            if record is None:
                self._records.pop(id, None)
            else:
                self._records[id] = record


def _presence(steps: Iterable[PastStep], is_there: bool, id: str) -> Iterator[bool]:
    """Whether an item is on the bench after each step."""
    for step in steps:
        for one, _, after in step.edits:
            if one == id:
                is_there = after is not None
        yield is_there
