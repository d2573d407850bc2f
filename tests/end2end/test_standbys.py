"""kill -9 of a server, both of whose standbys are promoted by mistake: STAND-13 of docs/protocol.md."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import pytest
from msgspec import structs

from optiverse_collab.scripting import connect
from optiverse_collab_server.cli.main import main as command
from optiverse_collab_server.standby.standing import read_standing, write_standing
from tests.helpers.aio import run, until
from tests.helpers.server_process import ServerProcess

pytestmark = pytest.mark.own_store


def promote(folder: Path) -> tuple[str, ...]:
    """Promote a standby, but let it forget the other one, as if no network led there; returns the links."""
    assert command(["promote", "--anyway", "--data", str(folder)]) == 0
    standing = read_standing(folder)
    write_standing(folder, structs.replace(standing, peers=()))
    return standing.peers


def test_two_that_served_become_one_session_again(tmp_path: Path) -> None:
    """STAND-13, CLK-9, BACK-11: each had a user, whose edits are there in the end."""
    folders = [tmp_path / "second", tmp_path / "third"]

    async def main(first: ServerProcess, *others: ServerProcess) -> None:
        async with connect(first.url, "lab", "Ana") as ana:
            ana.put("lens", "component", {"name": "lens", "pos": [0.0, 0.0]})
            await ana.flush()
            for other in others:
                await asyncio.to_thread(other.until_says, "Session lab is being copied")
            await until(lambda: all(read_standing(folder).peers for folder in folders))
        first.kill()
        shutil.rmtree(tmp_path / "first")
        peers = [await asyncio.to_thread(promote, folder) for folder in folders]
        async with AsyncExitStack() as stack:
            users = [connect(other.url, "lab", f"user {n}", wait=True) for n, other in enumerate(others)]
            benches = [await stack.enter_async_context(user) for user in users]
            for n, bench in enumerate(benches):
                bench.put(f"mirror {n}", "component", {"name": f"mirror {n}", "pos": [1.0, 1.0]})
                await bench.flush()
            assert [len(bench.records) for bench in benches] == [2, 2]
            others[0].kill()
            write_standing(folders[0], structs.replace(read_standing(folders[0]), peers=peers[0]))
            others[0].start()
            for bench in benches:
                await until(lambda b=bench: len(b.records) == 3)  # type: ignore[misc]

    with ExitStack() as stack:
        start = stack.enter_context
        first = start(ServerProcess(tmp_path / "first", "--auth", "none"))
        second = start(ServerProcess(tmp_path / "second", "--auth", "none", "--follow", first.url))
        third = start(ServerProcess(tmp_path / "third", "--auth", "none", "--follow", first.url))
        run(main(first, second, third))
        lines = [line for one in (second, third) for line in one.log if "serves nobody any more" in line]
        assert len(lines) == 1
