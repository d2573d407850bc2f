"""``python -m benchmarks.peers``: install the peers, measure all of them, write a table, a plot and JSON."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import fanout, page
from benchmarks.fanout import Load
from benchmarks.machine import described, machine
from benchmarks.peers import record, table
from benchmarks.peers.figures import Figures, Result
from benchmarks.peers.plot import svg
from benchmarks.peers.roster import PEERS, NotInstalledError, Peer
from benchmarks.report import write
from benchmarks.workloads import WORKLOADS, Workload

OURS, *_ = PEERS
CACHE = Path.home() / ".cache" / "optiverse-collab-peers"
PICTURE = Path(__file__).parents[2] / "docs" / "images" / "peers.svg"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the requested part of the comparison.

    Returns:
        The exit code: 1 if our server lost a delivery or could not be measured.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.publish and (options.peers or options.workloads):
        parser.error("--publish writes about all servers and workloads: leave out --only and --workload.")
    peers = [peer for peer in PEERS if peer is OURS or not options.peers or peer.key in options.peers]
    here = machine()
    write(f"{described(here)}\n\n")
    problems = _install(peers, options.folder)
    found: list[tuple[Workload, list[Result]]] = []
    for workload in WORKLOADS:
        if not options.workloads or workload.key in options.workloads:
            workload = replace(workload, load=replace(workload.load, seconds=options.seconds))
            results = [Result(peer, problem=problems.get(peer.key, "")) for peer in peers]
            for _ in range(options.runs):
                _measure_each(workload.load, results, options.folder)
            found.append((workload, results))
            write(f"{table.section(workload, results)}\n\n")
    _save(here, found, options.out)
    if options.publish:
        _publish(here, found)
    ours = [results[0] for _, results in found]
    return 1 if any(result.problem or result.missing for result in ours) else 0


def _install(peers: Sequence[Peer], folder: Path) -> dict[str, str]:
    """Install what is missing; returns why a peer is left out, by its key."""
    problems = {}
    for peer in peers:
        try:
            peer.install(folder)
        except NotInstalledError as error:
            problems[peer.key] = f"left out: {error}"
            write(f"{peer.title} is {problems[peer.key]}\n")
    return problems


def _measure_each(load: Load, results: Sequence[Result], folder: Path) -> None:
    """One run of each server that has had no problem so far."""
    for result in results:
        if result.problem:
            continue
        try:
            result.runs.append(Figures.of(fanout.measure(result.peer.start(folder), load)))
        except (OSError, RuntimeError, asyncio.TimeoutError) as error:
            result.problem = f"stopped: {str(error).strip().splitlines()[0] if str(error) else 'no answer'}"


def _save(machine: dict[str, object], found: list[tuple[Workload, list[Result]]], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "peers.json").write_text(record.as_json(machine, found), encoding="utf-8")
    (out / "peers.svg").write_text(svg(found), encoding="utf-8")
    write(f"Every run is in {out / 'peers.json'}, a plot in {out / 'peers.svg'}.\n")


def _publish(machine: dict[str, object], found: list[tuple[Workload, list[Result]]]) -> None:
    """Write the plot and the tables into the documentation."""
    PICTURE.write_text(svg(found), encoding="utf-8")
    picture = "![CPU time and latency of each server under each workload](images/peers.svg)"
    sections = [table.section(workload, results) for workload, results in found]
    page.write_section("peers", "\n\n".join([described(machine), picture, *sections]), page.PAGE)
    write(f"The tables are in {page.PAGE.name}.\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers",
        description="Compare the server with others' servers and with bare relays.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    others = [peer.key for peer in PEERS if peer is not OURS]
    workloads = [workload.key for workload in WORKLOADS]
    parser.add_argument("--runs", type=_count, default=5, help="how often each load is measured")
    parser.add_argument("--seconds", type=_seconds, default=5.0, help="how long, after the warm-up")
    parser.add_argument("--only", dest="peers", action="append", choices=others, help="compare with this one")
    parser.add_argument(
        "--workload", dest="workloads", action="append", choices=workloads, help="measure this one"
    )
    parser.add_argument("--folder", type=Path, default=CACHE, help="where the peers are installed")
    parser.add_argument("--out", type=Path, default=Path("build/peers"), help="where figures and plot go")
    parser.add_argument("--publish", action="store_true", help="write them into docs/performance.md, too")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("It must be at least 1.")
    return number


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0.2 <= seconds <= 60:
        raise argparse.ArgumentTypeError("It must be 0.2 to 60 s.")
    return seconds


if __name__ == "__main__":
    raise SystemExit(main())
