"""kill -9 of a server under load, and its standby takes over: STAND rules of docs/protocol.md."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import ExitStack
from pathlib import Path

from optiverse_collab.scripting import connect
from optiverse_collab_server.cli.main import main as command
from tests.helpers.aio import run, until
from tests.helpers.server_process import ServerProcess

CLIENTS = 3


async def edit(url: str, id: str, acknowledged: dict[str, int]) -> None:
    """Count up in a record of one's own, and note what the server acknowledged, until this is cancelled."""
    async with connect(url, "lab", id) as bench:
        bench.put(id, "counter", {"n": 0})
        n = 0
        while True:
            n += 1
            bench.set(id, {"n": n})
            await bench.flush()
            acknowledged[id] = n


def test_nothing_acknowledged_is_lost_with_the_server(tmp_path: Path) -> None:
    """STAND-4, STAND-6: the server and its folder are gone; the standby has every acknowledged change."""

    async def main(first: ServerProcess, second: ServerProcess) -> None:
        acknowledged: dict[str, int] = {}
        ids = [f"counter {number}" for number in range(CLIENTS)]
        editors = [asyncio.create_task(edit(first.url, id, acknowledged)) for id in ids]
        await until(lambda: sum(acknowledged.values()) > 200)
        first.kill()
        shutil.rmtree(tmp_path / "first")
        for editor in editors:
            editor.cancel()
        await asyncio.gather(*editors, return_exceptions=True)
        assert await asyncio.to_thread(command, ["promote", "--data", str(tmp_path / "second")]) == 0
        async with connect(second.url, "lab", "auditor", wait=True) as auditor:
            for id, n in acknowledged.items():
                assert auditor.records[id].props["n"] >= n

    free = ("--auth", "none")
    with ExitStack() as stack:
        first = stack.enter_context(ServerProcess(tmp_path / "first", *free, "--sync-standby"))
        second = stack.enter_context(ServerProcess(tmp_path / "second", *free, "--follow", first.url))
        run(main(first, second))
        assert second.until_says(r"This server serves from now on \(term 2\)")
