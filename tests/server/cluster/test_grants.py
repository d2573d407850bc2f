"""Grants of servers that share a store (OWN-11)."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import AccessInvite, AccessSet
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.errors import StorageError
from optiverse_collab_server.access import book as access_book
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.access.file import AccessFile
from optiverse_collab_server.access.grants import StoredGrant
from optiverse_collab_server.cluster import grant_table
from optiverse_collab_server.cluster import grants as module
from optiverse_collab_server.cluster.grant_table import decode
from optiverse_collab_server.cluster.grants import SharedGrants, open_grants
from optiverse_collab_server.storage.jetstream import changes, stream
from optiverse_collab_server.storage.jetstream.opening import open_stream
from tests.helpers import aio
from tests.helpers.grants import grant
from tests.helpers.nats_server import NatsServer, needs_nats

pytestmark = needs_nats

WANTED = AccessInvite(1, Role.EDITOR, uses=3)

Joined = Callable[[str], AbstractAsyncContextManager[GrantBook]]


@pytest.fixture
def joined(nats: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Joined:
    """The grants of a server with a name; its file stays."""
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(module, "TRIES", 2)
    monkeypatch.setattr(stream, "ANSWER_SECONDS", 0.5)

    @asynccontextmanager
    async def join(name: str) -> AsyncIterator[GrantBook]:
        connection = await open_stream([nats.address], replicas=1)
        (tmp_path / name).mkdir(exist_ok=True)
        book, _ = await open_grants(connection.client, 1, tmp_path / name, lambda: 1_000, name.encode())
        try:
            yield book
        finally:
            await book.close()
            await connection.close()

    return join


def keeper_of(book: GrantBook) -> SharedGrants:
    assert isinstance(book._keeper, SharedGrants)
    return book._keeper


def is_shortened(messages: list[stream.Message]) -> bool:
    """Whether a log begins with the first of several parts of a copy."""
    return messages[0].sequence > 1 and decode(messages[0].data).ids is not None


async def until_knows(book: GrantBook, id: str, role: Role) -> None:
    def is_known() -> bool:
        found = book.grants.get(id)
        return found is not None and found.role is role

    await aio.until(is_known)


def test_an_invite_of_one_server_works_on_all(joined: Joined) -> None:
    """OWN-11: its uses are counted together, and revoking it is announced everywhere."""

    async def scenario() -> None:
        async with joined("a") as ann, joined("b") as bob:
            told: list[tuple[StoredGrant, StoredGrant]] = []
            bob.changed = lambda before, after: told.append((before, after))
            invite, token = await ann.invite(WANTED, "lab", "")
            found = await bob.find(token)
            assert found == invite
            outcomes = [
                outcome
                for _ in range(2)
                for outcome in await asyncio.gather(
                    ann.exchange(invite.id, "lab", "Ann"), bob.exchange(invite.id, "lab", "Bob")
                )
            ]
            assert [isinstance(outcome, CloseReason) for outcome in outcomes].count(True) == 1
            await until_knows(bob, invite.id, Role.EDITOR)
            await ann.set(AccessSet(1, invite.id, role=Role.NONE), "lab", "")
            await until_knows(bob, invite.id, Role.NONE)
            assert [after.role for _, after in told] == [Role.NONE]
            assert keeper_of(ann).key == keeper_of(bob).key == b"a"

    aio.run(scenario())


def test_a_server_that_was_away_learns_what_changed(joined: Joined) -> None:
    """OWN-11: what it knew before counts no more, but an invite made by a command meanwhile does."""

    async def scenario() -> None:
        async with joined("a") as ann:
            async with joined("b") as bob:
                invite, _ = await bob.invite(WANTED, "lab", "")
            await ann.look_again()
            await ann.set(AccessSet(1, invite.id, role=Role.NONE), "lab", "")
            async with joined("b") as bob:
                await until_knows(bob, invite.id, Role.NONE)

    aio.run(scenario())


def test_what_a_command_writes_becomes_known_everywhere(joined: Joined, tmp_path: Path) -> None:
    """While the server runs, and while it does not."""
    made_ms = {"x": 0, "y": 2_000, "z": 0}
    first, second, third = (grant(name)._replace(made_ms=ms) for name, ms in made_ms.items())

    def write(one: StoredGrant) -> None:
        file = AccessFile(tmp_path / "a")
        file.load()
        file.write([one])
        file.close()

    async def scenario() -> None:
        async with joined("b") as bob:
            (tmp_path / "a").mkdir()
            write(first)
            async with joined("a"):
                await until_knows(bob, first.id, first.role)
            write(second)
            async with joined("a") as ann:
                await until_knows(bob, second.id, second.role)
                write(third)
                await ann.invite(WANTED, "lab", "")
                await until_knows(bob, third.id, third.role)

    aio.run(scenario())


def test_after_a_crash_no_grant_comes_back(joined: Joined, tmp_path: Path) -> None:
    """OWN-11: one that came from the log, and that others dropped since."""
    one = grant("one")._replace(made_ms=5_000)

    async def scenario() -> None:
        async with joined("a") as ann, joined("b") as bob:
            keeper_of(ann)._clock = lambda: 9_000
            await bob.add([one])
            mark = tmp_path / "a" / module.MARK
            await aio.until(lambda: mark.read_text("ascii").endswith(" 9000"))
            await aio.until(lambda: ann.grants.get(one.id) is not None)
            shutil.copytree(tmp_path / "a", tmp_path / "c")  # what a crash leaves
            await bob.add([], [one.id])
            async with joined("c") as crashed:
                assert crashed.grants.get(one.id) is None

    aio.run(scenario())


def test_grants_outlive_a_deleted_log(joined: Joined) -> None:
    """OWN-11, OWN-12: while servers run, and over a restart of all; with the same key."""

    async def scenario() -> None:
        async with joined("a") as ann, joined("b") as bob:
            invite, _ = await ann.invite(WANTED, "lab", "")
            revoked, _ = await ann.invite(WANTED, "lab", "")
            await until_knows(bob, revoked.id, Role.EDITOR)
            await bob.set(AccessSet(1, revoked.id, role=Role.NONE), "lab", "")
            for book in (ann, bob):
                await until_knows(book, revoked.id, Role.NONE)
            old = keeper_of(ann)._changes
            await old._js.delete_stream(changes.NAME)
            await aio.until(lambda: all(keeper_of(one)._changes.id != old.id for one in (ann, bob)))
            new, _ = await bob.invite(WANTED, "lab", "")
            await until_knows(ann, new.id, Role.EDITOR)
            for book in (ann, bob):
                keeper_of(book)._watching.cancel()  # type: ignore[union-attr]
            await keeper_of(ann)._changes._js.delete_stream(changes.NAME)
        async with joined("b") as bob, joined("a") as ann:
            for book in (ann, bob):
                roles = {id: book.grants.get(id) for id in (invite.id, new.id, revoked.id)}
                found = [one.role for one in roles.values() if one is not None]
                assert found == [Role.EDITOR, Role.EDITOR, Role.NONE]
            assert keeper_of(ann).key == keeper_of(bob).key

    aio.run(scenario())


def test_a_deleted_log_is_replaced_as_soon_as_nats_answers(
    joined: Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OWN-11: meanwhile the server knows what it knew."""
    has_failed = asyncio.Event()

    async def fail(*_: object) -> None:
        has_failed.set()
        raise StorageError("NATS does not answer.")

    async def scenario() -> None:
        async with joined("a") as ann:
            invite, _ = await ann.invite(WANTED, "lab", "")
            keeper = keeper_of(ann)
            with monkeypatch.context() as patched:
                patched.setattr(keeper, "_merge", fail)
                await keeper._changes._js.delete_stream(changes.NAME)
                await has_failed.wait()
                assert [*keeper.all] == [invite]
            async with joined("b") as bob:
                await until_knows(bob, invite.id, Role.EDITOR)

    aio.run(scenario())


