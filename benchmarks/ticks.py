"""``python -m benchmarks.ticks``: CPU time and latency at ticks from 2 to 33 ms.

A tick is how long the server gathers edits before it stores and sends them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks import curves, fanout, page
from benchmarks.curves import Panel, Row
from benchmarks.machine import described, machine
from benchmarks.peers.figures import Figures
from benchmarks.report import write
from benchmarks.spread import Spread, shown, spread
from benchmarks.targets import server
from benchmarks.workloads import WORKLOADS, Workload
from optiverse_collab_server.tick import tick_ms

TICKS_MS = (2, 4, 8, 12, 16, 25, 33)

MEASURED = [workload for workload in WORKLOADS if workload.key != "flood"]

PICTURE = page.PAGE.parent / "images" / "ticks.svg"
TITLE = "CPU time and latency at ticks from 2 to 33 ms"

At = dict[int, list[Figures]]
"""The runs at each tick, in ms."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each workload at each tick.

    Returns:
        The exit code: 1 if a delivery is missing.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.publish and options.workloads:
        parser.error("--publish writes about all workloads: leave out --workload.")
    here = machine()
    write(f"{described(here)}\n\n")
    found: list[tuple[Workload, At]] = []
    for workload in MEASURED:
        if not options.workloads or workload.key in options.workloads:
            found.append((workload, _measure(workload, options.runs, options.seconds)))
            write(f"{section(*found[-1])}\n\n")
    _save(here, found, options.out)
    if options.publish:
        PICTURE.write_text(plot(found), encoding="utf-8")
        tables = [section(workload, at) for workload, at in found]
        picture = f"![{TITLE}](images/ticks.svg)"
        page.write_section("ticks", "\n\n".join([described(here), picture, *tables]), page.PAGE)
        write(f"The tables are in {page.PAGE.name}.\n")
    return 1 if any(run.missing for _, at in found for runs in at.values() for run in runs) else 0


def section(workload: Workload, at: At) -> str:
    """A heading, and a row for each tick."""
    head = ("tick ms", "CPU s per 100,000", "p50 ms", "p99 ms")
    rows = [
        (str(tick), *(shown(figures) for figures in (_cost(runs), _p50(runs), _p99(runs))))
        for tick, runs in at.items()
    ]
    used = tick_ms(workload.load.participants)
    return "\n".join(
        [f"**{workload.title}**; the server's own tick is {used:.3g} ms", "", *page.aligned([head, *rows])]
    )


def plot(found: Sequence[tuple[Workload, At]]) -> str:
    """For each workload: CPU time, p99, and how one is bought with the other."""
    return curves.svg(TITLE, [Row(workload.title, _panels(at)) for workload, at in found])


def _panels(at: At) -> list[Panel]:
    ends = (f"{min(at)} ms", f"{max(at)} ms")
    costs = {tick: _cost(runs).middle for tick, runs in at.items()}
    latencies = {tick: _p99(runs).middle for tick, runs in at.items()}
    bought = sorted((costs[tick], latencies[tick]) for tick in at)
    return [
        Panel("CPU s per 100,000 at a tick", list(costs.items()), ends),
        Panel("p99 ms at a tick", list(latencies.items()), ends),
        Panel("p99 ms at a CPU time", bought, (f"{bought[0][0]:.2f} s", f"{bought[-1][0]:.2f} s")),
    ]


def _measure(workload: Workload, runs: int, seconds: float) -> At:
    load = replace(workload.load, seconds=seconds)
    at: At = {tick: [] for tick in TICKS_MS}
    for _ in range(runs):
        for tick, found in at.items():
            found.append(Figures.of(fanout.measure(server(tick_ms=tick), load)))
    return at


def _cost(runs: Sequence[Figures]) -> Spread:
    return spread([run.cost for run in runs])


def _p50(runs: Sequence[Figures]) -> Spread:
    return spread([run.p50_ms for run in runs])


def _p99(runs: Sequence[Figures]) -> Spread:
    return spread([run.p99_ms for run in runs])


def _save(machine: dict[str, object], found: Sequence[tuple[Workload, At]], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    workloads = {
        workload.key: {str(tick): [asdict(run) for run in runs] for tick, runs in at.items()}
        for workload, at in found
    }
    text = json.dumps({"machine": machine, "workloads": workloads}, indent=1)
    (out / "ticks.json").write_text(f"{text}\n", encoding="utf-8")
    (out / "ticks.svg").write_text(plot(found), encoding="utf-8")
    write(f"Every run is in {out / 'ticks.json'}, a plot in {out / 'ticks.svg'}.\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ticks",
        description="Measure CPU time and latency at ticks from 2 to 33 ms.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    keys = [workload.key for workload in MEASURED]
    parser.add_argument("--runs", type=int, default=1, help="how often each tick is measured")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long, after the warm-up")
    parser.add_argument(
        "--workload", dest="workloads", action="append", choices=keys, help="measure this one"
    )
    parser.add_argument("--out", type=Path, default=Path("build/ticks"), help="where figures and plot go")
    parser.add_argument("--publish", action="store_true", help="write them into docs/performance.md, too")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
