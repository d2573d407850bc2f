"""How the server starts and stops: CLOSE-3 in docs/protocol.md."""

from __future__ import annotations

import logging
import socket
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from optiverse_collab.errors import StorageError
from optiverse_collab_server import hub, serving
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.serving import at, running
from optiverse_collab_server.storage import MemoryStore
from tests.helpers.aio import run, until
from tests.helpers.gated_store import GatedStore
from tests.helpers.live_server import live_server, soon
from tests.server.cli.folders import put


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


@pytest.mark.parametrize("comes_back", [False, True])
def test_a_disk_that_hangs_keeps_no_server(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, comes_back: bool
) -> None:
    """CLOSE-3: not even if its last participant has just left, or waits until that session is closed."""
    monkeypatch.setattr(hub, "STORE_SECONDS", 0.1)
    monkeypatch.setattr(serving, "ENDS_SECONDS", 0.1)
    store = GatedStore()

    async def main() -> None:
        async with AsyncExitStack() as stack, live_server(store) as server:
            async with server.client("ann") as ann:
                await ann.sync("a")
                store.gate.clear()
                change = {"client_clock": 1, "ops": [put("a")]}
                await ann.send({"type": "push", "changes": [change]})
                await soon(ann)
            if comes_back:
                await stack.enter_async_context(server.asking("ann"))
            await until(lambda: "User ann left session" in caplog.text)

    with caplog.at_level(logging.INFO), pytest.raises(StorageError, match="Storage does not answer"):
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
