"""Who may follow a server, and what becomes of its grants: STAND-1, STAND-3, STAND-10 of docs/protocol.md."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import GrantKind
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.access.grants import EVERY_SESSION
from optiverse_collab_server.access.tokens import hash_of
from optiverse_collab_server.signing import signing_key
from optiverse_collab_server.standby import messages, reception, service
from tests.helpers.aio import run, until
from tests.helpers.grants import grant
from tests.helpers.live_server import LiveServer, RawClient
from tests.helpers.standby import Member, member, promote, until_stored
from tests.server.cli.folders import grants_in, put

FOLLOWER = grant("f" * 22, Role.FOLLOWER, GrantKind.INVITE, EVERY_SESSION)
OWNER = grant("o" * 22, Role.OWNER, GrantKind.DEVICE, EVERY_SESSION)
GUESTS = grant("g" * 22, Role.EDITOR, GrantKind.INVITE, "lab")


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again soon, and list two grants at a time."""
    monkeypatch.setattr(service, "RETRY_SECONDS", 0.02)
    monkeypatch.setattr(service, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(service, "TELL_SECONDS", 0.02)
    monkeypatch.setattr(messages, "LIST_ITEMS", 2)


@contextlib.asynccontextmanager
async def guarded(folder: Path, follow: str | None = None) -> AsyncIterator[Member]:
    """A server that asks everybody for a token."""
    signing_key(folder)  # which makes the folder
    entrance = Entrance.open(folder, trusts_own=False)
    async with member(folder, follow, entrance=entrance) as made:
        if follow is None:
            await entrance.book.add([FOLLOWER, OWNER, GUESTS])
        yield made


def roles(folder: Path) -> dict[str, Role]:
    """The grants in a data folder."""
    return {one.id: one.role for one in grants_in(folder)}


async def refusal(server: LiveServer, token: str) -> tuple[int | None, str | None]:
    """How a server closes the connection of somebody with a token."""
    async with server.asking("ann", "lab", token=token) as client:
        return await client.closed()


def test_the_grants_come_along(tmp_path: Path) -> None:
    """STAND-3: those that were there, new devices, and revoked ones."""

    async def main() -> None:
        async with (
            guarded(tmp_path / "first") as first,
            guarded(tmp_path / "second", f"{first.url}#t={'f' * 22}") as second,
        ):
            async with first.client("ann", "lab", token="g" * 22) as ann:
                await ann.sync("a")
                await ann.push(1, put("a"))
                token = ann.ack["token"]
            async with first.client("bob", "lab", token="o" * 22) as bob:
                await bob.send({"type": "access:set", "request": 1, "id": GUESTS.id, "role": "none"})
                await bob.receive("access:grants")
            await until_stored(second.store, "lab", 1)
            await until(lambda: roles(tmp_path / "second") == roles(tmp_path / "first"))
            promote(tmp_path / "second")
            await until(lambda: second.service.post.standing.refusal is None)
            async with second.client("ann", "lab", token=token) as ann:
                assert len((await ann.sync("b"))["records"]) == 1
            assert await refusal(second, "g" * 22) == (4403, "removed")

    run(main())


def test_grants_that_are_gone_go_on_the_standby_too(tmp_path: Path) -> None:
    """STAND-3"""

    async def main() -> None:
        async with guarded(tmp_path / "first") as first:
            link = f"{first.url}#t={'f' * 22}"
            async with guarded(tmp_path / "second", link) as second:
                book = first.service.reception._book
                assert book is not None
                await until(lambda: OWNER.id in roles(tmp_path / "second"))
                await book.add([], [OWNER.id])
                await until(lambda: set(roles(tmp_path / "second")) == {FOLLOWER.id, GUESTS.id})
            await book.add([OWNER], [GUESTS.id, "unknown"])
            async with guarded(tmp_path / "second", link) as second:
                await until(lambda: set(roles(tmp_path / "second")) == {FOLLOWER.id, OWNER.id})
                assert second.service.post.standing.term == 1

    run(main())


@pytest.mark.parametrize("token", ["", "#t=" + "x" * 22, "#t=" + "o" * 22, "#t=" + "g" * 22])
def test_others_may_not_follow(tmp_path: Path, token: str, caplog: pytest.LogCaptureFixture) -> None:
    """STAND-1: not even an owner of the server, whose link is for people."""

    async def main() -> None:
        async with guarded(tmp_path / "first") as first, guarded(tmp_path / "second", first.url + token):
            await until(lambda: "can't follow at the moment: it does not accept this link" in caplog.text)
            assert first.service.followers.count == 0

    run(main())
    assert "A standby needs a link made with invite --all --role follower." in caplog.text


def test_a_standby_whose_right_ends_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """STAND-1: it gets nothing from then on, and can't come back."""
    monkeypatch.setattr(reception, "ALIVE_SECONDS", 0.02)

    async def main() -> None:
        async with (
            guarded(tmp_path / "first") as first,
            guarded(tmp_path / "second", f"{first.url}#t={'f' * 22}"),
        ):
            await until(lambda: first.service.followers.count == 1)
            book = first.service.reception._book
            assert book is not None
            await book.add([FOLLOWER._replace(role=Role.NONE)])
            await until(lambda: "can't follow at the moment: it does not accept this link" in caplog.text)
            assert first.service.followers.count == 0

    run(main())
    assert "ends: its right to follow has ended" in caplog.text


def test_the_link_of_a_standby_lets_nobody_in(tmp_path: Path) -> None:
    """STAND-1"""

    async def main() -> None:
        async with guarded(tmp_path / "first") as first:
            assert await refusal(first, "f" * 22) == (4401, "unknown_token")

    run(main())


async def asked(owner: RawClient, **fields: Any) -> dict[str, Any]:
    """The answer to a request for a grant."""
    await owner.send({"type": "access:invite", "request": 1, "role": "follower", **fields})
    return await owner.receive("access:invited", "access:refused")


def test_an_owner_lets_a_standby_follow(tmp_path: Path) -> None:
    """STAND-10: its token goes over no other wire than its own."""
    hash = hash_of("s" * 22).hex()

    async def main() -> None:
        async with guarded(tmp_path / "first") as first, first.client("o", "lab", token="o" * 22) as owner:
            answer = await asked(owner, hash=hash, label="Ben")
            grant = answer["grant"]
            assert (grant["kind"], grant["role"], grant["label"]) == ("device", "follower", "Ben")
            assert answer["token"] == ""
            async with guarded(tmp_path / "second", f"{first.url}#t={'s' * 22}"):
                await until(lambda: first.service.followers.count == 1)
                assert await refusal(first, "s" * 22) == (4401, "unknown_token")

    run(main())


def test_only_an_owner_of_the_server_lets_a_standby_follow(tmp_path: Path) -> None:
    """STAND-10: it gets all sessions."""
    hash = hash_of("s" * 22).hex()
    own = grant("l" * 22, Role.OWNER, GrantKind.DEVICE, "lab")

    async def main() -> None:
        async with guarded(tmp_path / "first") as first:
            book = first.service.reception._book
            assert book is not None
            await book.add([own])
            async with first.client("l", "lab", token="l" * 22) as of_one:
                assert (await asked(of_one, hash=hash))["reason"] == "not_allowed"
            async with first.client("o", "lab", token="o" * 22) as owner:
                assert (await asked(owner))["reason"] == "not_allowed"
                assert (await asked(owner, hash=hash, role="editor"))["reason"] == "not_allowed"
                await owner.send({"type": "access:invite", "request": 1, "role": "follower", "hash": "ab"})
                assert (await owner.receive("error"))["reason"] == "invalid_message"

    run(main())
