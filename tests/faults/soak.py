"""Edit for long over networks that fail at random: ``python -m tests.faults.soak --minutes N [--seed S]``.

Windows and scripts are in one session, each behind a network of its own. At the end all of them must show
the server's bench, each edit must be on the server's disk once, and no process may have grown.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

from benchmarks.page import write_section
from optiverse_collab.scripting import AsyncBench, connect
from tests.faults.cells import FAULTS
from tests.faults.memory import Growth, Samples, smallest_leak_mb_per_h
from tests.faults.session import LENS, SESSION, differences, do, fill, lens, names_stored, settled, until
from tests.faults.table import PAGE
from tests.helpers.proxy import Proxy, proxy
from tests.helpers.server_process import ServerProcess
from tests.helpers.window_process import Window

WINDOWS, SCRIPTS = ("Ann", "Bob", "Carla"), ("Dora", "Emil")
OWN = 60
"""Items that one person renames in turn: more than a person renames during an absence."""
IDS = 20
"""Ids that a script uses in turn: a session keeps a tombstone of each."""
CALM_S, FAULT_S = (3.0, 15.0), (2.0, 20.0)
SAMPLE_S = 5.0
FLUSH_S = 600.0
ON_A_LINE = [fault for fault in FAULTS if fault.name not in ("slow close", "kill -9")]


class Line(NamedTuple):
    """One participant's line to the server."""

    network: Proxy
    server: ServerProcess


class Report(NamedTuple):
    """The result of a run.

    Attributes:
        minutes: how long it took.
        edits: the number of countable edits.
        faults: how often each fault happened.
        connections: the total number of connections.
        memory: the result for each process.
        problems: the broken promises.
    """

    minutes: float
    edits: int
    faults: Counter[str]
    connections: int
    memory: dict[str, Growth]
    problems: list[str]

    def __str__(self) -> str:
        faults = ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items()))
        lines = [
            f"{len(WINDOWS)} windows and {len(SCRIPTS)} scripts, {self.minutes:.0f} minutes, "
            f"{self.edits:,} edits that can be counted, {sum(self.faults.values()):,} faults ({faults}), "
            f"{self.connections:,} connections.",
            "",
            "| process | memory | slope | |",
            "|---|---|---|---|",
        ]
        for name, grown in self.memory.items():
            verdict = "flat" if grown.flat else "**grows**"
            lines.append(
                f"| {name} | {grown.mean_mb:.0f} MB | {grown.slope_mb_per_h:+.1f} MB/h | {verdict} |"
            )
        limit = f"A leak of more than {smallest_leak_mb_per_h(self.minutes):.1f} MB/h would count as growth."
        good = "At the end, everybody showed the server's bench, and each edit was on its disk exactly once."
        return "\n".join([*lines, "", limit, "", *(self.problems or [good])])


