"""``python -m benchmarks.workers``: one process beside several workers, under the same load.

On one core that the server has to itself, workers can't be faster: this shows what they cost. With all cores
for the server and the load, it shows how much more they deliver, as far as the generator leaves room.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from benchmarks import fanout, page
from benchmarks.dialects import Ours
from benchmarks.fanout import Fanout, Load, percentile
from benchmarks.loop import run
from benchmarks.machine import described, machine
from benchmarks.participant import Participant
from benchmarks.report import write
from benchmarks.spread import Spread, shown, spread
from benchmarks.targets import Target, server
from optiverse_collab_server.storage.shards import number_of

JOINS = 300
"""That many participants come and go, one after the other."""

LIGHT = 8, Load(participants=10, editors=5, components=20)
HEAVY = 100, Load(participants=6, editors=3, components=20)
"""How many sessions, and what happens in each. The second one is more than one process can do."""

HEAD = (
    "server",
    "CPU s per 100,000 deliveries",
    "deliveries a second",
    "p50 ms",
    "p99 ms",
    "CPU ms per join",
    "memory MB",
    "load generator's CPU s/s",
)


@dataclass(frozen=True)
class Measured:
    """One run.

    Attributes:
        load: what the load showed.
        join_cpu_ms: CPU time of the server for somebody who joins a session and leaves.
    """

    load: Fanout
    join_cpu_ms: float


@dataclass(frozen=True)
class Way:
    """A way to run the server.

    Attributes:
        title: for the table.
        workers: how many it has; 1 for one process.
        used: among how many of them the sessions are divided.
    """

    title: str
    workers: int
    used: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure both loads, each with one process and with workers in turn.

    Returns:
        The exit code: 1 if a delivery of the first load is missing; under the second one, some come too late.
    """
    options = _parser().parse_args(arguments)
    write(f"{described(machine())}\n\n")
    number = options.workers
    one, all_used = Way("one process", 1, 1), Way(f"{number} workers", number, number)
    idle = Way(f"{number} workers, one of them used", number, 1)
    missing = 0
    for apart, (sessions, load), ways in (
        (True, LIGHT, [one, idle, all_used]),
        (False, HEAVY, [one, all_used]),
    ):
        load = replace(load, seconds=options.seconds)
        runs: dict[Way, list[Measured]] = {way: [] for way in ways}
        for _ in range(options.runs):
            for way, measured in runs.items():
                measured.append(measure(way, names(sessions, number, way.used), load, apart))
                missing += (measured[-1].load.missing + measured[-1].load.unseen) if apart else 0
        write(f"{section(sessions, load, apart, runs)}\n\n")
    return 1 if missing else 0


def measure(way: Way, sessions: Sequence[str], load: Load, apart: bool) -> Measured:
    """Put a server under load, and let people join it.

    Args:
        way: how it runs.
        sessions: their names.
        load: what happens in each.
        apart: whether the server has a core to itself.
    """
    with server(options=("--workers", str(way.workers)), apart=apart) as target:
        rooms = [replace(target, dialect=Ours(name)) for name in sessions]
        loaded = fanout.drive(rooms, load)
        began = target.cpu_s()
        run(_join(rooms))
        return Measured(loaded, (target.cpu_s() - began) * 1000 / JOINS)


def names(sessions: int, workers: int, used: int) -> list[str]:
    """Names of sessions that are divided evenly among the first few of some workers."""
    found: list[str] = []
    for number in count(1):
        if len(found) == sessions:
            break
        if number_of(f"bench-{number}", workers) == len(found) % used:
            found.append(f"bench-{number}")
    return found


async def _join(rooms: Sequence[Target]) -> None:
    """Participants come and go, one after the other."""
    for number in range(JOINS):
        participant = Participant(number)
        await participant.connect(rooms[number % len(rooms)])
        participant.close()
        await asyncio.sleep(0)


def section(sessions: int, load: Load, apart: bool, runs: Mapping[Way, Sequence[Measured]]) -> str:
    """A heading, and a row for each way."""
    where = "one core for the server" if apart else f"{os.cpu_count()} cores for the server and the load"
    edits = sessions * load.editors * load.hz
    title = f"**{sessions} sessions of {load.participants}, {edits:,.0f} edits a second; {where}**"
    rows = [(way.title, *map(shown, figures(measured))) for way, measured in runs.items()]
    return "\n".join([title, "", *page.aligned([HEAD, *rows])])


def figures(measured: Sequence[Measured]) -> list[Spread]:
    """The columns of a row."""
    loads = [one.load for one in measured]
    return [
        spread([load.cost for load in loads]),
        spread([load.deliveries_per_s for load in loads]),
        spread([percentile(load.latencies_ms, 50) for load in loads]),
        spread([percentile(load.latencies_ms, 99) for load in loads]),
        spread([one.join_cpu_ms for one in measured]),
        spread([load.resident_mb for load in loads]),
        spread([load.busy for load in loads]),
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.workers",
        description="Measure one process beside several workers.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--workers", type=int, default=2, help="how many workers")
    parser.add_argument("--runs", type=int, default=3, help="how often each is measured")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long, after the warm-up")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
