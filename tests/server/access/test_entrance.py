"""Who gets in, over raw sockets: ACC rules of docs/protocol.md."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from optiverse_collab_server.access import tries
from optiverse_collab_server.access.tries import FailedTries
from optiverse_collab_server.rate import Quota
from optiverse_collab_server.storage import MemoryStore, Stored
from optiverse_collab_server.storage.api import ANY_SIZE
from tests.helpers.aio import run, until
from tests.helpers.grants import (
    Guarded,
    device_of,
    grants_of,
    guarded_server,
    invite,
    play,
    refused,
    set_grant,
    sync_all,
)
from tests.helpers.http_get import get
from tests.helpers.live_server import RawClient, soon

LENS = {"op": "put", "id": "lens", "kind": "component", "props": {"x": 1}}
UNKNOWN = "x" * 22


def test_nobody_comes_in_without_a_valid_token(tmp_path: Path) -> None:
    """ACC-9: and the refusal reveals nothing about the session."""

    async def go(server: Guarded, owner: RawClient) -> None:
        assert await refused(server, None) == (4401, "no_token")
        for wrong in (UNKNOWN, "", "short", server.owner_token[:-1], f"{server.owner_token}x"):
            assert await refused(server, wrong) == (4401, "unknown_token")
        await soon(owner)
        assert [user["user_id"] for user in owner.ack["users"]] == ["olga"]

    play(tmp_path, go)


@pytest.mark.parametrize(
    "headers",
    [
        [("Authorization", "Basic {token}")],
        [("Authorization", "{token}")],
        [("Authorization", "Bearer {token}"), ("Authorization", "Bearer {token}")],
        [("X-Token", "{token}")],
    ],
)
def test_a_token_stands_in_one_header(tmp_path: Path, headers: list[tuple[str, str]]) -> None:
    """ACC-9, LINK-2."""

    async def go(server: Guarded, owner: RawClient) -> None:
        filled = [(name, value.format(token=server.owner_token)) for name, value in headers]
        url = f"{server.url}/ws/default/mallory?token={server.owner_token}"
        async with connect(url, additional_headers=filled) as ws:
            assert (await RawClient(ws).closed())[0] == 4401

    play(tmp_path, go)


def test_an_invite_makes_a_device_that_comes_back(tmp_path: Path) -> None:
    """ACC-2, ACC-11: only to its own session, and also after a restart of the server."""

    async def main() -> None:
        async with (
            guarded_server(tmp_path) as server,
            server.client("olga", token=server.owner_token) as owner,
        ):
            token = await invite(owner, "editor", label="for the lab")
            async with server.client("bob", token=token) as bob:
                device = bob.ack["token"]
                assert (bob.ack["role"], device != token) == ("editor", True)
                assert [user.get("role") for user in bob.ack["users"]] == [None, "editor"]
                assert (await owner.receive("user:joined"))["role"] == "editor"
            assert await refused(server, device, "other") == (4401, "unknown_token")
            assert await refused(server, token, "other") == (4401, "unknown_token")
        async with guarded_server(tmp_path) as server, server.client("bob", token=device) as bob:
            assert (bob.ack["role"], bob.ack.get("token")) == ("editor", None)
            await sync_all(bob, "b")
            assert (await bob.push(1, LENS))["result"] == "commit"

    run(main())


@pytest.mark.parametrize("uses", [1, 3])
def test_of_many_at_once_as_many_get_in_as_may(tmp_path: Path, uses: int) -> None:
    """ACC-9, ACC-11: they race for the last use."""

    async def go(server: Guarded, owner: RawClient) -> None:
        token = await invite(owner, "editor", uses=uses)

        async def race(number: int) -> str:
            async with server.asking(f"racer {number}", token=token) as client:
                try:
                    ack = await client.receive("connection:ack")
                except ConnectionClosed:
                    return str(client.ws.close_reason)
                return str(ack["token"])

        ends = await asyncio.gather(*(race(number) for number in range(8)))
        assert ends.count("expired") == 8 - uses
        assert len(set(ends)) == uses + 1
        assert await refused(server, token) == (4401, "expired")
        devices = [one for one in await grants_of(owner) if one.get("label", "").startswith("racer")]
        assert len(devices) == uses

    play(tmp_path, go)


@pytest.mark.parametrize(
    "header", ["Forwarded", "X-Forwarded-For", "x-forwarded-proto", "X-Real-IP", "Via", "Host"]
)
def test_own_users_need_no_token_but_through_a_proxy(tmp_path: Path, header: str) -> None:
    """ACC-9: users of this machine, if the server listens only on loopback."""

    async def main() -> None:
        async with guarded_server(tmp_path, trusts_own=True) as server:
            async with server.client("olga") as owner:
                assert owner.ack.get("role", "owner") == "owner"
                token = await invite(owner, "viewer")
                assert len(await grants_of(owner)) == 2
            async with server.client("vic", token=token) as vic:
                assert vic.ack["role"] == "viewer"
            async with server.client("old", token=UNKNOWN) as old:  # sent by another server at this address
                assert "role" not in old.ack
            url = f"{server.url}/ws/default/mallory"
            async with connect(url, additional_headers={header: "x"}) as ws:
                assert await RawClient(ws).closed() == (4401, "no_token")

    run(main())


def test_failed_tries_are_answered_later_and_others_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ACC-10."""
    monkeypatch.setattr(tries, "LONGEST_S", 0.4)

    async def go(server: Guarded, owner: RawClient) -> None:
        loop = asyncio.get_running_loop()
        took: list[float] = []
        for _ in range(12):
            began = loop.time()
            assert await refused(server, UNKNOWN) == (4401, "unknown_token")
            took.append(loop.time() - began)
        assert min(took[10:]) >= 0.4
        monkeypatch.setattr(FailedTries, "wait_s", lambda *_: 60.0)
        waiting = asyncio.create_task(refused(server, UNKNOWN))
        async with server.client("bob", token=await invite(owner, "editor")):
            assert not waiting.done()
        waiting.cancel()

    play(tmp_path, go)


