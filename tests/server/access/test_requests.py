"""What owners see and change, over raw sockets: ACC rules of docs/protocol.md."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from optiverse_collab_server.access.file import AccessFile
from tests.helpers.aio import run
from tests.helpers.grants import (
    Guarded,
    device_of,
    grant,
    grants_of,
    invite,
    play,
    refused,
    set_grant,
    sync_all,
)
from tests.helpers.live_server import RawClient, live_server, soon

LENS = {"op": "put", "id": "lens", "kind": "component", "props": {"x": 1}}
NOTE = {"op": "put", "id": "note", "kind": "comment", "props": {"text": "?"}, "lane": "talk"}


def is_answer(message: dict[str, Any]) -> bool:
    """Whether a message answers an owner's request."""
    return str(message["type"]).startswith("access:")


def test_roles_are_enforced_by_lane(tmp_path: Path) -> None:
    """ACC-1, ACC-8."""

    async def go(server: Guarded, owner: RawClient) -> None:
        results: dict[tuple[str, str], str] = {}
        for role in ("viewer", "commenter", "editor", "owner"):
            async with server.client(role, token=await invite(owner, role)) as client:
                await sync_all(client, role)
                for op in (LENS, NOTE):
                    number = 1 if op is LENS else 2
                    ack = await client.push(number, {**op, "id": f"{role} {op['id']}"})
                    results[role, str(op["id"])] = ack.get("reason") or ack["result"]
                    await sync_all(client, role)
        assert {key for key, result in results.items() if result == "commit"} == {
            ("commenter", "note"),
            *((role, id) for role in ("editor", "owner") for id in ("lens", "note")),
        }
        assert set(results.values()) == {"commit", "not_allowed"}
        async with server.client("late", token=server.owner_token) as late:
            await late.send({"type": "sync:request", "client_id": "late", "lanes": ["bench", "talk", "meta"]})
            page = await late.receive("sync:full_state")
            ids = {record["id"] for record in page["records"]}
        assert ids == {"commenter note", "editor lens", "editor note", "owner lens", "owner note"}

    play(tmp_path, go)


def test_an_invite_holds_in_its_own_session_alone(tmp_path: Path) -> None:
    """ACC-5: whatever the session's name is."""

    async def go(server: Guarded, owner: RawClient) -> None:
        for session in ("*", "%", "default"):
            async with server.client("olga", session, token=server.owner_token) as there:
                token = await invite(there, "viewer")
            assert await refused(server, token, "other") == (4401, "unknown_token")

    play(tmp_path, go)


def test_an_owner_sees_everybody_and_others_see_nobody(tmp_path: Path) -> None:
    """ACC-4, ACC-7: tokens are never shown again."""

    async def go(server: Guarded, owner: RawClient) -> None:
        token = await invite(owner, "viewer", label="guests", expires_s=3600, uses=2)
        async with server.client("bob", token=token) as bob:
            shown = {one.get("label"): one for one in await grants_of(owner)}
            assert {"the server's owner", "olga", "guests", "bob"} == shown.keys()
            assert (shown["guests"]["uses"], shown["guests"]["role"]) == (1, "viewer")
            assert shown["bob"]["connections"] == [bob.ack["connection_id"]]
            assert shown["bob"]["expires"] == shown["guests"]["expires"] == bob.ack["expires"]
            assert "seen" in shown["bob"]
            for request in (
                {"type": "access:list", "request": 7},
                {"type": "access:invite", "request": 7, "role": "owner"},
                {"type": "access:set", "request": 7, "id": shown["bob"]["id"], "role": "owner"},
            ):
                await bob.send(request)
                answer = await bob.receive()
                assert (answer["type"], answer["request"]) == ("access:refused", 7)
                assert answer["reason"] == "not_allowed"
            assert bob.ack["token"] not in str(await grants_of(owner))

    play(tmp_path, go)


def test_a_role_changes_while_somebody_is_in(tmp_path: Path) -> None:
    """ACC-2, ACC-6, ACC-8: everybody gets a report."""

    async def go(server: Guarded, owner: RawClient) -> None:
        async with server.client("bob", token=await invite(owner, "viewer")) as bob:
            await sync_all(bob, "b")
            assert (await bob.push(1, LENS))["reason"] == "not_allowed"
            answer = await set_grant(owner, await device_of(owner, "bob"), role="editor")
            assert answer["grants"][0]["role"] == "editor"
            told = await bob.receive("user:role")
            assert told == {
                "type": "user:role",
                "connection_id": bob.ack["connection_id"],
                "role": "editor",
            }
            await sync_all(bob, "b")
            assert (await bob.push(1, LENS))["result"] == "commit"

    play(tmp_path, go)


