"""Two windows and a server, each a process, and a faulty network between one window and the server."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from optiverse_collab.demo.templates import TEMPLATES
from optiverse_collab.scripting import connect
from optiverse_collab_server.storage.rows import unpack
from optiverse_collab_server.storage.schema import FILE_NAME
from tests.helpers.proxy import Proxy, proxy
from tests.helpers.server_process import ServerProcess
from tests.helpers.window_process import Window

SESSION = "lab"
LENS = next(template for template in TEMPLATES if template.key == "lens")
DEADLINE_S = 120.0
"""Nothing that must happen may take longer, on any machine; how long it does take is measured."""

State = dict[str, Any]


def lens(number: int) -> str:
    """The id of a lens on the bench."""
    return f"lens-{number:04d}"


class Rig:
    """Ann behind the network, Bob beside the server.

    Args:
        folder: for the server's data and Ann's home.
        server: the process.
        network: between Ann and the server.

    Attributes:
        server: the process.
        network: between Ann and the server.
        ann, bob: the windows.
        home: Ann's home folder.
    """

    def __init__(self, folder: Path, server: ServerProcess, network: Proxy) -> None:
        self.server, self.network = server, network
        self.home = folder / "ann"
        self.home.mkdir()
        self._data = folder / "data"
        self._names: list[str] = []
        self.ann, self.bob = Window("demo", self.home), Window("demo")

    async def fill(self, count: int) -> None:
        """Put lenses into the session."""
        async with connect(self.server.url, SESSION, "Carla") as bench:
            for number in range(count):
                place = [40.0 * (number % 50), 60.0 * (number // 50)]
                bench.put(lens(number), LENS.kind, {**LENS.props, "pos": place})
            await bench.flush()

    async def join(self, window: Window, url: str = "") -> None:
        """Let a window begin to join: Ann through the network, Bob past it unless he is told where."""
        of_ann = window is self.ann
        usual = self.network.url if of_ann else self.server.url
        await do(window, join=[url or usual, SESSION, "Ann" if of_ann else "Bob"])

    async def join_all(self) -> None:
        """Let both windows in."""
        for window in (self.bob, self.ann):
            await self.join(window)
            await self.settle(window)

    async def settle(self, window: Window) -> None:
        """Wait until a window is in the session, and all that was done there is at the server."""
        state = await until(window, settled)
        assert settled(state), state

    async def rename(self, window: Window, owner: str, ids: Sequence[str]) -> None:
        """Let a window make edits that can be counted; each name is given once."""
        self._names += [f"{owner} {id}" for id in ids]
        await do(window, rename=[owner, list(ids)])

    async def again(self) -> None:
        """Start Ann's window again, as the same user."""
        self.ann.kill()
        self.ann = Window("demo", self.home)
        await self.join(self.ann)

    async def verdict(self) -> list[str]:
        """End the server, and say what is wrong: windows that differ, edits lost or doubled, ghosts."""
        problems = await self._differences_at_last()
        users = (await until(self.bob, lambda state: state["users"] == 2))["users"]
        if users != 2:
            problems.append(f"there seem to be {users} people")
        self.server.kill()
        counts = Counter(
            op["props"]["name"]
            for op in stored_operations(self._data)
            if op["op"] == "set" and "name" in op["props"]
        )
        odd = [name for name in self._names if counts[name] != 1]
        return problems + [f"the server stored {name!r} {counts[name]} times" for name in odd]

    async def _differences_at_last(self) -> list[str]:
        deadline = time.monotonic() + DEADLINE_S
        while (found := await self._differences()) and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        return found

    async def _differences(self) -> list[str]:
        async with connect(self.server.url, SESSION, "Carla", wait=True) as bench:
            truth = {id: [record.kind, dict(record.props)] for id, record in bench.records.items()}
        truth = json.loads(json.dumps(truth))
        found = []
        for name, window in (("Ann", self.ann), ("Bob", self.bob)):
            shown = (await do(window, content=[], look=[]))["content"]
            odd = [id for id in {*truth, *shown} if truth.get(id) != shown.get(id)]
            if odd:
                found.append(f"{name}'s window differs from the server in {len(odd)} of {len(truth)} items")
        return found


def stored_operations(data: Path) -> list[dict[str, Any]]:
    """Every operation in a server's data folder, in order."""
    with closing(sqlite3.connect(data / FILE_NAME)) as database:
        rows = database.execute("SELECT packed, data FROM log ORDER BY first").fetchall()
    entries = [entry for packed, row in rows for entry in json.loads(unpack(row) if packed else row)]
    return [op for entry in entries for op in entry["ops"]]


@asynccontextmanager
async def rig() -> AsyncIterator[Rig]:
    """A `Rig` in a folder of its own; all of its processes end with the block."""
    with tempfile.TemporaryDirectory() as name, ServerProcess(Path(name, "data")) as server:
        async with proxy(server.port) as network:
            it = Rig(Path(name), server, network)
            try:
                yield it
            finally:
                it.ann.kill()
                it.bob.kill()


async def do(window: Window, **commands: Any) -> State:
    """Let a window do something while the network goes on; returns how it stands then."""
    return await asyncio.to_thread(window.do, **commands)


async def until(window: Window, condition: Callable[[State], object], within_s: float = DEADLINE_S) -> State:
    """Ask a window how it stands until `condition` holds, or time is up; returns how it stands."""
    deadline = time.monotonic() + within_s
    # Another process has no events.
    while not condition(state := await do(window, look=[])) and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    return state


def in_step(state: State) -> bool:
    """Whether a window is in the session and the server has everything."""
    return state["status"] == "connected" and not state["pending"]


def settled(state: State) -> bool:
    """Whether, besides, the user has done everything."""
    return in_step(state) and not state["busy"]
