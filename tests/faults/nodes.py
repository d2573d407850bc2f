"""Servers that share three NATS servers, each on lines of its own that can fail; and people's way to them."""

from __future__ import annotations

import asyncio
import random
import signal
from contextlib import AsyncExitStack
from pathlib import Path

from optiverse_collab.scripting import AsyncBench
from tests.helpers.nats_server import NatsServer
from tests.helpers.proxy import Proxy, proxy
from tests.helpers.server_process import ServerProcess

NODES = ("a", "b", "c")
LOOK_S = 0.3
PATIENCE_S = 3.0
"""After this long without an acknowledgement, newcomers are led to the next server; at once if it is down."""
FLUSH_S = 120.0
KEPT = 30
"""How many of a person's items stay on the bench."""

OPTIONS = ("--auth", "none", "--replicas", "3")


class Node:
    """A server, and its lines to NATS.

    Attributes:
        name: for the others.
        lines: to each NATS server.
        process: the server.
        is_up: whether it runs, and is not paused.
    """

    def __init__(self, name: str, lines: list[Proxy], folder: Path, *options: str) -> None:
        self.name, self.lines, self.is_up = name, lines, False
        store = ",".join(f"nats://127.0.0.1:{line.url.rpartition(':')[2]}" for line in lines)
        self.process = ServerProcess(
            folder / name,
            "--store",
            store,
            "--node",
            name,
            *OPTIONS,
            *options,
            module="tests.helpers.compacting_server",
        )

    async def start(self) -> None:
        """Start it; again, if it can't start because NATS has no leader at the moment."""
        deadline_s = asyncio.get_running_loop().time() + FLUSH_S
        while not self.is_up:
            try:
                await asyncio.to_thread(self.process.start)
                self.is_up = True
            except AssertionError:
                if asyncio.get_running_loop().time() > deadline_s:
                    raise
                await asyncio.sleep(LOOK_S)

    async def kill(self) -> None:
        """End it with SIGKILL."""
        self.is_up = False
        await asyncio.to_thread(self.process.kill)

    async def end(self) -> None:
        """End it with SIGTERM."""
        self.is_up = False
        await asyncio.to_thread(self.process.terminate)

    async def pause(self) -> None:
        """Let it stand still."""
        self.is_up = False
        self.process.send(signal.SIGSTOP)

    async def resume(self) -> None:
        """Let it go on."""
        self.process.send(signal.SIGCONT)
        self.is_up = True

    async def part(self) -> None:
        """Let nothing through between it and NATS; what is sent meanwhile arrives later."""
        for line in self.lines:
            line.stall()

    async def meet(self) -> None:
        """Let everything through again."""
        for line in self.lines:
            line.resume()


async def nodes(stack: AsyncExitStack, folder: Path, nats: list[NatsServer], *options: str) -> list[Node]:
    """All servers, started."""
    found: list[Node] = []
    for name in NODES:
        lines = [await stack.enter_async_context(proxy(one.port)) for one in nats]
        node = Node(name, lines, folder, *options)
        stack.callback(node.process.kill)
        await node.start()
        found.append(node)
    return found


class Front:
    """What leads the people of a session to a server, and to another one if nothing is acknowledged.

    Attributes:
        way: to the server.
        acknowledged_s: when something was acknowledged.
    """

    def __init__(self, way: Proxy, some: list[Node]) -> None:
        self.way, self._nodes = way, some
        self.acknowledged_s = self._turned_s = asyncio.get_running_loop().time()

    async def lead(self) -> None:
        """Watch, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            now_s = asyncio.get_running_loop().time()
            is_up = any(node.is_up and node.process.port == self.way.server_port for node in self._nodes)
            if not is_up or now_s - max(self.acknowledged_s, self._turned_s) > PATIENCE_S:
                self.turn()

    def turn(self) -> None:
        """Lead newcomers to the next server that runs."""
        self._turned_s = asyncio.get_running_loop().time()
        ports = [node.process.port for node in self._nodes if node.is_up]
        if ports:
            at = ports.index(self.way.server_port) if self.way.server_port in ports else -1
            self.way.server_port = ports[(at + 1) % len(ports)]


class Person:
    """Somebody who puts numbered items on a bench, and removes old ones.

    Attributes:
        put: the ids of the items that were acknowledged.
        is_over: whether to stop.
    """

    def __init__(self, name: str, bench: AsyncBench, front: Front) -> None:
        self.put: list[str] = []
        self.is_over = False
        self._name, self._bench, self._front = name, bench, front

    async def work(self, chance: random.Random) -> None:
        """Edit until it is over."""
        loop = asyncio.get_running_loop()
        while not self.is_over:
            id = f"{self._name}-{len(self.put)}"
            self._bench.put(id, "component", {"pos": [0.0, float(len(self.put))]})
            if len(self.put) >= KEPT:
                self._bench.remove(self.put[-KEPT])
            await self._bench.flush(FLUSH_S)
            self.put.append(id)
            self._front.acknowledged_s = loop.time()
            await asyncio.sleep(chance.uniform(0.0, 0.1))

    @property
    def newest(self) -> list[str]:
        """The items that should be on the bench."""
        return self.put[1 - KEPT :]
