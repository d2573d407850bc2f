"""The figures of runs, and what is lost to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.fanout import Fanout, percentile
from benchmarks.peers.roster import Peer
from benchmarks.spread import Spread, spread


@dataclass(frozen=True)
class Figures:
    """The figures of one run.

    Attributes:
        cost: CPU seconds of the server per 100,000 deliveries.
        p50_ms: half of the edits are visible at another participant within this time.
        p99_ms: and 99 % within this one.
        missing: share of the deliveries that did not happen exactly once.
        busy: CPU time of the generator, in s per s; near 1 it would measure itself.
        late_ms: how late the generator sent an edit, at the 99th percentile.
    """

    cost: float
    p50_ms: float
    p99_ms: float
    missing: float
    busy: float
    late_ms: float

    @classmethod
    def of(cls, run: Fanout) -> Figures:
        """The figures of what a load generator has seen."""
        return cls(
            cost=run.cost,
            p50_ms=percentile(run.latencies_ms, 50),
            p99_ms=percentile(run.latencies_ms, 99),
            missing=run.missing / run.expected,
            busy=run.busy,
            late_ms=percentile(run.late_ms, 99),
        )


@dataclass
class Result:
    """What a peer did under a workload.

    Attributes:
        peer: the server.
        runs: one after the other; run N of all peers is from about the same time.
        problem: why there are no more runs; "" if nothing went wrong.
    """

    peer: Peer
    runs: list[Figures] = field(default_factory=list)
    problem: str = ""

    @property
    def missing(self) -> float:
        """The largest share of missing deliveries in a run."""
        return max((run.missing for run in self.runs), default=0.0)


METRICS: dict[str, Callable[[Figures], float]] = {
    "CPU": lambda run: run.cost,
    "p50": lambda run: run.p50_ms,
    "p99": lambda run: run.p99_ms,
}


def ratio(theirs: Result, ours: Result, metric: Callable[[Figures], float]) -> Spread | None:
    """How a peer compares with ours, run by run; None without figures of both."""
    pairs = [(metric(a), metric(b)) for a, b in zip(theirs.runs, ours.runs, strict=False)]
    ratios = [their / our for their, our in pairs if our]
    return spread(ratios) if ratios else None


def losses(results: Sequence[Result]) -> Iterator[tuple[Peer, dict[str, float]]]:
    """The peers that did better than ours, the first result: for each, the metrics and their ratios."""
    ours, *others = results
    for theirs in others:
        if theirs.missing:
            continue  # whoever loses edits has won nothing
        found = {name: ratio(theirs, ours, metric) for name, metric in METRICS.items()}
        better = {name: one.middle for name, one in found.items() if one is not None and one.middle < 1}
        if better:
            yield theirs.peer, better
