"""Servers that share a store, as processes: people continue at another one (OWN rules)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from optiverse_collab.errors import ConnectionFailed
from optiverse_collab.scripting import AsyncBench, connect
from tests.helpers.aio import run, until
from tests.helpers.nats_server import NatsServer, needs_nats
from tests.helpers.proxy import proxy
from tests.helpers.server_process import ServerProcess

pytestmark = [needs_nats, pytest.mark.own_store]

EDITS = 120

OPTIONS = ("--replicas", "1", "--auth", "none")


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[ServerProcess, ServerProcess]]:
    """Two of them, on one NATS server."""
    with NatsServer(tmp_path / "nats") as nats:
        options = ("--store", nats.address, *OPTIONS, "--node")
        first = ServerProcess(tmp_path / "a", *options, "a")
        with first, ServerProcess(tmp_path / "b", *options, "b") as second:
            yield first, second


async def edit(bench: AsyncBench, acknowledged: list[int]) -> None:
    """Count up in a record; note what the server acknowledged."""
    bench.put("counter", "counter", {"n": 0})
    for n in range(1, EDITS + 1):
        bench.set("counter", {"n": n})
        await bench.flush()
        acknowledged.append(n)


def test_kill_9_of_the_owner_loses_nothing(servers: tuple[ServerProcess, ServerProcess]) -> None:
    """OWN-3, OWN-5: what leads people to a server leads them to the other one then."""
    first, second = servers

    async def main() -> None:
        async with proxy(first.port) as between:
            acknowledged: list[int] = []
            async with connect(between.url, "lab", "ann", chance=lambda: 0.0) as ann:
                editor = asyncio.create_task(edit(ann, acknowledged))
                await until(lambda: len(acknowledged) > EDITS / 3)
                first.kill()
                between.server_port = second.port
                before = len(acknowledged)
                await editor
                assert before < EDITS
            async with connect(second.url, "lab", "bob") as bob:
                assert bob.records["counter"].props == {"n": EDITS}
                assert EDITS <= bob.clock <= EDITS + 1  # each is there once

    run(main())
    second.until_says("Reopened session: lab")


def test_a_server_that_nats_does_not_reach_stops_saving(tmp_path: Path) -> None:
    """OWN-3, OWN-4: it acknowledges nothing; if another one takes the session, people continue there."""
    seconds = 20

    async def main(nats: NatsServer) -> None:
        async with proxy(nats.port) as line:
            near = f"nats://127.0.0.1:{line.url.rpartition(':')[2]}"
            first = ServerProcess(tmp_path / "a", "--store", near, "--node", "a", *OPTIONS)
            second = ServerProcess(tmp_path / "b", "--store", nats.address, "--node", "b", *OPTIONS)
            try:
                await asyncio.gather(asyncio.to_thread(first.start), asyncio.to_thread(second.start))
                async with (
                    proxy(first.port) as between,
                    connect(between.url, "lab", "ann", chance=lambda: 0.0) as ann,
                ):
                    ann.put("lens", "component", {"pos": [0.0, 0.0]})
                    await ann.flush()
                    line.stall()
                    ann.set("lens", {"pos": [1.0, 1.0]})
                    await asyncio.to_thread(first.until_says, "waits for storage")
                    async with connect(second.url, "lab", "bob", wait=True) as bob:
                        between.server_port = second.port
                        line.resume()
                        await ann.flush(timeout_s=seconds)
                        await until(lambda: bob.records["lens"].props == {"pos": [1.0, 1.0]})
                await asyncio.to_thread(first.until_says, "is served by another server now")
            finally:
                first.kill()
                second.kill()

    with NatsServer(tmp_path / "nats") as nats:
        run(main(nats))


def test_another_server_leaves_the_session_alone(servers: tuple[ServerProcess, ServerProcess]) -> None:
    """OWN-5: until the owner ends in order."""
    first, second = servers

    async def main() -> None:
        async with connect(first.url, "lab", "ann") as ann:
            ann.put("lens", "component", {"pos": [0.0, 0.0]})
            await ann.flush()
            with pytest.raises(ConnectionFailed):
                async with connect(second.url, "lab", "bob"):
                    pass
            second.until_says("can't be opened: Session 'lab' is served by a; connect there")
            await asyncio.to_thread(first.terminate)
            async with connect(second.url, "lab", "bob") as bob:
                assert list(bob.records) == ["lens"]

    run(main())
