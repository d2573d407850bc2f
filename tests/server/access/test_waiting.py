"""Guests who wait outside until an owner admits them, over raw sockets: ACC-12 to ACC-14."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.errors import StorageError
from tests.helpers.aio import run
from tests.helpers.grants import (
    Guarded,
    device_of,
    grants_of,
    guarded_server,
    invite,
    play,
    set_grant,
    sync_all,
)
from tests.helpers.knocks import answer, heard, knock_link, knocking
from tests.helpers.live_server import RawClient, soon

LENS = {"op": "put", "id": "lens", "kind": "component", "props": {"x": 1}}


async def hears_of_knocks(client: RawClient) -> bool:
    """Whether the server has told a client about somebody who waits."""
    await client.send({"type": "ping"})
    heard = await client.hear(lambda message: message["type"] == "pong")
    return any(message["type"] == "access:knock" for _, message in heard)


def test_a_guest_waits_is_let_in_and_comes_back(tmp_path: Path) -> None:
    """ACC-12 to ACC-14: outside, the guest gets nothing from the session; inside, nobody sees the guest."""

    async def go(server: Guarded, owner: RawClient) -> None:
        await sync_all(owner, "o")
        async with knocking(server, await knock_link(owner, label="students")) as guest:
            knock = await heard(owner)
            assert knock == {
                "type": "access:knock",
                "knock": knock["knock"],
                "user_id": "ana",
                "role": "editor",
                "label": "students",
            }
            await owner.push(1, LENS)
            await guest.send({"type": "ping"})
            assert (await guest.receive())["type"] == "pong"
            assert [one["kind"] for one in await grants_of(owner)].count("device") == 1
            answered = await answer(owner, knock, admitted=True)
            [device] = answered["grants"]
            assert (device["label"], device["role"], device["kind"]) == ("ana", "editor", "device")
            ack = await guest.receive()
            assert (ack["type"], ack["role"], ack["user_id"]) == ("connection:ack", "editor", "ana")
            await sync_all(guest, "g")
            assert (await guest.push(1, {**LENS, "id": "mine"}))["result"] == "commit"
        async with server.client("ana", token=ack["token"]) as back:
            assert back.ack["role"] == "editor"
        shown = {one.get("label"): one for one in await grants_of(owner)}
        assert (shown["students"]["knock"], "knock" in shown["ana"]) == (True, False)

    play(tmp_path, go)


def test_whoever_is_sent_away_is_out_and_makes_no_noise(tmp_path: Path) -> None:
    """ACC-14: `again` is set for the same name, and for everybody after three refusals from elsewhere."""

    async def go(server: Guarded, owner: RawClient) -> None:
        token = await knock_link(owner)
        async with knocking(server, token) as guest:
            knock = await heard(owner)
            assert (await answer(owner, knock, admitted=False))["grants"] == []
            assert await guest.closed() == (4403, "not_admitted")
            assert (await answer(owner, knock, admitted=True))["reason"] == "no_such_knock"
        for name, again in (("\u0430na", True), ("ANA", True), ("bo", False)):
            async with knocking(server, token, name):
                assert (await heard(owner)).get("again", False) is again
        assert [one.get("label") for one in await grants_of(owner) if one["kind"] == "device"] == ["olga"]

    play(tmp_path, go)


def test_an_owner_who_comes_later_hears_who_waits(tmp_path: Path) -> None:
    """ACC-13: so does a participant who becomes an owner; others get no report."""

    async def main() -> None:
        async with guarded_server(tmp_path) as server:
            async with server.client("olga", token=server.owner_token) as owner:
                token = await knock_link(owner)
                editor = await invite(owner, "editor")
            async with knocking(server, token) as guest:
                async with server.client("olga", "elsewhere", token=server.owner_token) as there:
                    assert not await hears_of_knocks(there)
                async with server.client("olga", token=server.owner_token) as owner:
                    first = await owner.receive()
                    assert (first["type"], first["user_id"]) == ("access:knock", "ana")
                    async with server.client("ed", token=editor) as ed:
                        await ed.send({"type": "access:admit", "request": 1, "knock": "k1", "admitted": True})
                        assert (await ed.receive())["reason"] == "not_allowed"
                        await set_grant(owner, await device_of(owner, "ed"), role="owner")
                        assert (await ed.receive("user:role", "access:knock"))["type"] == "user:role"
                        assert (await answer(ed, await heard(ed), admitted=True))["grants"]
                        assert (await owner.receive("access:knock_over"))["knock"] == first["knock"]
                assert (await guest.receive())["type"] == "connection:ack"

    run(main())


def test_of_two_answers_the_first_counts(tmp_path: Path) -> None:
    """ACC-14: even while the disk has yet to confirm the device."""

    async def go(server: Guarded, owner: RawClient) -> None:
        token = await knock_link(owner)
        async with server.client("olaf", token=server.owner_token) as other, knocking(server, token) as guest:
            knock = await heard(owner)
            assert await heard(other) == knock
            both = await asyncio.gather(answer(owner, knock, True), answer(other, knock, True))
            assert [one["type"] for one in both].count("access:grants") == 1
            assert [one.get("reason") for one in both].count("no_such_knock") == 1
            assert (await guest.receive())["type"] == "connection:ack"

    play(tmp_path, go)


def test_a_guest_who_leaves_waits_no_more(tmp_path: Path) -> None:
    """ACC-13."""

    async def go(server: Guarded, owner: RawClient) -> None:
        async with knocking(server, await knock_link(owner)):
            knock = await heard(owner)
        assert await owner.receive("access:knock_over") == {
            "type": "access:knock_over",
            "knock": knock["knock"],
        }
        assert (await answer(owner, knock, admitted=True))["reason"] == "no_such_knock"

    play(tmp_path, go)


def test_an_invite_that_is_of_no_use_any_more_ends_the_waiting(tmp_path: Path) -> None:
    """ACC-12: the invite was revoked, has expired, or is used up."""

    async def go(server: Guarded, owner: RawClient) -> None:
        token = await knock_link(owner, label="revoked")
        async with knocking(server, token) as guest:
            await heard(owner)
            [id] = [one["id"] for one in await grants_of(owner) if one.get("label") == "revoked"]
            await set_grant(owner, id, role="none")
            assert await guest.closed() == (4403, "removed")
        token = await knock_link(owner, expires_s=1)
        async with knocking(server, token) as guest:
            assert await guest.closed() == (4401, "expired")
        token = await knock_link(owner, uses=1, label="once")
        async with knocking(server, token) as guest, knocking(server, token, "bo") as late:
            knocks: dict[str, Any] = {}
            while "bo" not in knocks:
                knock = await heard(owner)
                knocks[knock["user_id"]] = knock
            assert (await answer(owner, knocks["ana"], admitted=True))["grants"]
            assert (await guest.receive())["type"] == "connection:ack"
            assert await late.closed() == (4401, "expired")

    play(tmp_path, go)


def test_an_owner_who_was_removed_lets_nobody_in(tmp_path: Path) -> None:
    """ACC-14: the owner's right counts at the moment when the answer takes effect."""

    async def go(server: Guarded, owner: RawClient) -> None:
        async with (
            server.client("olaf", token=await invite(owner, "owner")) as other,
            knocking(server, await knock_link(owner)) as guest,
        ):
            knock = await heard(other)
            id = await device_of(owner, "olaf")
            await owner.send({"type": "access:set", "request": 1, "id": id, "role": "none"})
            message = {"type": "access:admit", "request": 2, "knock": knock["knock"], "admitted": True}
            await other.send(message)
            assert await other.closed() == (4403, "removed")
            await soon(owner)
            await guest.send({"type": "ping"})
            assert (await guest.receive())["type"] == "pong"

    play(tmp_path, go)


