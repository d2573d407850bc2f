"""kill -9 of a server under load, and its standby takes over: STAND rules of docs/protocol.md."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
import sys
from contextlib import AsyncExitStack, ExitStack, redirect_stdout
from pathlib import Path
from urllib.parse import quote

import pytest

from optiverse_collab.core.records import Put, Set
from optiverse_collab.scripting import AsyncBench, Bench, connect
from optiverse_collab_server.cli.main import main as command
from optiverse_collab_server.storage import Retention
from tests.helpers.aio import run, until
from tests.helpers.cli import succeed
from tests.helpers.kept_session import NAME as KEPT
from tests.helpers.kept_session import KeptSession
from tests.helpers.server_process import ServerProcess
from tests.helpers.storage import database, tidy
from tests.helpers.window_process import Window, is_in, until_carried

pytestmark = pytest.mark.own_store

CLIENTS, EDITS = 3, 200


async def edit(bench: AsyncBench, id: str, acknowledged: dict[str, int]) -> None:
    """Count up in a record of one's own, and note what the server acknowledged."""
    bench.put(id, "counter", {"n": 0})
    for n in range(1, EDITS + 1):
        bench.set(id, {"n": n})
        await bench.flush()
        acknowledged[id] = n


def test_nothing_acknowledged_is_lost_with_the_server(tmp_path: Path) -> None:
    """STAND-4, STAND-6, STAND-7: the server and its folder are gone; everybody goes on with the standby."""

    async def main(first: ServerProcess, second: ServerProcess) -> None:
        acknowledged: dict[str, int] = {}
        link = f"{first.url}#also={quote(second.url, safe='')}"
        async with AsyncExitStack() as stack:
            users = [connect(link, "lab", f"user {n}") for n in range(CLIENTS)]
            benches = [await stack.enter_async_context(user) for user in users]
            editors = [
                asyncio.create_task(edit(bench, f"counter {n}", acknowledged))
                for n, bench in enumerate(benches)
            ]
            await until(lambda: sum(acknowledged.values()) > 100)
            first.kill()
            shutil.rmtree(tmp_path / "first")
            before = dict(acknowledged)
            assert await asyncio.to_thread(command, ["promote", "--data", str(tmp_path / "second")]) == 0
            async with connect(second.url, "lab", "auditor", wait=True) as auditor:
                for id, n in before.items():
                    assert auditor.records[id].props["n"] >= n
            await asyncio.gather(*editors)
            final = {f"counter {n}": {"n": EDITS} for n in range(CLIENTS)}
            for bench in benches:
                await until(lambda b=bench: {id: r.props for id, r in b.records.items()} == final)  # type: ignore[misc]

    with ExitStack() as stack:
        start = stack.enter_context
        first = start(ServerProcess(tmp_path / "first", "--auth", "none", "--sync-standby"))
        second = start(ServerProcess(tmp_path / "second", "--auth", "none", "--follow", first.url))
        run(main(first, second))
        assert second.until_says(r"This server serves from now on \(term \d+\)")


def test_whoever_is_there_needs_no_link_to_the_standby(tmp_path: Path) -> None:
    """STAND-9: it was started while they worked."""

    async def main(first: ServerProcess, stack: ExitStack) -> None:
        async with connect(first.url, "lab", "Ana") as ana:
            ana.put("lens", "component", {"n": 1})
            await ana.flush()
            folder = tmp_path / "second"
            second = stack.enter_context(ServerProcess(folder, "--auth", "none", "--follow", first.url))
            first.until_says("participants learn that it is at")
            session = ana._session
            await until(lambda: session.safekeeping.standby == second.url)
            first.kill()
            assert await asyncio.to_thread(command, ["promote", "--data", str(folder)]) == 0
            ana.set("lens", {"n": 2})
            await ana.flush()
            with Bench(second.url, "lab", "auditor") as there:
                assert there.records["lens"].props["n"] == 2

    with ExitStack() as stack:
        run(main(stack.enter_context(ServerProcess(tmp_path / "first", "--auth", "none")), stack))


def stored_clock(data: Path) -> int:
    """The clock of the session in a data folder, as the command shows it."""
    with redirect_stdout(io.StringIO()) as output:
        command(["sessions", "--json", "--data", str(data)])
    return max((one["change"] for one in json.loads(output.getvalue())), default=0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that ends a program cleanly")
def test_windows_give_the_standby_what_it_lacks(tmp_path: Path) -> None:
    """STAND-7, BACK-5 to BACK-10: it was away for the last changes, and the server's disk is gone."""
    with ExitStack() as stack:
        start = stack.enter_context
        first = start(ServerProcess(tmp_path / "first", "--auth", "none"))
        second = start(ServerProcess(tmp_path / "second", "--auth", "none", "--follow", first.url))
        home = tmp_path / "home"
        home.mkdir()
        ana = Window("demo", home)
        stack.callback(ana.kill)
        ana.do(join=[f"{first.url}#also={quote(second.url, safe='')}", "lab", "Ana"])
        ana.until(is_in)
        ana.do(add=[0.0, 0.0])
        [lens] = ana.until(lambda state: is_in(state) and bool(state["places"]))["places"]
        second.until_says("Session lab is being copied")
        run(until(lambda: stored_clock(tmp_path / "second") > 0))
        second.kill()
        with Bench(first.url, "lab", "script") as bench:
            for number in range(50):
                bench[lens].move(float(number), 5.0)
                bench.flush()
            last = bench.clock
        until_carried(home, last)
        first.kill()
        shutil.rmtree(tmp_path / "first")
        second.start()
        assert command(["promote", "--data", str(tmp_path / "second")]) == 0
        second.until_says(r"Session lab: \d+ change\(s\) that it had lost came back")
        state = ana.until(is_in)
        assert state["places"] == {lens: [49.0, 5.0]}
        with Bench(second.url, "lab", "auditor") as bench:
            assert bench.clock == last


def fill(folder: Path) -> None:
    """A session whose server has dropped the history around a version of the clock 1."""
    with database(folder, Retention(bytes=0)) as made:
        session = KeptSession(made)
        session.change(Put("m3", "component", {"name": "M3", "pos": [0.0, 0.0]}))
        session.change(Set("m3", {"pos": [3.0, 4.0]}))
        session.keep("good", 1)
        session.begin_chunk()
        tidy(made)


def test_old_versions_come_along(tmp_path: Path) -> None:
    """STAND-12, HIST-15: they are listed, shown and restored on the standby."""
    fill(tmp_path / "first")
    with ExitStack() as stack:
        start = stack.enter_context
        first = start(ServerProcess(tmp_path / "first", "--auth", "none"))
        second = start(ServerProcess(tmp_path / "second", "--auth", "none", "--follow", first.url))
        second.until_says(r"1 bench\(es\) of older versions were copied")
        first.kill()
        shutil.rmtree(tmp_path / "first")
        assert command(["promote", "--data", str(tmp_path / "second")]) == 0
        second.until_says("This server serves from now on")
        there = ["--server", second.url, "--session", KEPT]
        assert '  1  "good", kept by ' in succeed("versions", *there)
        assert succeed("show", "good", *there).splitlines()[0] == '"M3" at (0.0, 0.0) mm'
        assert succeed("restore", "good", *there) == 'Moved "M3" by 5.0 mm\n'