class Soak:
    """One run."""

    def __init__(self, server: ServerProcess, data: Path, seconds: float, seed: int) -> None:
        self._server, self._data = server, data
        self._seconds = seconds
        self._chance = random.Random(seed)
        self._lines: dict[str, Line] = {}
        self._windows: dict[str, Window] = {}
        self._benches: dict[str, AsyncBench] = {}
        self._names: list[str] = []
        self._faults: Counter[str] = Counter()
        self._samples = Samples()

    async def run(self) -> Report:
        """Let all of them work, then let the networks recover, and check."""
        async with AsyncExitStack() as stack:
            await self._join(stack)
            begun = time.monotonic()
            working = [
                *(self._break(line) for line in self._lines.values()),
                *(self._use(name) for name in WINDOWS),
                *(self._script(name, bench) for name, bench in self._benches.items()),
                self._sample(),
            ]
            self._ends = begun + self._seconds
            await asyncio.gather(*working)
            minutes = (time.monotonic() - begun) / 60
            problems = await self._settle()
        self._server.kill()
        counts = names_stored(self._data)
        odd = [name for name in self._names if counts[name] != 1]
        problems += [f"the server stored {name!r} {counts[name]} times" for name in odd]
        memory = self._samples.growth()
        problems += [f"the memory of {name} grows" for name, grown in memory.items() if not grown.flat]
        connections = sum(line.network.accepted for line in self._lines.values())
        return Report(minutes, len(self._names), self._faults, connections, memory, problems)

    async def _join(self, stack: AsyncExitStack) -> None:
        await fill(self._server, OWN * len(WINDOWS))
        for name in (*WINDOWS, *SCRIPTS):
            self._lines[name] = Line(await stack.enter_async_context(proxy(self._server.port)), self._server)
        for name in WINDOWS:
            window = self._windows[name] = Window("demo")
            stack.callback(window.kill)
            await do(window, join=[self._lines[name].network.url, SESSION, name])
            assert settled(await until(window, settled)), name
        for name in SCRIPTS:
            bench = connect(self._lines[name].network.url, SESSION, name)
            self._benches[name] = await stack.enter_async_context(bench)

    @property
    def _goes_on(self) -> bool:
        return time.monotonic() < self._ends

    async def _break(self, line: Line) -> None:
        """Let faults happen to a line, one after the other."""
        while self._goes_on:
            await self._pause(*CALM_S)
            fault = self._chance.choice(ON_A_LINE)
            self._faults[fault.name] += 1
            await fault.begin(line)
            await self._pause(*FAULT_S)
            await fault.end(line)

    async def _use(self, name: str) -> None:
        """Rename and drag items in a window."""
        window, first = self._windows[name], OWN * WINDOWS.index(name)
        edits = 0
        while self._goes_on:
            id = lens(first + edits % OWN)
            self._names.append(f"{name} {edits} {id}")
            await do(window, rename=[f"{name} {edits}", [id]], look=[])
            edits += 1
            if self._chance.random() < 0.3:
                await do(
                    window, drag=[f"lens-{self._chance.randrange(OWN * len(WINDOWS)):04d}", 0.8], look=[]
                )
                await asyncio.sleep(1)
            if not edits % 60:
                await do(window, forget=[], look=[])
            await self._pause(0.3, 1.5)

    async def _script(self, name: str, bench: AsyncBench) -> None:
        """Add an item, name it, wait until both are stored, remove it; ids repeat, and so do tombstones."""
        edits = 0
        while self._goes_on:
            id = f"{name}-{edits % IDS}"
            self._names.append(f"{name} {edits}")
            bench.put(id, LENS.kind, {**LENS.props, "pos": [self._chance.uniform(0, 2000), -100.0]})
            await bench.flush(FLUSH_S)
            bench.set(id, {"name": f"{name} {edits}"})
            await bench.flush(FLUSH_S)
            if edits % IDS:
                bench.remove(id)
            edits += 1
            await self._pause(0.3, 1.5)

    async def _sample(self) -> None:
        pids = {"the server": self._server.pid}
        pids.update({f"{name}'s window": window.pid for name, window in self._windows.items()})
        while self._goes_on:
            self._samples.take(time.monotonic(), pids)
            await asyncio.sleep(min(SAMPLE_S, self._seconds / 20))

    async def _settle(self) -> list[str]:
        """Wait until everything is at the server; returns the remaining differences."""
        for window in self._windows.values():
            await until(window, settled, FLUSH_S)
        for bench in self._benches.values():
            await bench.flush(FLUSH_S)
        return await differences(self._server, self._windows)

    async def _pause(self, shortest_s: float, longest_s: float) -> None:
        left_s = max(0.0, self._ends - time.monotonic())
        await asyncio.sleep(min(left_s, self._chance.uniform(shortest_s, longest_s)))


async def soak(seconds: float, seed: int) -> Report:
    """Make a run, in its own folder and with its own processes."""
    with tempfile.TemporaryDirectory() as folder, ServerProcess(Path(folder)) as server:
        return await Soak(server, Path(folder), seconds, seed).run()


def main() -> int:
    """Soak for the requested time; returns 1 if something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the faults (default: %(default)s)")
    asked = parser.parse_args()
    report = asyncio.run(soak(60 * asked.minutes, asked.seed))
    sys.stdout.write(f"{report}\n")
    write_section("soak", str(report), PAGE)
    return int(bool(report.problems))


if __name__ == "__main__":
    sys.exit(main())
