"""Two windows and a server, each a process, and a faulty network between one window and the server."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.faults.session import SESSION, differences, do, names_stored, settled, until
from tests.helpers.proxy import Proxy, proxy
from tests.helpers.server_process import ServerProcess
from tests.helpers.window_process import Window


class Rig:
    """Ann behind the faulty network, Bob next to the server.

    Args:
        folder: holds the server's data and Ann's home.
        server: the server's process.
        network: the network between Ann and the server.

    Attributes:
        server: the server's process.
        network: the network between Ann and the server.
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

    async def join(self, window: Window, url: str = "") -> None:
        """Start joining with a window: Ann through the network, Bob directly unless an address is given."""
        of_ann = window is self.ann
        usual = self.network.url if of_ann else self.server.url
        await do(window, join=[url or usual, SESSION, "Ann" if of_ann else "Bob"])

    async def join_all(self) -> None:
        """Let both windows join."""
        for window in (self.bob, self.ann):
            await self.join(window)
            await self.settle(window)

    async def settle(self, window: Window) -> None:
        """Wait until a window is in the session and all its edits are at the server."""
        state = await until(window, settled)
        assert settled(state), state

    async def rename(self, window: Window, owner: str, ids: Sequence[str]) -> None:
        """Let a window make countable edits; each name is given once."""
        self._names += [f"{owner} {id}" for id in ids]
        await do(window, rename=[owner, list(ids)])

    async def again(self) -> None:
        """Start Ann's window again, as the same user."""
        self.ann.kill()
        self.ann = Window("demo", self.home)
        await self.join(self.ann)

    async def verdict(self) -> list[str]:
        """End the server, and report problems: windows that differ, lost or doubled edits, ghosts."""
        problems = await differences(self.server, {"Ann": self.ann, "Bob": self.bob})
        users = (await until(self.bob, lambda state: state["users"] == 2))["users"]
        if users != 2:
            problems.append(f"there seem to be {users} people")
        self.server.kill()
        counts = names_stored(self._data)
        odd = [name for name in self._names if counts[name] != 1]
        return problems + [f"the server stored {name!r} {counts[name]} times" for name in odd]


@asynccontextmanager
async def rig() -> AsyncIterator[Rig]:
    """A `Rig` in a separate folder; all its processes end with the block."""
    with tempfile.TemporaryDirectory() as name, ServerProcess(Path(name, "data")) as server:
        async with proxy(server.port) as network:
            it = Rig(Path(name), server, network)
            try:
                yield it
            finally:
                it.ann.kill()
                it.bob.kill()
