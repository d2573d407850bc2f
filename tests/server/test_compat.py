"""Optiverse's built-in collaboration: MSG-8."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from optiverse_collab_server.compat import is_builtin_message
from tests.helpers.aio import run
from tests.helpers.live_server import live_server

MESSAGES: list[dict[str, Any]] = [
    {"type": "sync:request", "user_id": "bob"},
    {"type": "sync:full_state", "state": {"items": []}, "user_id": "bob"},
    {"type": "sync:update", "state": {}, "timestamp": "2026-03-01T12:00:00", "user_id": "bob"},
    {"type": "command", "command": {"action": "add", "item_type": "lens", "item_id": "1", "data": {}}},
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message["type"])
def test_it_is_told_what_it_needs_and_the_others_that_it_left(message: dict[str, object]) -> None:
    """MSG-8: whatever it sends afterwards has no effect, and closes no connection."""

    async def main() -> None:
        async with live_server(silence_seconds=0.8) as server, server.client("ann") as ann:
            await ann.sync("a")
            async with server.client("bob", subprotocols=None) as bob:
                assert (await ann.receive("user:joined"))["user_id"] == "bob"
                await bob.send(message)
                told = await bob.receive("user:joined")
                assert "install the plugin optiverse-collab" in told["user_id"]
                assert (await ann.receive("user:left"))["user_id"] == "bob"
                for _ in range(60):
                    await bob.send(message)
                await bob.send({"type": "ping"})
                hearing = asyncio.create_task(bob.closed())
                for _ in range(20):
                    await ann.send({"type": "ping"})
                    await ann.receive("pong")
                    await asyncio.sleep(0.05)
                assert await hearing == (4408, "silent"), "only silence closes it"

    run(main())


def test_our_own_clients_may_leave_the_subprotocol_out() -> None:
    """MSG-3, MSG-8: an error in one of their messages gets an answer."""

    async def main() -> None:
        async with live_server() as server, server.client("script", subprotocols=None) as script:
            await script.send({"type": "weather"})
            assert (await script.receive("error"))["reason"] == "unknown_type"
            await script.sync("s")

    run(main())


def test_with_the_subprotocol_it_is_a_fault() -> None:
    """MSG-8, LIM-10"""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann:
            await ann.send(MESSAGES[0])
            assert (await ann.receive("error"))["reason"] == "invalid_message"

    run(main())


@pytest.mark.parametrize(
    "text", ["", "[", "[1]", "{}", '{"type":1}', '{"type":"sync:request","client_id":"a"}', '{"type":"ping"}']
)
def test_other_messages_are_not_of_it(text: str) -> None:
    """MSG-8"""
    assert not is_builtin_message(text)
