"""Servers that share a store of three NATS servers, while any of these is killed (OWN rules)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from optiverse_collab.scripting import AsyncBench, connect
from tests.helpers.aio import run, until
from tests.helpers.nats_server import NatsServer, cluster, leader_of, needs_nats
from tests.helpers.proxy import proxy
from tests.helpers.server_process import ServerProcess

pytestmark = [needs_nats, pytest.mark.own_store, pytest.mark.takes_minutes]


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[list[NatsServer]]:
    """Three NATS servers that have a stream."""
    with ExitStack() as stack:
        servers = cluster(tmp_path)
        for server in servers:
            stack.enter_context(server)
        run(leader_of(servers))
        yield servers


class Counting:
    """Somebody who counts up in a record, until there is no more time.

    Attributes:
        acknowledged: the last number that the server acknowledged.
        is_over: whether to stop.
    """

    def __init__(self, bench: AsyncBench) -> None:
        self.acknowledged, self.is_over = 0, False
        self._bench = bench
        self._task = asyncio.create_task(self._count())

    async def more(self) -> None:
        """Wait until some more are acknowledged."""
        goal = self.acknowledged + 10
        await until(lambda: self.acknowledged >= goal)

    async def end(self) -> int:
        """Stop; returns the last number."""
        self.is_over = True
        await self._task
        return self.acknowledged

    async def _count(self) -> None:
        self._bench.put("counter", "counter", {"n": 0})
        while not self.is_over:
            self._bench.set("counter", {"n": self.acknowledged + 1})
            await self._bench.flush(timeout_s=60)
            self.acknowledged += 1


def test_any_nats_server_may_be_killed(nats: list[NatsServer], tmp_path: Path) -> None:
    """OWN-3: edits wait, and continue when the others have a leader; each is there once."""
    places = ",".join(one.address for one in nats)
    options = ("--store", places, "--auth", "none", "--node")

    async def main(first: ServerProcess, second: ServerProcess) -> None:
        async with (
            proxy(first.port) as between,
            connect(between.url, "lab", "ann", chance=lambda: 0.0) as ann,
        ):
            counting = Counting(ann)
            for _ in range(2):
                await counting.more()
                leader = await leader_of(nats)
                await asyncio.to_thread(leader.kill)
                await counting.more()
                await asyncio.to_thread(leader.start)
            first.kill()
            between.server_port = second.port
            await counting.more()
            last = await counting.end()
            async with connect(second.url, "lab", "bob") as bob:
                assert bob.records["counter"].props == {"n": last}
                assert last <= bob.clock <= last + 1

    first, second = (ServerProcess(tmp_path / name, *options, name) for name in ("a", "b"))
    with first, second:
        asyncio.run(asyncio.wait_for(main(first, second), 120))
