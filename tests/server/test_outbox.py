"""What leaves through one connection: LIM-9 and PRES-3 of docs/protocol.md."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from optiverse_collab_server import outbox
from tests.helpers.aio import run
from tests.helpers.live_server import RawClient, live_server, soon


def test_presence_is_left_out_first_and_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """PRES-3: a reader that is behind misses presence, not changes; then it gets all of it."""
    monkeypatch.setattr(outbox, "PRESENCE_QUEUED_BYTES", 200_000)
    monkeypatch.setattr(outbox, "SOCKET_BUFFER_BYTES", 50_000)

    async def main() -> None:
        async with (
            live_server() as server,
            server.client("ann") as ann,
            server.client("slow", max_queue=1, close_timeout=0.5) as slow,
        ):
            await ann.sync("1")
            await slow.sync("2")
            slow.ws.transport.pause_reading()
            put = {"op": "put", "id": "a", "kind": "k", "props": {"x": "y" * 100_000}}
            for clock in range(1, 70):
                await ann.push(clock, put)
                await ann.send({"type": "presence", "state": {"cursor": [clock, 0]}})
                await soon(ann)
            slow.ws.transport.resume_reading()
            clocks: list[int] = []
            presence: list[dict[str, Any]] = []
            while not presence or not presence[-1].get("full"):
                message = await slow.receive("patch", "presence")
                if message["type"] == "patch":
                    clocks += [change["clock"] for change in message["changes"]]
                else:
                    presence.append(message)
            assert clocks == list(range(1, 70))
            assert presence[-1]["participants"][ann.ack["connection_id"]] == {"cursor": [69, 0]}
            assert len(presence) < 69

    run(main())


def test_pages_keep_their_place_in_the_stream() -> None:
    """SYNC-4: many pages, and edits meanwhile; the reader can follow without a gap."""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann, server.client("bob") as bob:
            await ann.sync("1")
            for n in range(40):
                await ann.push(n + 1, {"op": "put", "id": f"r{n}", "kind": "k", "props": {"x": "y" * 50_000}})
            await bob.send({"type": "sync:request", "client_id": "2"})
            edits = asyncio.create_task(_edit(ann, 41, 80))
            records, clock, pages = 0, -1, 0
            while True:
                message = await bob.receive("sync:full_state", "patch")
                if message["type"] == "patch":
                    for change in message["changes"]:
                        assert change["clock"] == clock + 1
                        clock = change["clock"]
                    if clock == 80:
                        break
                    continue
                assert len(json.dumps(message)) < 600_000
                records, clock, pages = records + len(message["records"]), message["clock"], pages + 1
            await edits
            assert records == 40
            assert pages >= 7

    async def _edit(client: RawClient, first: int, last: int) -> None:
        for clock in range(first, last + 1):
            await client.push(clock, {"op": "set", "id": "r0", "props": {"n": clock}})

    run(main())
