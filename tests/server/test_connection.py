"""Bad input from one participant: LIM-1, LIM-8, LIM-10, MSG-5 of docs/protocol.md."""

from __future__ import annotations

import asyncio

import pytest

from optiverse_collab.core.protocol.messages import ClientMessage
from optiverse_collab_server import rate
from optiverse_collab_server.connection import Connection
from optiverse_collab_server.session import LiveSession
from tests.helpers.aio import run
from tests.helpers.live_server import live_server, short_frame, soon


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("garbage", "malformed_json"),
        ('{"type":"command","command":{"action":"move_item"}}', "unknown_type"),
        ('{"type":"ping","user_id":7}', "invalid_message"),
        ('{"type":"sync:request","user_id":"built-in client"}', "invalid_message"),
        ('{"type":"presence","state":{"x":NaN}}', "not_finite"),
        ('{"type":"presence","state":{"x":' + "[" * 40 + "]" * 40 + "}}", "too_deep"),
        ('{"type":"push","changes":[]}', "not_synced"),
    ],
)
def test_bad_message_is_answered_and_has_no_effect(text: str, reason: str) -> None:
    """MSG-5, LIM-10: the connection continues, nobody else notices."""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann, server.client("bob") as bob:
            await ann.send(text)
            error = await ann.receive("error")
            assert error["reason"] == reason
            assert error["message"].endswith(".")
            await soon(ann)
            await soon(bob)

    run(main())


def test_too_many_bad_messages_close_the_connection() -> None:
    """LIM-10."""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann, server.client("bob") as bob:
            for _ in range(20):
                await ann.send("garbage")
            assert await ann.closed() == (4400, "bad_messages")
            await soon(bob)

    run(main())


@pytest.mark.parametrize(
    ("message", "code"), [(b"\x00binary", 1003), ("x" * (1024 * 1024 + 1), 1009)], ids=["binary", "too large"]
)
def test_what_cannot_be_a_message_closes_the_connection(message: str | bytes, code: int) -> None:
    """LIM-1, LIM-10."""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann, server.client("bob") as bob:
            await ann.send(message)
            assert (await ann.closed())[0] == code
            assert (await bob.receive("user:left"))["user_id"] == "ann"

    run(main())


def test_text_that_is_not_utf_8_closes_the_connection() -> None:
    """LIM-10: a broken frame, made by hand."""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann:
            await ann.ws.send(b"\xff\xff", text=True)
            assert (await ann.closed())[0] == 1007

    run(main())


def test_who_sends_too_fast_is_read_more_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-8: nothing is lost, nobody is disconnected, and nobody else waits."""
    monkeypatch.setattr(rate, "MESSAGES", rate.Quota(100, 1000))

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann, server.client("bob") as bob:
            start = asyncio.get_running_loop().time()
            for _ in range(400):
                await ann.send({"type": "ping"})
            await soon(bob)
            for _ in range(400):
                await ann.receive("pong")
            assert asyncio.get_running_loop().time() - start >= 0.29  # (400 - 100) / 1000 s

    run(main())


def test_push_that_cannot_be_read_is_refused_change_by_change() -> None:
    """PUSH-6, LIM-10: the push counts as one refused message."""
    push = '{"type":"push","changes":[{"client_clock":1,"ops":[{"op":"zap"}]},{"client_clock":2,"ops":[]}]}'

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann:
            await ann.sync("1")
            for _ in range(19):
                await ann.send(push)
                acks: list[dict[str, object]] = []
                while len(acks) < 2:
                    acks += (await ann.receive("patch"))["acks"]
                assert [(ack["client_clock"], ack["result"], ack["reason"]) for ack in acks] == [
                    (1, "refused", "invalid_message"),
                    (2, "refused", "invalid_message"),
                ]
            await ann.send(push)
            assert await ann.closed() == (4400, "bad_messages")

    run(main())


def test_others_are_read_between_two_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-11: between pushes that arrived together, too."""
    read: list[str] = []

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann, server.client("bob") as bob:
            await ann.sync("a")
            receive = LiveSession.receive

            def note(self: LiveSession, connection: Connection, message: ClientMessage) -> None:
                read.append(connection.name)
                receive(self, connection, message)

            monkeypatch.setattr(LiveSession, "receive", note)
            push = '{"type":"push","changes":[{"client_clock":%d,"ops":[{"op":"remove","id":"x"}]}]}'
            ann.ws.transport.write(b"".join(_text(push % number) for number in range(1, 101)))
            bob.ws.transport.write(_text('{"type":"ping"}'))
            await soon(ann)

    run(main())
    assert read.index("bob") < 50 < read.count("ann")


def _text(message: str) -> bytes:
    return short_frame(0x81, message.encode())
