"""A live session and its storage: DUR rules of docs/protocol.md."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.server.journal import Snapshot
from optiverse_collab.core.server.names import NameKind
from optiverse_collab.errors import DatabaseDamaged
from optiverse_collab_server import chunking
from optiverse_collab_server.storage import MemoryStore, Stored
from optiverse_collab_server.storage.api import ANY_SIZE
from tests.helpers.aio import run, until
from tests.helpers.gated_store import GatedStore
from tests.helpers.live_server import live_server, soon

PUT = {"op": "put", "id": "lens", "kind": "component", "props": {"x": 0}}


def test_session_whose_storage_fails_starts_again_from_it() -> None:
    """DUR-3: 1011, nothing acknowledged; the stored changes are there when the disk works again."""

    async def main() -> None:
        store = GatedStore()
        async with live_server(store) as server:
            async with server.client("ann") as ann, server.client("bob", session="other") as bob:
                await ann.sync("1")
                await ann.push(1, PUT)
                store.broken = True
                await ann.send(
                    {"type": "push", "changes": [{"client_clock": 2, "ops": [{**PUT, "id": "lost"}]}]}
                )
                assert await ann.closed() == (1011, "session_failed")
                await soon(bob)
            store.broken = False
            async with server.client("ann") as ann:
                page = await ann.sync("1")
                assert [record["id"] for record in page["records"]] == ["lens"]
                assert page["client_clock"] == 1
                assert (await ann.push(2, {**PUT, "id": "again"}))["result"] == "commit"

    run(main())


def test_session_that_cannot_be_loaded_closes_no_other() -> None:
    """DUR-3: a damaged session is not served; its neighbour is."""

    class HalfDamaged(MemoryStore):
        async def load(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
            if session_id == "damaged":
                raise DatabaseDamaged("The session is damaged; restore a backup.")
            return await super().load(session_id, most)

    async def main() -> None:
        async with live_server(HalfDamaged()) as server:
            async with connect(server.url + "/ws/damaged/ann") as ws:
                with pytest.raises(ConnectionClosed):
                    await ws.recv()
                assert ws.close_code == 1011
            async with server.client("ann", session="whole") as ann:
                await soon(ann)

    run(main())


def test_nothing_leaves_before_it_is_durable() -> None:
    """DUR-1: neither the change, nor its acknowledgement, nor a page that contains it."""

    async def main() -> None:
        store = GatedStore()
        async with live_server(store) as server, server.client("ann") as ann, server.client("bob") as bob:
            await ann.sync("1")
            await bob.sync("2")
            store.gate.clear()
            await ann.send({"type": "push", "changes": [{"client_clock": 1, "ops": [PUT]}]})
            await soon(ann)
            async with server.client("eve") as eve:
                await eve.send({"type": "sync:request", "client_id": "3"})
                for client, other in ((ann, bob), (bob, eve), (eve, ann)):
                    await other.send({"type": "presence", "state": {"cursor": [1, 1]}})
                    await client.receive("presence")
                    await client.send({"type": "ping"})
                    seen = [await client.receive()]
                    while seen[-1]["type"] != "pong":
                        seen.append(await client.receive())
                    assert {message["type"] for message in seen} <= {"user:joined", "presence", "pong"}
                store.gate.set()
                assert (await ann.receive("patch"))["acks"][0]["result"] == "commit"
                assert len((await bob.receive("patch"))["changes"]) == 1
                assert (await eve.receive("sync:full_state"))["clock"] == 1

    run(main())


def test_what_waits_for_the_disk_is_stored_together() -> None:
    """DUR-2: group commit."""

    async def main() -> None:
        store = GatedStore()
        async with live_server(store) as server, server.client("ann") as ann:
            await ann.sync("1")
            await ann.push(1, PUT)
            store.gate.clear()
            for clock in range(2, 50):
                await ann.send({"type": "push", "changes": [{"client_clock": clock, "ops": [PUT]}]})
            await soon(ann)
            store.gate.set()
            acked = 1
            while acked < 49:
                acked += len((await ann.receive("patch")).get("acks", []))
            assert sum(store.batches) == 49
            assert len(store.batches) <= 4

    run(main())


def test_chunks_are_begun_and_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """DUR-4, DUR-5: a session that reopens from its newest chunk is the same."""
    monkeypatch.setattr(chunking, "CHUNK_ENTRIES", 10)

    async def main() -> None:
        store = GatedStore()
        async with live_server(store) as server, server.client("ann") as ann:
            await ann.sync("1")
            for clock in range(1, 36):
                await ann.push(clock, {**PUT, "props": {"x": clock}})
            await until(lambda: len(store.chunks) >= 4)
        stored = await store.load("default")
        assert stored is not None
        assert stored.snapshot.clock >= 20
        assert len(stored.entries) == 35 - stored.snapshot.clock
        async with live_server(store) as server, server.client("ann") as ann:
            page = await ann.sync("1")
            assert (page["clock"], page["client_clock"]) == (35, 35)
            assert page["records"][0]["props"] == {"x": 35}
            assert page["epoch"] == stored.snapshot.epoch

    run(main())


def test_chunk_that_cannot_be_begun_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its entries go to the old chunk; the next attempt comes after as many more."""
    monkeypatch.setattr(chunking, "CHUNK_ENTRIES", 10)

    async def main() -> None:
        store = GatedStore()
        async with live_server(store) as server, server.client("ann") as ann:
            await ann.sync("1")
            await ann.push(1, PUT)
            store.full = True
            for clock in range(2, 16):
                assert (await ann.push(clock, {**PUT, "props": {"x": clock}}))["result"] == "commit"
            store.full = False
            assert caplog.text.count("The log of session default stays unchanged: The disk is full") == 1
            for clock in range(16, 26):
                await ann.push(clock, {**PUT, "props": {"x": clock}})
            await until(lambda: len(store.chunks) == 2)
        stored = await store.load("default")
        assert stored is not None
        assert stored.snapshot.clock + len(stored.entries) == 25

    run(main())


