"""Access that expires: ACC-3 of docs/protocol.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from optiverse_collab_server import session
from optiverse_collab_server.access import entrance
from optiverse_collab_server.connection import Connection
from optiverse_collab_server.wall_clock import now_ms
from tests.helpers.grants import Guarded, device_of, invite, play, refused, set_grant
from tests.helpers.live_server import RawClient, soon


class Watch:
    """The server's time of day, which a test can move forward.

    Attributes:
        ahead_s: how far ahead.
    """

    def __init__(self) -> None:
        self.ahead_s = 0

    def now_ms(self) -> int:
        """The time of day, in ms."""
        return now_ms() + 1000 * self.ahead_s


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    for module in (session, entrance):
        monkeypatch.setattr(module, "now_ms", watch.now_ms)
    return watch


async def heard(client: RawClient) -> set[str]:
    """The types of the messages that a client got since the last call."""
    await client.send({"type": "ping"})
    return {message["type"] for _, message in await client.hear(lambda message: message["type"] == "pong")}


def test_time_ends_with_a_warning_and_a_close(tmp_path: Path, watch: Watch) -> None:
    """ACC-3, ACC-9: the warning comes once, and not long before."""

    async def go(server: Guarded, owner: RawClient) -> None:
        async with (
            server.client("bob", token=await invite(owner, "editor", expires_s=1000)) as bob,
            server.client("cid", token=await invite(owner, "editor", expires_s=500)) as cid,
            server.client("dan", token=await invite(owner, "editor", expires_s=850)) as dan,
        ):
            watch.ahead_s = 600
            assert await cid.closed() == (4401, "expired")  # so the server has checked bob, too
            assert "access:expires" not in await heard(bob)
            watch.ahead_s = 800
            assert (await bob.receive("access:expires"))["expires"] == bob.ack["expires"]
            watch.ahead_s = 900
            assert await dan.closed() == (4401, "expired")
            assert "access:expires" not in await heard(bob)
            watch.ahead_s = 1001
            assert (await bob.closed()) == (4401, "expired")
        assert await refused(server, bob.ack["token"]) == (4401, "expired")

    play(tmp_path, go)


def test_time_is_moved_without_a_break(tmp_path: Path, watch: Watch) -> None:
    """ACC-3, ACC-6: the connection stays open and gets each new expiry time."""

    async def go(server: Guarded, owner: RawClient) -> None:
        token = await invite(owner, "editor", expires_s=1000)
        async with server.client("bob", token=token) as bob, server.client("cid", token=token) as cid:
            device = await device_of(owner, "bob")
            answer = await set_grant(owner, device, expires_s=3600)
            told = await bob.receive("access:expires")
            assert told["expires"] == answer["grants"][0]["expires"] > bob.ack["expires"]
            assert answer["grants"][0]["role"] == "editor"
            watch.ahead_s = 1001
            assert await cid.closed() == (4401, "expired")  # so the server has checked bob, too
            await set_grant(owner, device, expires_s=0)
            assert (await bob.receive("access:expires"))["expires"] is None
            await soon(bob)

    play(tmp_path, go)


def test_what_comes_after_the_end_has_no_effect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, watch: Watch
) -> None:
    """ACC-3: even during the closing handshake, which takes as long as the peer likes."""
    monkeypatch.setattr(Connection, "close", lambda connection, reason: None)
    push: dict[str, Any] = {"client_clock": 1, "ops": [{"op": "put", "id": "late", "kind": "component"}]}

    async def go(server: Guarded, owner: RawClient) -> None:
        async with server.client("bob", token=await invite(owner, "editor", expires_s=1000)) as bob:
            await bob.sync("b")
            watch.ahead_s = 1001
            assert (await owner.receive("user:left"))["user_id"] == "bob"
            await bob.send({"type": "push", "changes": [push]})
            await bob.send("no message")
            await bob.receive("error")  # so the server has read the push
            assert (await owner.sync("o"))["clock"] == 0

    play(tmp_path, go)
