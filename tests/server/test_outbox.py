"""Outgoing messages of one connection: LIM-9 and PRES-3 of docs/protocol.md."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

import pytest

from optiverse_collab.core.protocol.message import Message
from optiverse_collab_server import outbox
from tests.helpers.aio import run, until
from tests.helpers.live_server import RawClient, live_server, soon


def test_presence_is_left_out_first_and_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """PRES-3: a slow reader misses presence, not changes; later it gets all current presence."""
    monkeypatch.setattr(outbox, "PRESENCE_QUEUED_BYTES", 200_000)
    monkeypatch.setattr(outbox, "SOCKET_BUFFER_BYTES", 50_000)

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann, server.stalled("slow") as slow:
            await ann.sync("1")
            put = {"op": "put", "id": "a", "kind": "k", "props": {"x": "y" * 100_000}}
            for clock in range(1, 70):
                await ann.push(clock, put)
                await slow.send({"type": "have", "clock": clock})  # it has read less
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
    """SYNC-4: many pages, and edits meanwhile; the reader sees no gap."""

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


def test_fault_while_writing_closes_its_connection_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """CLOSE-1: 1011, and the stack is in the log."""

    def fail(message: Message) -> str:
        raise RuntimeError(f"unexpected {message}")

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann, server.client("bob") as bob:
            await bob.sync("2")
            monkeypatch.setattr(outbox, "encode", fail)
            await ann.send({"type": "sync:request", "client_id": "1"})
            assert await ann.closed() == (1011, "internal_error")
            await soon(bob)

    run(main())
    assert "Writing to a connection failed" in caplog.messages


def test_one_who_goes_while_pages_wait_ends_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-9: the messages queued for it are dropped."""
    monkeypatch.setattr(outbox, "SOCKET_BUFFER_BYTES", 50_000)

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann:
            await ann.sync("1")
            for n in range(60):
                await ann.push(
                    n + 1, {"op": "put", "id": f"r{n}", "kind": "k", "props": {"x": "y" * 200_000}}
                )
            async with server.client("slow", max_queue=1) as slow:
                slow.ws.transport.pause_reading()
                await slow.send({"type": "sync:request", "client_id": "2"})
                await slow.send({"type": "presence", "state": {"cursor": [0, 0]}})
                await ann.receive("presence")  # so the server has read the request
                slow.ws.transport.abort()
                assert (await ann.receive("user:left"))["user_id"] == "slow"
            await soon(ann)

    run(main())


def test_pages_behind_what_is_not_read_end_the_connection(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """LIM-14, HIST-4: even if the receiver stopped reading before it asked; only frames may be queued."""
    monkeypatch.setattr(outbox, "STALLED_SECONDS", 0.3)
    monkeypatch.setattr(outbox, "SOCKET_BUFFER_BYTES", 50_000)

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann, server.stalled("slow") as slow:
            await ann.sync("1")
            put = {"op": "put", "id": "a", "kind": "k", "props": {"x": "y" * 100_000}}
            for clock in range(1, 70):
                await ann.push(clock, put)
                await slow.send({"type": "have", "clock": clock})  # it has read less
            await asyncio.sleep(0.8)
            await soon(ann)
            assert "too_slow" not in caplog.text
            await slow.send({"type": "past:request", "request": 1, "clock": 1})
            await until(lambda: "Closing the connection of slow (too_slow)" in caplog.text)

    run(main())


def test_server_does_not_wait_long_for_one_who_does_not_read(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """CLOSE-3: a reader gets the close; somebody who doesn't read delays it by a second or two."""
    monkeypatch.setattr(outbox, "SOCKET_BUFFER_BYTES", 50_000)

    async def main() -> None:
        async with AsyncExitStack() as clients:
            async with live_server() as server:
                ann = await clients.enter_async_context(server.client("ann"))
                await clients.enter_async_context(server.stalled("stalled"))
                await ann.sync("1")
                for clock in range(1, 20):
                    props = {"x": "y" * 400_000}
                    await ann.push(clock, {"op": "put", "id": "a", "kind": "k", "props": props})
            assert await ann.closed() == (1001, "restarting")

    run(main())
    assert "stalled reads too slowly for the last messages; it will catch up later" in caplog.messages


@pytest.mark.parametrize("size", [0, 1, 10, 11, 35])
def test_long_message_leaves_in_several_frames(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """HB-5"""
    monkeypatch.setattr(outbox, "FRAME_BYTES", 10)
    wire, payload = outbox.Frame(b"x" * size).wire, b""
    lengths: list[int] = []
    while wire:
        opcode, length = wire[0], wire[1]
        assert opcode == (0 if lengths else 1) | (0x80 if len(payload) + length == size else 0)
        payload += wire[2 : 2 + length]
        wire = wire[2 + length :]
        lengths.append(length)
    assert payload == b"x" * size
    assert max(lengths) <= 10
    assert len(lengths) == max(1, -(-size // 10))


def test_long_message_arrives_whole() -> None:
    """HB-5: pages and patches with characters of several bytes."""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann, server.client("bob") as bob:
            await ann.sync("1")
            await bob.sync("2")
            put = {"op": "put", "id": "r", "kind": "k", "props": {"x": "ä☃" * 40_000}}
            await ann.push(1, put)
            assert (await bob.receive("patch"))["changes"][0]["ops"] == [put]
            await bob.send({"type": "sync:request", "client_id": "3"})
            assert (await bob.receive("sync:full_state"))["records"][0]["props"] == put["props"]

    run(main())
