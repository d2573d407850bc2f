"""The connections of a worker: another process has accepted them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import tempfile
from pathlib import Path
from typing import cast

from websockets.asyncio.server import Server as WebSocketServer
from websockets.asyncio.server import ServerConnection
from websockets.server import ServerProtocol

from optiverse_collab.core.limits import Limits
from optiverse_collab_server.app import App
from optiverse_collab_server.serving import CONNECTION, ORIGINS, listening, select_subprotocol

log = logging.getLogger("optiverse_collab_server")


class Incoming:
    """Takes connections, after `listen` has made a server for them."""

    def __init__(self) -> None:
        self._app: App | None = None
        self._server: WebSocketServer | None = None
        self._limits = Limits()
        self._connecting: set[asyncio.Task[None]] = set()

    @property
    def is_late(self) -> bool:
        """Whether the server serves nobody for now."""
        return self._app is None or bool(self._app.not_ready)

    async def listen(self, app: App, limits: Limits) -> WebSocketServer:
        """Make a server that listens nowhere: on a Unix socket whose name is gone at once."""
        self._app, self._limits = app, limits
        with tempfile.TemporaryDirectory() as folder:
            self._server = await listening(app, limits, unix=True, path=str(Path(folder) / "unused"))
        return self._server

    def take(self, peer: socket.socket) -> None:
        """Serve a connection whose peer waits for the answer to its request, which was not read yet."""
        task = asyncio.create_task(self._connect(peer))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def _connect(self, peer: socket.socket) -> None:
        app, server = self._app, self._server
        assert app is not None
        assert server is not None
        protocol = ServerProtocol(
            origins=ORIGINS,
            select_subprotocol=select_subprotocol,
            max_size=self._limits.message_bytes,
        )
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):  # the peer is gone
            await loop.connect_accepted_socket(
                lambda: cast("ServerConnection", app.accept(protocol, server, **CONNECTION)), peer
            )
