"""kill -9 of a server under load, and its standby takes over: ``python -m tests.faults.takeover``.

Scripts edit a session with ``--sync-standby``. Then the server is killed, its folder deleted, and the standby
promoted. Each edit that was acknowledged must be on the standby's disk once, and everybody must be back.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import msgspec

from optiverse_collab.core.server.journal import Entry
from optiverse_collab.scripting import connect
from optiverse_collab_server.storage import Span, SqliteStore
from tests.helpers.processes import start
from tests.helpers.server_process import ServerProcess

SESSION = "lab"
AFTERWARDS = 20
"""Each script makes this many edits after the takeover."""
DEADLINE_S = 900.0


Edit = tuple[str, int]
"""The id of a record, and the number that it was set to."""


class Report(NamedTuple):
    """The result of a run.

    Attributes:
        acknowledged: how many edits were before the kill, in how many `seconds`.
        in_all: how many were, with those after the takeover.
        missing, twice: how many of these the standby's disk lacks, or has more than once.
        back: after how many seconds each script had an edit acknowledged, from the end of ``promote`` on.
    """

    acknowledged: int
    seconds: float
    in_all: int
    missing: int
    twice: int
    back: list[float]

    @property
    def problems(self) -> list[str]:
        """The broken promises."""
        found = {"edits are missing": self.missing, "edits are there twice": self.twice}
        return [f"{count} {what}" for what, count in found.items() if count]

    def __str__(self) -> str:
        first, last = min(self.back), max(self.back)
        return (
            f"{self.acknowledged} edits were acknowledged in {self.seconds:.1f} s before kill -9, "
            f"{self.in_all} in all. Missing: {self.missing}; there twice: {self.twice}. {len(self.back)} "
            f"scripts were back {first:.2f} to {last:.2f} s after promote."
        )


class Takeover:
    """One run.

    Args:
        edits: how many are acknowledged before the kill.
        scripts: how many make them.
    """

    def __init__(self, edits: int, scripts: int) -> None:
        self._edits, self._scripts = edits, scripts
        self._acknowledged: list[Edit] = []
        self._promoted = 0.0
        self._back: dict[str, float] = {}

    async def run(self, first: ServerProcess, second: ServerProcess, folder: Path) -> Report:
        """Edit, kill the first server, and promote the second one."""
        link = f"{first.url}#also={quote(second.url, safe='')}"
        began = time.monotonic()
        people = [asyncio.create_task(self._edit(link, f"counter {n}")) for n in range(self._scripts)]
        while len(self._acknowledged) < self._edits:
            await asyncio.sleep(0.01)
            for one in people:
                if one.done():
                    one.result()
        first.kill()
        before, seconds = len(self._acknowledged), time.monotonic() - began
        shutil.rmtree(folder / "first")
        command = ["-m", "optiverse_collab_server", "promote", "--data", str(folder / "second")]
        assert await asyncio.to_thread(lambda: start(*command).wait()) == 0
        self._promoted = time.monotonic()
        await asyncio.wait_for(asyncio.gather(*people), DEADLINE_S)
        await asyncio.to_thread(second.kill)
        stored = Counter(await edits_in(folder / "second"))
        missing = sum(not stored[edit] for edit in self._acknowledged)
        twice = sum(count - 1 for count in stored.values())
        return Report(before, seconds, len(self._acknowledged), missing, twice, [*self._back.values()])

    async def _edit(self, link: str, id: str) -> None:
        """Count up in a record of one's own, until some edits after the takeover."""
        async with connect(link, SESSION, id) as bench:
            bench.put(id, "counter", {"n": 0})
            await bench.flush()  # otherwise it would be one change with the first edit
            number = left = 0
            while left < AFTERWARDS:
                number += 1
                bench.set(id, {"n": number})
                await bench.flush()
                self._acknowledged.append((id, number))
                if self._promoted:
                    self._back.setdefault(id, time.monotonic() - self._promoted)
                    left += 1


async def edits_in(folder: Path) -> list[Edit]:
    """All edits of counters on a disk."""
    store, found, after = SqliteStore(folder), [], 0
    while (part := await store.load_entries(SESSION, Span(after, 2**53, most=4_000_000))) and part.entries:
        for data in part.entries:
            for op in msgspec.json.decode(msgspec.json.decode(data, type=Entry).ops):
                if op["op"] == "set":
                    found.append((op["id"], op["props"]["n"]))
        after = part.after + len(part.entries)
    await store.close()
    return found


def play(edits: int, scripts: int, folder: Path) -> Report:
    """Run all of it in a folder."""
    options = ("--auth", "none", "--sync-standby")
    with (
        ServerProcess(folder / "first", *options) as first,
        ServerProcess(folder / "second", "--auth", "none", "--follow", first.url) as second,
    ):
        return asyncio.run(Takeover(edits, scripts).run(first, second, folder))


def main() -> int:
    """Play it, and print the report.

    Returns:
        The exit code: 1 if a promise was broken.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.faults.takeover", description=__doc__)
    parser.add_argument("--edits", type=int, default=20_000, help="acknowledged before the kill")
    parser.add_argument("--scripts", type=int, default=20, help="how many make them")
    options = parser.parse_args()
    logging.disable()  # of lost connections, which are expected
    with tempfile.TemporaryDirectory() as folder:
        report = play(options.edits, options.scripts, Path(folder))
    sys.stdout.write(f"{report}\n")
    return int(bool(report.problems))


if __name__ == "__main__":
    sys.exit(main())
