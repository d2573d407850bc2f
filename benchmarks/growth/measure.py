"""One server of one size: put under load, and started again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks import fanout
from benchmarks.dialects import Ours
from benchmarks.fanout import percentile
from benchmarks.growth.axes import MOST_CONNECTIONS, Size
from benchmarks.join import join
from benchmarks.loop import run
from benchmarks.made import make
from benchmarks.participant import Participant
from benchmarks.targets import Target, server

AT_ONCE = 100
"""How many connect at the same time: the server lets no more than 200 wait for their WebSocket (LIM-15)."""

FIRST = "bench-1"
"""The session that newcomers join."""

LEAVES_SECONDS = 0.05
"""The next newcomer waits until the one before has left: a session may have only one seat."""

JOINS = 5
"""A newcomer's time is the median of that many."""


OPTIONS = ("--memory-mb", "1000", "--max-connections", str(MOST_CONNECTIONS))
"""For the largest sizes the server may hold more than a lab's."""


@dataclass(frozen=True)
class Grown:
    """The figures of one size.

    Attributes:
        memory_mb: resident memory of the server at the end of the load.
        cost: its CPU seconds per 100,000 deliveries.
        p50_ms: half of the edits are visible at another participant within this time.
        p99_ms: and 99 % within this one.
        join_ms: until a newcomer to a session with all others has its bench; the median of a few.
        restart_ms: until the server accepts connections again.
        back_ms: from then until all participants have their bench again.
        missing: how many deliveries did not happen exactly once.
        busy: CPU time of the load generator, in s per s; near 1 it would measure itself.
        disk_mb: size of the database.
    """

    memory_mb: float
    cost: float
    p50_ms: float
    p99_ms: float
    join_ms: float
    restart_ms: float
    back_ms: float
    missing: int
    busy: float
    disk_mb: float


def measure(size: Size, seconds: float) -> Grown:
    """Make sessions of a size, serve them under load for a time, and start the server again.

    Raises:
        RuntimeError: the server refused a participant, or ended.
    """
    names = [FIRST, *(f"bench-{number}" for number in range(2, size.sessions + 1))]
    with TemporaryDirectory() as folder:
        data = Path(folder)
        asyncio.run(make(data, names, size.items, size.age))
        with server(data=data, options=OPTIONS) as target:
            loaded = fanout.drive(_rooms(target, names), size.load(seconds))
        disk_mb = sum(file.stat().st_size for file in data.iterdir() if file.is_file()) / 1e6
        began = perf_counter()
        with server(data=data, options=OPTIONS) as target:
            restart_ms = (perf_counter() - began) * 1000
            back_ms, join_ms = run(_back(_rooms(target, names), size))
    return Grown(
        memory_mb=loaded.resident_mb,
        cost=loaded.cost,
        p50_ms=percentile(loaded.latencies_ms, 50),
        p99_ms=percentile(loaded.latencies_ms, 99),
        join_ms=join_ms,
        restart_ms=restart_ms,
        back_ms=back_ms,
        missing=loaded.missing + loaded.unseen,
        busy=loaded.busy,
        disk_mb=disk_mb,
    )


def _rooms(target: Target, names: list[str]) -> list[Target]:
    return [replace(target, dialect=Ours(name)) for name in names]


async def _back(rooms: list[Target], size: Size) -> tuple[float, float]:
    """All but one come back, and then newcomers join, one after the other.

    Returns:
        How long it takes until all have their bench, and how long a newcomer waits, in ms.
    """
    everyone = [(room, Participant(number)) for room in rooms for number in range(size.participants)][1:]
    gate = asyncio.Semaphore(AT_ONCE)

    async def come(room: Target, participant: Participant) -> None:
        async with gate:
            await participant.connect(room)

    began = perf_counter()
    await asyncio.gather(*(come(room, participant) for room, participant in everyone))
    back_ms = (perf_counter() - began) * 1000
    joins = []
    for _ in range(JOINS):
        joins.append(await join(rooms[0], FIRST, size.items))
        await asyncio.sleep(LEAVES_SECONDS)
    for _, participant in everyone:
        participant.close()
    await asyncio.sleep(0)
    return back_ms, median(joins) * 1000
