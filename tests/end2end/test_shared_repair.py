"""Servers whose shared store loses everything, as processes (OWN-9)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from optiverse_collab.scripting import AsyncBench, connect
from tests.helpers.aio import run, until
from tests.helpers.nats_server import NatsServer, needs_nats
from tests.helpers.server_process import ServerProcess

pytestmark = [needs_nats, pytest.mark.own_store]

OPTIONS = ("--replicas", "1", "--auth", "none", "--node")
SECONDS = 30


class Counting:
    """Somebody who counts up in a record.

    Attributes:
        acknowledged: the last number that the server acknowledged.
    """

    def __init__(self, bench: AsyncBench) -> None:
        self.acknowledged = 0
        self._bench = bench

    async def count(self, last: int) -> None:
        """Go on to a number."""
        if not self.acknowledged:
            self._bench.put("counter", "counter", {"n": 0})
        while self.acknowledged < last:
            self._bench.set("counter", {"n": self.acknowledged + 1})
            await self._bench.flush(timeout_s=SECONDS)
            self.acknowledged += 1


def test_a_store_without_its_data_gets_it_back(tmp_path: Path) -> None:
    """OWN-9: under load, from the journals of two servers; each change is there once."""

    async def main(nats: NatsServer, first: ServerProcess, second: ServerProcess) -> None:
        async with (
            connect(first.url, "lab", "ann", chance=lambda: 0.0) as ann,
            connect(second.url, "other", "bob", chance=lambda: 0.0) as bob,
        ):
            counts = [Counting(ann), Counting(bob)]
            under_way = [asyncio.create_task(one.count(80)) for one in counts]
            await until(lambda: all(one.acknowledged > 10 for one in counts))
            nats.kill()
            assert all(one.acknowledged < 80 for one in counts)
            nats.lose_everything()
            await asyncio.to_thread(nats.start)
            await asyncio.gather(*under_way)
            for bench in (ann, bob):
                assert bench.records["counter"].props == {"n": 80}
                assert 80 <= bench.clock <= 301

    with NatsServer(tmp_path / "nats") as nats:
        first, second = (
            ServerProcess(tmp_path / name, "--store", nats.address, *OPTIONS, name) for name in "ab"
        )
        with first, second:
            run(main(nats, first, second))
            first.until_says("Session lab: the store lacked .* change")
            second.until_says("Session other: the store lacked .* change")