def test_the_log_is_shortened(joined: Joined, monkeypatch: pytest.MonkeyPatch) -> None:
    """OWN-14: also if the grants don't fit into one message, and two servers do it at once."""
    monkeypatch.setattr(grant_table, "LONG", 10)
    monkeypatch.setattr(grant_table, "PART_BYTES", 1_500)

    async def scenario() -> None:
        async with joined("a") as ann, joined("c") as carl:
            made: list[StoredGrant] = []
            while not is_shortened(await keeper_of(ann)._changes.read(0)):
                made += [(await one.invite(WANTED, "lab", ""))[0] for one in (ann, carl)]
                await asyncio.sleep(0.02)
            async with joined("b") as bob:
                assert {one.id: bob.grants.get(one.id) for one in made} == {one.id: one for one in made}
                assert keeper_of(bob).key == b"a"
                await bob.add([], [made[0].id])
                await aio.until(lambda: ann.grants.get(made[0].id) is None)

    aio.run(scenario())


def test_a_long_change_is_several_messages(joined: Joined) -> None:
    """After a restart, thousands come in within a minute; NATS takes no message of more than 1 MiB."""
    some = [grant(f"t{number}")._replace(label="x" * 256) for number in range(3_000)]

    async def scenario() -> None:
        async with joined("a") as ann, joined("b") as bob:
            await ann.add(some)
            await aio.until(lambda: len(list(bob.grants)) == len(some))

    aio.run(scenario())


def test_no_news_is_lost_when_a_look_takes_too_long(joined: Joined, monkeypatch: pytest.MonkeyPatch) -> None:
    """OWN-11: what was read already is announced with the next look."""

    async def scenario() -> None:
        async with joined("a") as ann, joined("b") as bob:
            invite, _ = await ann.invite(WANTED, "lab", "")
            await until_knows(bob, invite.id, Role.EDITOR)
            keeper = keeper_of(bob)
            with monkeypatch.context() as patched:
                patched.setattr(keeper._file, "load_since", lambda version: asyncio.sleep(60))
                patched.setattr(access_book, "LOOK_SECONDS", 0.1)
                await ann.set(AccessSet(1, invite.id, role=Role.NONE), "lab", "")
                await aio.until(lambda: keeper._table.all[invite.id].role is Role.NONE)
            await until_knows(bob, invite.id, Role.NONE)

    aio.run(scenario())


def test_without_nats_nothing_changes(joined: Joined, nats: NatsServer) -> None:
    """Who is known comes in nevertheless; what was sent once is applied once."""

    async def scenario() -> None:
        async with joined("a") as ann:
            invite, token = await ann.invite(WANTED, "lab", "")
            nats.pause()
            late = asyncio.ensure_future(ann.invite(WANTED, "lab", ""))
            assert await ann.find(token) == invite
            with pytest.raises(StorageError, match="access can't be changed"):
                await late
            nats.resume()
            await aio.until(lambda: len(list(ann.grants)) == 2)
            await ann.invite(WANTED, "lab", "")

    aio.run(scenario())