def test_a_flood_of_failed_tries_is_cut_and_ends_with_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ACC-10, CLOSE-3: nobody else notices."""
    monkeypatch.setattr(tries, "WAITING", 3)
    monkeypatch.setattr(tries, "LONGEST_S", 60.0)
    monkeypatch.setattr(tries, "FAILED", Quota(2, 0.01))
    ends: list[tuple[int | None, str | None]] = []

    async def fail(server: Guarded) -> None:
        ends.append(await refused(server, UNKNOWN))

    async def main() -> None:
        async with guarded_server(tmp_path) as server:
            tasks = [asyncio.create_task(fail(server)) for _ in range(10)]
            await until(lambda: len(ends) == 7)
            async with server.client("olga", token=server.owner_token) as owner:
                await soon(owner)
            assert ends.count((4401, "unknown_token")) == 2
            assert ends.count((1006, "")) == 5
        await asyncio.gather(*tasks)
        assert ends.count((4401, "unknown_token")) == 2 + 3

    run(main())


def test_tokens_never_reach_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """ACC-11: not even at the most detailed log level."""
    tokens: list[str] = []

    async def go(server: Guarded, owner: RawClient) -> None:
        guest = await invite(owner, "editor")
        async with server.client("bob", token=guest) as bob:
            await sync_all(bob, "b")
        async with server.client("bob", token=bob.ack["token"]):
            pass
        await refused(server, UNKNOWN)
        async with connect(f"{server.url}/ws/default/eve?t={guest}") as ws:
            await RawClient(ws).closed()
        with pytest.raises(Exception, match="404"):
            await connect(f"{server.url}/elsewhere?t={guest}")
        tokens.extend([server.owner_token, owner.ack["token"], guest, bob.ack["token"], UNKNOWN])

    with caplog.at_level(logging.DEBUG, logger="optiverse_collab_server"):
        play(tmp_path, go)
    lines = [record.getMessage() for record in caplog.records if record.name == "optiverse_collab_server"]
    assert len(lines) > 10
    assert [line for line in lines if any(token in line for token in tokens)] == []
    assert not any(token.encode() in (tmp_path / "access.db").read_bytes() for token in tokens)


def test_who_is_removed_on_the_way_in_does_not_get_in(tmp_path: Path) -> None:
    """ACC-6: removed after the door and before the session, which may open slowly and then close again."""

    gate = asyncio.Event()

    class Slow(MemoryStore):
        async def load(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
            if session_id == "slow":
                await gate.wait()
            return await super().load(session_id, most)

    async def main() -> None:
        async with (
            guarded_server(tmp_path, Slow()) as server,
            server.client("olga", token=server.owner_token) as owner,
            server.asking("sue", "slow", token=server.owner_token) as sue,
        ):
            labels: set[str] = set()
            while "sue" not in labels:
                labels = {one["label"] for one in await grants_of(owner)}
            await set_grant(owner, await device_of(owner, "sue"), role="none")
            gate.set()
            assert await sue.closed() == (4403, "removed")
            while "optiverse_collab_sessions 1.0\n" not in (await get(server.port, "/metrics")).body:
                pass

    run(main())


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps open files")
def test_an_invite_that_can_not_be_stored_lets_nobody_in(tmp_path: Path) -> None:
    """ACC-7, ACC-11: people with a device still get in."""

    async def go(server: Guarded, owner: RawClient) -> None:
        token = await invite(owner, "editor")
        (tmp_path / "access.db").rename(tmp_path / "elsewhere")
        assert await refused(server, token) == (1011, "session_failed")
        answer = await set_grant(owner, await device_of(owner, "olga"), role="editor")
        assert answer["reason"] == "not_saved"
        async with server.client("olga", token=owner.ack["token"]) as again:
            await again.send({"type": "access:invite", "request": 1, "role": "viewer"})
            assert (await again.receive("access:refused"))["reason"] == "not_saved"

    play(tmp_path, go)