def test_who_is_removed_is_closed_and_may_be_let_back_in(tmp_path: Path) -> None:
    """ACC-6, ACC-9: what they push at that moment has no effect."""

    async def go(server: Guarded, owner: RawClient) -> None:
        async with server.client("bob", token=await invite(owner, "editor")) as bob:
            await sync_all(bob, "b")
            device = await device_of(owner, "bob")
            await owner.send({"type": "access:set", "request": 3, "id": device, "role": "none"})
            heard = [message for _, message in await owner.hear(is_answer)]
            await bob.send({"type": "push", "changes": [{"client_clock": 1, "ops": [LENS]}]})
            assert await bob.closed() == (4403, "removed")
        assert [one["user_id"] for one in heard if one["type"] == "user:left"] == ["bob"]
        assert await refused(server, bob.ack["token"]) == (4403, "removed")
        assert (await owner.sync("o"))["clock"] == 0
        await set_grant(owner, device, role="viewer")
        async with server.client("bob", token=bob.ack["token"]) as bob:
            assert bob.ack["role"] == "viewer"

    play(tmp_path, go)


def test_devices_stay_when_their_invite_is_revoked(tmp_path: Path) -> None:
    """ACC-6, ACC-9."""

    async def go(server: Guarded, owner: RawClient) -> None:
        token = await invite(owner, "editor", label="the link")
        async with server.client("bob", token=token) as bob:
            id = next(one["id"] for one in await grants_of(owner) if one.get("label") == "the link")
            await set_grant(owner, id, role="none")
            assert await refused(server, token) == (4403, "removed")
            await soon(bob)
        async with server.client("bob", token=bob.ack["token"]) as bob:
            assert bob.ack["role"] == "editor"

    play(tmp_path, go)


def test_the_last_owner_stays_one(tmp_path: Path) -> None:
    """ACC-7: this includes changes that would set an expiry; another owner may make them."""

    async def go(server: Guarded, owner: RawClient) -> None:
        token = await invite(owner, "owner", uses=1)
        mine, first = await device_of(owner, "olga"), next(one["id"] for one in await grants_of(owner))
        await set_grant(owner, first, role="none")  # the link's
        for what in ({"role": "editor"}, {"role": "none"}, {"expires_s": 60}):
            async with server.client("second", session="another", token=owner.ack["token"]) as elsewhere:
                answer = await set_grant(elsewhere, mine, **what)
            assert (answer["type"], answer["reason"]) == ("access:refused", "last_owner")
        async with server.client("sue", token=token) as sue:
            assert (await set_grant(sue, mine, role="none"))["reason"] == "no_such_grant"  # the server's
            sues = await device_of(sue, "sue")
            assert (await set_grant(owner, sues, role="viewer"))["grants"][0]["role"] == "viewer"

    play(tmp_path, go)


def test_owner_of_one_session_sees_nothing_of_others(tmp_path: Path) -> None:
    """ACC-4, ACC-6."""

    async def go(server: Guarded, owner: RawClient) -> None:
        token = await invite(owner, "owner")
        async with (
            server.client("olga", session="other", token=server.owner_token) as there,
            server.client("sue", token=token) as sue,
        ):
            await invite(there, "editor", label="of the other")
            labels = {one.get("label") for one in await grants_of(sue)}
            assert labels == {None, "sue"}
            for one in await grants_of(there):
                answer = await set_grant(sue, one["id"], role="viewer")
                assert answer["reason"] == "no_such_grant"

    play(tmp_path, go)


def test_a_server_that_asks_nobody_has_nothing_to_manage() -> None:
    """ACC-7, ACC-9."""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann:
            await ann.send({"type": "access:list", "request": 4})
            assert (await ann.receive("access:refused"))["reason"] == "no_tokens"

    run(main())


def test_long_lists_come_in_pages(tmp_path: Path) -> None:
    """ACC-4, LIM-13."""

    async def go(server: Guarded, owner: RawClient) -> None:
        with closing(AccessFile(tmp_path)) as file:
            file.write([grant(id=f"{number}")._replace(label="x" * 256) for number in range(999)])
        assert len(await grants_of(owner)) == 999 + 2
        await owner.send({"type": "access:list", "request": 2})
        pages = await owner.hear(lambda message: message.get("done", False))
        assert len(pages) > 1
        assert max(length for length, _ in pages) < 300_000

    play(tmp_path, go)


def test_of_many_requests_some_are_refused(tmp_path: Path) -> None:
    """ACC-7: a connection may have eight in progress."""

    async def go(server: Guarded, owner: RawClient) -> None:
        async with server.entrance.book.turn:
            for request in range(10):
                await owner.send({"type": "access:invite", "request": request, "role": "viewer"})
            refused = [await owner.receive("access:refused") for _ in range(2)]
            assert [(one["request"], one["reason"]) for one in refused] == [(8, "busy"), (9, "busy")]
        made = [await owner.receive("access:invited") for _ in range(8)]
        assert [one["request"] for one in made] == list(range(8))
        assert len({one["token"] for one in made}) == 8

    play(tmp_path, go)
