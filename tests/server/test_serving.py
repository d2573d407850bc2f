"""How the server starts and stops: CLOSE-3 in docs/protocol.md."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from optiverse_collab.errors import StorageError
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.serving import at, running
from optiverse_collab_server.storage import MemoryStore
from tests.helpers.aio import run
from tests.helpers.live_server import live_server


def test_a_port_that_is_taken_leaves_nothing_open(tmp_path: Path) -> None:
    async def main() -> None:
        store, entrance = MemoryStore(), Entrance.open(tmp_path, trusts_own=True)
        with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="address"):
            async with running(store, at("127.0.0.1", taken.getsockname()[1]), entrance=entrance):
                pass
        for use in (store.sessions(), entrance.book.look_again()):
            with pytest.raises(StorageError):
                await use

    run(main())


def test_end_is_told_and_everything_is_stored() -> None:
    """CLOSE-3: 1001 with a reason, after the acknowledgement of all pushed changes."""
    store = MemoryStore()

    async def main() -> None:
        async with live_server(store) as server:
            ws = await connect(server.url + "/ws/default/ann", ping_interval=None)
            await ws.send('{"type":"sync:request","client_id":"1"}')
            await ws.send(
                '{"type":"push","changes":[{"client_clock":1,"ops":[{"op":"put","id":"a","kind":"k","props":{}}]}]}'
            )
            await ws.send('{"type":"ping"}')
            heard = [await ws.recv()]
            while '"pong"' not in heard[-1]:
                heard.append(await ws.recv())
        try:
            while True:
                heard.append(await ws.recv())
        except ConnectionClosed:
            pass
        assert any('"result":"commit"' in str(text) for text in heard)
        assert (ws.close_code, ws.close_reason) == (1001, "restarting")

    run(main())
