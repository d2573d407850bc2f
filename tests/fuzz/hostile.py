"""All attacks at once on one server with honest people on it: ``python -m tests.fuzz.hostile``."""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.targets import resident_mb
from tests.fuzz.attackers import Attackers
from tests.helpers.processes import Process, kill, start
from tests.helpers.server_process import ServerProcess

MOST_MB, MOST_P99_MS = 300.0, 100.0
"""The limits on the server's memory and on an edit's delay under attack."""


class Outcome(NamedTuple):
    """The result.

    Attributes:
        people: the report of each pair.
        most_mb: the server's peak memory.
        sent: how much the attackers sent, by attack.
        faults: lines of the server's log that should not be there.
    """

    people: list[dict[str, Any]]
    most_mb: float
    sent: dict[str, int]
    faults: list[str]

    @property
    def wrong(self) -> list[str]:
        """The broken promises."""
        found = [f"{one['session']}: {one['closed']}" for one in self.people if one["closed"]]
        found += [
            f"{one['session']}: p99 {one['p99_ms']} ms"
            for one in self.people
            if not one["edits"] or one["p99_ms"] > MOST_P99_MS
        ]
        if self.most_mb > MOST_MB:
            found.append(f"the server takes {self.most_mb:.0f} MB")
        return found + self.faults


def play(seconds: float, seed: int, several: int = 2) -> Outcome:
    """Attack a server for some seconds."""
    with tempfile.TemporaryDirectory() as folder, ServerProcess(Path(folder)) as server:
        pairs = [
            start("-m", "tests.fuzz.bystander", server.url, session, str(seconds), stdout=subprocess.PIPE)
            for session in ("crowd", "quiet")
        ]
        try:
            attackers = Attackers("127.0.0.1", server.port, "crowd", seed)
            most_mb = asyncio.run(_attack(attackers, server.pid, seconds, several))
            people = [_said(pair) for pair in pairs]
        finally:
            for pair in pairs:
                kill(pair)
        faults = [line for line in server.log if "Traceback" in line or " ERROR " in line]
        return Outcome(people, most_mb, dict(attackers.sent), faults[:20])


async def _attack(attackers: Attackers, pid: int, seconds: float, several: int) -> float:
    """Attack, once the honest people are in; returns the server's peak memory."""
    await asyncio.sleep(2)
    until = time.monotonic() + seconds - 4
    attack = asyncio.create_task(attackers.run(lambda: time.monotonic() > until, several))
    most_mb = 0.0
    while not attack.done():
        most_mb = max(most_mb, resident_mb(pid))
        await asyncio.wait([attack], timeout=0.25)
    await attack
    return most_mb


def _said(pair: Process) -> dict[str, Any]:
    output, _ = pair.communicate(timeout=60)
    said: dict[str, Any] = json.loads(output)
    return said


def main(arguments: Sequence[str] | None = None) -> int:
    """Attack, and print the result; returns 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.hostile", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="how long (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of what the attackers send")
    asked = parser.parse_args(arguments)
    outcome = play(asked.minutes * 60, asked.seed)
    sys.stdout.write(json.dumps(outcome._asdict(), indent=2) + "\n")
    sys.stdout.write("".join(f"WRONG: {one}\n" for one in outcome.wrong))
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