def test_only_owners_of_all_let_people_into_all_sessions(tmp_path: Path) -> None:
    """ACC-13: an invite for all sessions makes a device for all sessions."""

    async def main() -> None:
        async with (
            guarded_server(tmp_path) as server,
            server.client("olga", token=server.owner_token) as owner,
            server.client("olaf", token=await invite(owner, "owner")) as other,
        ):
            everywhere = server.entrance.book.grants.of_token(server.owner_token)
            assert everywhere is not None
            await server.entrance.book.add([everywhere._replace(knock=True)])
            async with knocking(server, server.owner_token) as guest:
                knock = await heard(owner)
                assert not await hears_of_knocks(other)
                assert (await answer(other, knock, admitted=False))["reason"] == "no_such_knock"
                async with server.client("olga", "elsewhere", token=owner.ack["token"]) as there:
                    assert (await answer(there, knock, admitted=True))["reason"] == "no_such_knock"
                assert (await answer(owner, knock, admitted=True))["grants"]
                assert (await guest.receive())["type"] == "connection:ack"

    run(main())


def test_the_end_of_the_server_ends_the_waiting(tmp_path: Path) -> None:
    """ACC-12, CLOSE-3: the guest knocks again at the next server."""

    async def main() -> None:
        async with AsyncExitStack() as running:
            server = await running.enter_async_context(guarded_server(tmp_path))
            async with server.client("olga", token=server.owner_token) as owner:
                token = await knock_link(owner)
            async with knocking(server, token) as guest:
                await running.aclose()
                assert await guest.closed() == (1001, "restarting")
            assert server.entrance.waiting._why_not("default", "") is CloseReason.RESTARTING

    run(main())


def test_a_full_disk_lets_the_guest_wait_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ACC-14: and the owner may answer again."""

    async def go(server: Guarded, owner: RawClient) -> None:
        async with knocking(server, await knock_link(owner)) as guest:
            knock = await heard(owner)

            async def fails(*args: object) -> None:
                raise StorageError("The disk is full.")

            with monkeypatch.context() as patch:
                patch.setattr(server.entrance.book._keeper, "write", fails)
                assert (await answer(owner, knock, admitted=True))["reason"] == "not_saved"
            assert (await answer(owner, knock, admitted=True))["grants"]
            assert (await guest.receive())["type"] == "connection:ack"

    play(tmp_path, go)


def test_a_session_with_too_many_grants_takes_nobody_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ACC-7, ACC-14."""

    async def go(server: Guarded, owner: RawClient) -> None:
        async with knocking(server, await knock_link(owner)) as guest:
            knock = await heard(owner)
            monkeypatch.setattr("optiverse_collab_server.access.grants.GRANTS", 1)
            assert (await answer(owner, knock, admitted=True))["reason"] == "too_many"
            assert await guest.closed() == (4503, "session_full")

    play(tmp_path, go)
