"""A real server and raw WebSockets: MSG, HB, LIM and CLOSE rules of docs/protocol.md."""

from __future__ import annotations

import asyncio
import logging
import re
from datetime import datetime

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from optiverse_collab.core.limits import Limits
from optiverse_collab_server import outbox
from optiverse_collab_server.storage import MemoryStore, Stored
from optiverse_collab_server.storage.api import ANY_SIZE
from tests.helpers.aio import run, until
from tests.helpers.live_server import live_server, soon

PUT = {"op": "put", "id": "lens", "kind": "component", "props": {"pos": [0.0, 0.0]}}


@pytest.mark.parametrize(
    "path",
    [*"/ /ws /ws/a /ws/a/b/c /ws//b /ws/a/ /w/a/b /ws/../b /ws/a/%20".split(), f"/ws/a/{'x' * 129}"],
)
def test_any_other_path_is_refused_with_a_sentence(path: str) -> None:
    """MSG-4."""

    async def main() -> None:
        async with live_server() as server:
            with pytest.raises(InvalidStatus) as refusal:
                await connect(server.url + path)
            assert refusal.value.response.status_code == 404
            assert refusal.value.response.body.decode().endswith(".\n")

    run(main())


def test_web_pages_are_refused() -> None:
    """A web page that somebody visits must not reach a server on their machine."""

    async def main() -> None:
        async with live_server() as server:
            with pytest.raises(InvalidStatus) as refusal:
                await connect(server.url + "/ws/a/b", origin=Origin("https://example.org"))
            assert refusal.value.response.status_code == 403

    run(main())


def test_no_subprotocol_is_served_and_another_is_closed() -> None:
    """MSG-3."""

    async def main() -> None:
        async with live_server() as server:
            async with server.client("old", subprotocols=None) as client:
                assert client.ack["protocol"] == 3
            for version in ("v2", "v9"):
                offered = [Subprotocol(f"optiverse-collab.{version}")]
                async with connect(server.url + "/ws/a/b", subprotocols=offered) as ws:
                    with pytest.raises(ConnectionClosed):
                        await ws.recv()
                    assert (ws.close_code, ws.close_reason) == (4426, "version")

    run(main())


def test_full_session_is_closed_with_its_reason() -> None:
    """LIM-7."""

    async def main() -> None:
        async with live_server(limits=Limits(participants=1)) as server, server.client("ann") as ann:
            async with connect(server.url + "/ws/default/bob") as ws:
                with pytest.raises(ConnectionClosed):
                    await ws.recv()
                assert (ws.close_code, ws.close_reason) == (4503, "session_full")
            async with server.client("bob", session="other"):
                await soon(ann)

    run(main())


def test_silent_connection_is_closed() -> None:
    """HB-2: a connection with a heartbeat is not."""

    async def main() -> None:
        async with live_server(silence_seconds=1.0) as server, server.client("ann") as ann:
            async with server.client("bob") as bob:
                closing = asyncio.create_task(bob.closed())
                while not closing.done():
                    await soon(ann)
                    await asyncio.wait([closing], timeout=0.1)
                assert closing.result() == (4408, "silent")
            await soon(ann)

    run(main())


