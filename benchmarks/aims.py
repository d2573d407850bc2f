"""``python -m benchmarks.aims``: what the server promises, measured; each with its aim, if there is one."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks import fanout, join, page, presence
from benchmarks.fanout import Fanout, Load, percentile
from benchmarks.machine import described, machine
from benchmarks.report import write
from benchmarks.spread import figure, shown, spread
from benchmarks.targets import relay, server
from benchmarks.workloads import WORKLOADS

ITEMS = 10_000
PEOPLE, CURSOR_HZ = 200, 30.0

P99_MS = {"team": 20.0, "class": 20.0, "all": 20.0, "crowd": 40.0}
"""The aims for the slowest deliveries, by workload."""

HEAD = ("what", "figure", "aim", "")


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        what: it is about.
        values: of each run.
        aim: the largest median that is good enough; None if there is no aim.
    """

    what: str
    values: Sequence[float]
    aim: float | None = None

    @property
    def is_missed(self) -> bool:
        """Whether there is an aim, and the median is above it."""
        return self.aim is not None and spread(self.values).middle > self.aim


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure everything.

    Returns:
        The exit code, which is 0 whether aims are met or not: the machine may be busy.
    """
    options = _parser().parse_args(arguments)
    here = machine()
    write(f"{described(here)}\n\n")
    rows = [row for measured in MEASURED for row in measured(options.runs, options.seconds)]
    write(f"{table(rows)}\n\n")
    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"machine": here, "rows": [asdict(row) for row in rows]}, indent=1)
    (options.out / "aims.json").write_text(f"{text}\n", encoding="utf-8")
    write(f"Every figure is in {options.out / 'aims.json'}.\n")
    if options.publish:
        page.write_section("aims", f"{described(here)}\n\n{table(rows)}", page.PAGE)
        write(f"The table is in {page.PAGE.name}.\n")
    return 0


def table(rows: Sequence[Row]) -> str:
    """A line for each row."""
    return "\n".join(page.aligned([HEAD, *map(_line, rows)]))


def _line(row: Row) -> tuple[str, str, str, str]:
    figures = shown(spread(row.values))
    if row.aim is None:
        return row.what, figures, "", ""
    return row.what, figures, f"at most {figure(row.aim)}", "**missed**" if row.is_missed else "met"


def latencies(runs: int, seconds: float) -> Iterator[Row]:
    """Two people beside a relay, and the slowest deliveries to many."""
    two = Load(participants=2, editors=1, seconds=seconds)
    pairs = [(fanout.measure(server(), two), fanout.measure(relay(), two)) for _ in range(runs)]
    more = [_p(ours, 50) - _p(theirs, 50) for ours, theirs in pairs]
    yield Row("two participants: p50 of a delivery above a relay's, ms", more, 1.0)
    for workload in WORKLOADS:
        if workload.key not in P99_MS:
            continue
        load = replace(workload.load, seconds=seconds)
        found = [fanout.measure(server(), load) for _ in range(runs)]
        yield Row(
            f"{_people(load)}: p99 of a delivery, ms", [_p(run, 99) for run in found], P99_MS[workload.key]
        )


def joins(runs: int, seconds: float) -> Iterator[Row]:
    """A newcomer to a large bench."""
    found = [join.measure(server(), ITEMS) * 1000 for _ in range(runs)]
    yield Row(f"join of {ITEMS:,} items, ms", found, 100.0)


def encryption(runs: int, seconds: float) -> Iterator[Row]:
    """The price of wss."""
    load = Load(participants=50, editors=10, seconds=seconds)
    secured = replace(load, tls=True)
    plain = [fanout.measure(server(), load).cost for _ in range(runs)]
    ours = [fanout.measure(server(tls=True), secured).cost for _ in range(runs)]
    theirs = [fanout.measure(relay(tls=True), secured).cost for _ in range(runs)]
    people = _people(load)
    yield Row(f"{people}, wss: CPU s per 100,000 deliveries", ours)
    yield Row(f"{people}, wss: times the CPU of ws", _ratios(ours, plain))
    yield Row(f"{people}, wss: times the CPU of a relay with wss", _ratios(ours, theirs))


def idle(runs: int, seconds: float) -> Iterator[Row]:
    """A session in which nobody does anything."""
    load = Load(participants=50, editors=0, seconds=seconds)
    found = [fanout.measure(server(), load) for _ in range(runs)]
    what = f"idle, {load.participants} participants and {load.components:,} items"
    yield Row(f"{what}: memory, MB", [run.resident_mb for run in found])
    yield Row(f"{what}: CPU, ms per s", [run.cpu_share * 1000 for run in found])


def cursors(runs: int, seconds: float) -> Iterator[Row]:
    """Many people who move the mouse."""
    pairs = [
        (
            presence.measure(server(), PEOPLE, CURSOR_HZ, seconds),
            presence.measure(relay(), PEOPLE, CURSOR_HZ, seconds),
        )
        for _ in range(runs)
    ]
    what = f"{PEOPLE} cursors at {CURSOR_HZ:g} Hz"
    costs = [[run.cpu_share / run.deliveries_per_s for run in kind] for kind in zip(*pairs, strict=True)]
    yield Row(f"{what}: CPU, s per s", [ours.cpu_share for ours, _ in pairs])
    yield Row(f"{what}: times the CPU of a relay, per position seen", _ratios(*costs))
    yield Row(
        f"{what}: p99 of the age of a position, ms", [percentile(ours.ages_ms, 99) for ours, _ in pairs]
    )


MEASURED: Sequence[Callable[[int, float], Iterator[Row]]] = (latencies, joins, encryption, idle, cursors)


def _people(load: Load) -> str:
    return f"{load.editors} of {load.participants} edit"


def _p(run: Fanout, percent: float) -> float:
    return percentile(run.latencies_ms, percent)


def _ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    return [mine / other for mine, other in zip(ours, theirs, strict=True) if other]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.aims",
        description="Measure what the server promises, and say which aims are met.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--runs", type=int, default=3, help="how often each figure is measured")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long, after the warm-up")
    parser.add_argument("--out", type=Path, default=Path("build/aims"), help="where the figures go")
    parser.add_argument("--publish", action="store_true", help="write them into docs/performance.md, too")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