def test_names_of_a_refused_change_are_not_stored() -> None:
    """Each name is stored with the first entry that refers to it, and no other name is."""

    async def main() -> None:
        store = GatedStore()
        async with live_server(store) as server, server.client("ann") as ann, server.client("bob") as bob:
            await ann.sync("1")
            await bob.sync("2")
            mixed = [PUT, {**PUT, "id": "note", "lane": "talk"}]
            assert (await ann.push(1, *mixed))["result"] == "refused"
            assert (await bob.push(1, PUT))["result"] == "commit"
        stored = await store.load("default")
        assert stored is not None
        texts = {(name.kind, name.number): name.text for name in stored.names}
        assert texts == {(NameKind.AUTHOR, 1): "bob", (NameKind.ORIGIN, 1): origin_of("2")}

    run(main())


def test_empty_session_is_closed_and_opened_again() -> None:
    """A session needs no memory while it is empty."""

    async def main() -> None:
        async with live_server() as server:
            for round_ in range(3):
                async with server.client("ann") as ann:
                    page = await ann.sync("1")
                    assert page["clock"] == round_
                    await ann.push(round_ + 1, PUT)

    run(main())


def test_fault_in_a_session_closes_it_and_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """DUR-3: whatever failed, unstored changes do not leave the server."""

    class Faulty(GatedStore):
        async def append(self, session_id: str, *new: Any) -> None:
            if session_id == "faulty":
                raise RuntimeError("unexpected")
            await super().append(session_id, *new)

    async def main() -> None:
        async with (
            live_server(Faulty()) as server,
            server.client("ann", session="faulty") as ann,
            server.client("bob") as bob,
        ):
            await ann.sync("1")
            await bob.sync("2")
            await ann.send({"type": "push", "changes": [{"client_clock": 1, "ops": [PUT]}]})
            assert await ann.closed() == (1011, "session_failed")
            assert (await bob.push(1, PUT))["result"] == "commit"

    run(main())
    assert "Session faulty failed" in caplog.messages


def test_what_arrives_after_a_failure_is_not_taken(caplog: pytest.LogCaptureFixture) -> None:
    """DUR-3: a message was on its way when storage failed; its author sends it again."""

    async def main() -> None:
        store = GatedStore()
        async with live_server(store) as server:
            async with server.client("ann") as ann:
                await ann.sync("1")
                store.broken = True
                ann.ws.transport.pause_reading()
                for clock in (1, 2):
                    await ann.send({"type": "push", "changes": [{"client_clock": clock, "ops": [PUT]}]})
                    await until(lambda: "can't be stored" in caplog.text)
                ann.ws.transport.resume_reading()
                assert await ann.closed() == (1011, "session_failed")
            store.broken = False
            async with server.client("ann") as ann:
                assert (await ann.sync("1"))["client_clock"] == 0

    run(main())
    assert caplog.text.count("can't be stored") == 1


def test_server_waits_for_the_chunk_that_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """DUR-5: when it stops; and it begins no other chunk meanwhile."""
    monkeypatch.setattr(chunking, "CHUNK_ENTRIES", 10)

    class SlowStore(GatedStore):
        """A store whose chunks are slow, except the first."""

        ready: asyncio.Event

        async def begin_chunk(self, session_id: str, snapshot: Snapshot) -> int:
            if snapshot.clock:
                await self.ready.wait()
            return await super().begin_chunk(session_id, snapshot)

    async def main() -> None:
        store = SlowStore()
        store.ready = asyncio.Event()
        async with live_server(store) as server, server.client("ann") as ann:
            await ann.sync("1")
            for clock in range(1, 31):
                await ann.push(clock, {**PUT, "props": {"x": clock}})
            assert [snapshot.clock for snapshot in store.chunks] == [0]
            asyncio.get_running_loop().call_later(0.05, store.ready.set)
        assert [snapshot.clock for snapshot in store.chunks] == [0, 11]
        stored = await store.load("default")
        assert stored is not None
        assert (stored.snapshot.clock, len(stored.entries)) == (11, 19)

    run(main())


def test_debug_log_has_each_message(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "optiverse_collab_server")

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann:
            await soon(ann)

    run(main())
    assert "← Ping from ann" in caplog.messages