def test_slow_reader_is_closed_and_nobody_waits(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """LIM-9: only its own queue fills up; the others get everything."""
    monkeypatch.setattr(outbox, "MAX_QUEUED_BYTES", 512 * 1024)

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann, server.client("bob") as bob:
            async with server.client("slow", max_queue=1) as slow:
                for client in (ann, bob, slow):
                    await client.sync(client.ack["user_id"])
                slow.ws.transport.pause_reading()
                clock = 0
                while "Closing the connection of slow (too_slow)" not in caplog.text:
                    clock += 1
                    props = {"x": "y" * 100_000}
                    assert (await ann.push(clock, {**PUT, "props": props}))["result"] == "commit"
                    await slow.send({"type": "have", "clock": clock})  # it has read less
                assert (await bob.receive("user:left"))["user_id"] == "slow"
                slow.ws.transport.resume_reading()
                assert (await slow.closed())[0] in (4430, 1006)
            await soon(bob)

    run(main())


def test_sessions_do_not_see_each_other() -> None:
    async def main() -> None:
        async with (
            live_server() as server,
            server.client("ann", session="one") as ann,
            server.client("bob", session="two") as bob,
        ):
            assert [user["user_id"] for user in bob.ack["users"]] == ["bob"]
            await ann.sync("1")
            assert "records" not in await bob.sync("2")
            await ann.push(1, PUT)
            await ann.send({"type": "presence", "state": {"cursor": [0, 0]}})
            await soon(ann)
            await bob.send({"type": "ping"})
            assert (await bob.receive())["type"] == "pong"

    run(main())


def test_same_user_twice() -> None:
    """MSG-2: each connection has its own id; the second one's name gets a number."""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as one, server.client("ann") as two:
            assert two.ack["user_id"] == "ann (2)"
            assert one.ack["connection_id"] != two.ack["connection_id"]
            await one.sync("1")
            await two.sync("2")
            assert (await two.push(1, PUT))["result"] == "commit"
            assert (await one.receive("patch"))["changes"][0]["user_id"] == "ann (2)"

    run(main())


def test_heartbeat() -> None:
    """HB-1, MSG-7."""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann:
            await ann.send({"type": "ping", "user_id": "ann"})
            pong = await ann.receive()
            assert pong.keys() == {"type", "timestamp"}
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", pong["timestamp"])
            assert datetime.fromisoformat(pong["timestamp"].replace("Z", "+00:00")).year > 2000

    run(main())


def test_log_is_the_one_that_users_follow(caplog: pytest.LogCaptureFixture) -> None:
    """The lines come in the order of the documentation."""
    caplog.set_level(logging.INFO)

    async def main() -> None:
        async with live_server() as server, server.client("DESKTOP-X"), server.client("Zoë ☃"):
            await until(lambda: "Entering message loop for Zoë ☃" in caplog.messages)

    run(main())
    ours = [record.message for record in caplog.records if record.name == "optiverse_collab_server"]
    assert ours[:9] == [
        "Created new session: default",
        "User DESKTOP-X joined session default",
        "Sending connection acknowledgment to DESKTOP-X",
        "Broadcasting user joined for DESKTOP-X",
        "Entering message loop for DESKTOP-X",
        "User Zoë ☃ joined session default",
        "Sending connection acknowledgment to Zoë ☃",
        "Broadcasting user joined for Zoë ☃",
        "Entering message loop for Zoë ☃",
    ]


def test_fault_of_ours_ends_its_connection_alone(caplog: pytest.LogCaptureFixture) -> None:
    """CLOSE-1: 1011, and the stack is in the log."""

    class Faulty(MemoryStore):
        async def load(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
            if session_id == "faulty":
                raise RuntimeError("unexpected")
            return await super().load(session_id, most)

    async def main() -> None:
        async with live_server(Faulty()) as server, server.client("bob") as bob:
            async with connect(server.url + "/ws/faulty/ann") as ws:
                with pytest.raises(ConnectionClosed):
                    await ws.recv()
                assert (ws.close_code, ws.close_reason) == (1011, "internal_error")
            await soon(bob)

    run(main())
    [record] = [record for record in caplog.records if record.message == "The connection of ann failed"]
    assert record.exc_info is not None


def test_second_connection_of_a_client_replaces_the_first(caplog: pytest.LogCaptureFixture) -> None:
    """SYNC-7, MSG-2: the others see the replaced connection leave, and the new one gets its name."""
    caplog.set_level(logging.INFO)

    async def main() -> None:
        async with live_server() as server, server.client("ann") as old, server.client("ann") as new:
            await old.sync("same")
            assert new.ack["user_id"] == "ann (2)"
            await new.send({"type": "sync:request", "client_id": "same"})
            assert await old.closed() == (4409, "replaced")
            assert (await new.receive())["type"] == "user:left"
            assert (await new.receive())["user_id"] == "ann"
            assert (await new.receive())["type"] == "sync:full_state"
            await soon(new)

    run(main())
    assert "User ann left session default" not in caplog.messages
