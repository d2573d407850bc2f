"""kill -9 under load: no acknowledged change is missing (DUR-1, PUSH-7, REP-7)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from optiverse_collab.core.client.effects import Diverged
from optiverse_collab.scripting import AsyncBench, connect
from tests.helpers.aio import run, until
from tests.helpers.server_process import ServerProcess

pytestmark = pytest.mark.also_on_nats

CLIENTS = 4
EDITS = 150


async def edit(bench: AsyncBench, number: int, acknowledged: dict[str, int]) -> None:
    """Count up in a record of one's own; note what the server acknowledged."""
    id = f"counter {number}"
    bench.put(id, "counter", {"n": 0})
    for n in range(1, EDITS + 1):
        bench.set(id, {"n": n})
        if n % 3 == 0:
            await bench.flush()
            acknowledged[id] = n
        else:
            await asyncio.sleep(0)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server."""
    with ServerProcess(tmp_path / "data") as process:
        yield process


def test_kill_9_under_load_loses_nothing_acknowledged(server: ServerProcess) -> None:
    """The server is killed several times, at different moments; the clients reconnect and finish."""
    rng = random.Random(1)

    async def main() -> None:
        acknowledged: dict[str, int] = {}
        benches = [connect(server.url, "lab", f"user {n}", chance=lambda: 0.0) for n in range(CLIENTS)]
        for bench in benches:
            await bench.__aenter__()
        diverged = benches[0].listen(Diverged)
        editors = [asyncio.create_task(edit(bench, n, acknowledged)) for n, bench in enumerate(benches)]
        for _ in range(3):
            goal = sum(acknowledged.values()) + rng.randrange(20, 60)
            await until(lambda goal=goal: sum(acknowledged.values()) >= goal)  # type: ignore[misc]
            before = dict(acknowledged)
            server.kill()
            await asyncio.to_thread(server.start)
            async with connect(server.url, "lab", "auditor", wait=True) as auditor:
                for id, n in before.items():
                    assert auditor.records[id].props["n"] >= n
        await asyncio.gather(*editors)
        final = {f"counter {n}": {"n": EDITS} for n in range(CLIENTS)}
        for bench in benches:
            await until(lambda b=bench: {id: r.props for id, r in b.records.items()} == final)  # type: ignore[misc]
        assert await diverged.wait(timeout_s=0) == []
        for bench in benches:
            await bench.__aexit__(None, None, None)

    run(main())
    assert sum("Reopened session: lab" in line for line in server.log) >= 3


def test_restart_with_offline_edits_pending(server: ServerProcess) -> None:
    """REP-7: edits made without a server are in the session when the server is back."""

    async def main() -> None:
        async with connect(server.url, "lab", "ann", chance=lambda: 0.0) as ann:
            ann.put("lens", "component", {"pos": [0.0, 0.0]})
            await ann.flush()
            server.kill()
            await until(lambda: ann.me is None)
            ann.set("lens", {"pos": [5.0, 5.0]})
            ann.put("mirror", "component", {"pos": [1.0, 1.0]})
            await asyncio.to_thread(server.start)
            await ann.flush()
            async with connect(server.url, "lab", "bob") as bob:
                assert {id: record.props["pos"] for id, record in bob.records.items()} == {
                    "lens": [5.0, 5.0],
                    "mirror": [1.0, 1.0],
                }

    run(main())
