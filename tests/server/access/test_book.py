"""The grant book changes grants one at a time: ACC-5 to ACC-7 and ACC-11 of docs/protocol.md."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import AccessInvite, AccessRefusal, AccessSet, GrantKind
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.errors import StorageError
from optiverse_collab_server.access import book as module
from optiverse_collab_server.access import grants as grants_module
from optiverse_collab_server.access import last_uses
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.access.grants import EVERY_SESSION, Grants, NotDone, StoredGrant, owner_invite
from optiverse_collab_server.access.writer import Writer
from tests.helpers.aio import DEADLINE_S, run, until
from tests.helpers.grants import MemoryFile, grant


class BreakableFile(MemoryFile):
    """A disk that may be full.

    Attributes:
        broken: writes fail.
    """

    broken = False

    def write(self, grants: Sequence[StoredGrant], forgotten: Sequence[str]) -> None:
        if self.broken:
            raise StorageError("The disk is full.")
        super().write(grants, forgotten)


class Kept:
    """A book, its file, and its clock.

    Attributes:
        told: the announced changes.
    """

    def __init__(self, grants: Sequence[StoredGrant]) -> None:
        self.file = BreakableFile()
        self.now_ms = 1_000_000
        self.book = GrantBook(Grants(grants), Writer(self.file), lambda: self.now_ms)
        self.told: list[tuple[StoredGrant, StoredGrant]] = []
        self.book.changed = lambda before, after: self.told.append((before, after))


def play(*grants: StoredGrant) -> Callable[[Callable[[Kept], Coroutine[Any, Any, None]]], None]:
    """Run the decorated scenario with a book of these grants."""

    def decorate(go: Callable[[Kept], Coroutine[Any, Any, None]]) -> None:
        async def main() -> None:
            kept = Kept(grants)
            await go(kept)
            kept.file.broken = False
            await kept.book.close()
            assert kept.file.closed

        run(main())

    return decorate


def test_an_invite_becomes_a_device_in_one_write() -> None:
    """ACC-11."""

    @play(grant("t", id="i", kind=GrantKind.INVITE, role=Role.VIEWER, uses=2, expires_ms=2_000_000))
    async def _(kept: Kept) -> None:
        made = await kept.book.exchange("i", "default", "Ann")
        assert not isinstance(made, CloseReason)
        device, token = made
        assert (device.kind, device.role, device.label) == (GrantKind.DEVICE, Role.VIEWER, "Ann")
        assert (device.expires_ms, device.uses, device.invite) == (2_000_000, None, "i")
        [[invite, written]] = kept.file.written
        assert (invite.uses, written) == (1, device)
        assert kept.book.grants.of_token(token) == device


def test_a_full_disk_leaves_all_as_it_was() -> None:
    """ACC-11: no use is counted, and no change is announced."""

    @play(grant("t", id="i", kind=GrantKind.INVITE, uses=1))
    async def _(kept: Kept) -> None:
        kept.file.broken = True
        with pytest.raises(StorageError):
            await kept.book.exchange("i", "default", "Ann")
        with pytest.raises(StorageError):
            await kept.book.set(AccessSet(1, "i", Role.NONE), "default", "")
        with pytest.raises(StorageError):
            await kept.book.invite(AccessInvite(1, Role.EDITOR), "default", "")
        assert len(list(kept.book.grants.of_session("default"))) == 1
        assert kept.told == []
        kept.file.broken = False
        assert not isinstance(await kept.book.exchange("i", "default", "Ann"), CloseReason)


def test_who_owns_nothing_any_more_lets_nobody_in() -> None:
    """ACC-14: the owner's right may end while the answer is queued."""

    @play(grant("t", id="i", kind=GrantKind.INVITE), grant(id="own"), grant(id="o", role=Role.OWNER))
    async def _(kept: Kept) -> None:
        for by in ("own", "gone"):
            with pytest.raises(NotDone):
                await kept.book.exchange("i", "default", "Ann", by=by)
        assert kept.file.written == []
        for by in ("o", ""):
            assert isinstance(await kept.book.exchange("i", "default", "Ann", by=by), tuple)


def test_of_many_who_wait_for_the_disk_some_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """ACC-11: requests do not pile up without limit behind a disk that hangs."""
    monkeypatch.setattr(module, "EXCHANGES", 2)

    @play(grant("t", kind=GrantKind.INVITE))
    async def _(kept: Kept) -> None:
        tries = [kept.book.exchange("g-t", "default", f"{number}") for number in range(3)]
        *made, last = await asyncio.gather(*tries, return_exceptions=True)
        assert [isinstance(one, tuple) for one in made] == [True, True]
        assert isinstance(last, StorageError)
        assert isinstance(await kept.book.exchange("g-t", "default", "again"), tuple)


def test_what_lets_nobody_in_says_why() -> None:
    """ACC-9."""

    @play(grant("t", kind=GrantKind.INVITE, uses=0))
    async def _(kept: Kept) -> None:
        assert await kept.book.exchange("g-t", "default", "Ann") is CloseReason.EXPIRED
        assert await kept.book.exchange("other", "default", "Ann") is CloseReason.UNKNOWN_TOKEN


def test_a_full_session_gets_no_more_grants(monkeypatch: pytest.MonkeyPatch) -> None:
    """ACC-7: until some of them no longer admit anybody."""
    monkeypatch.setattr(grants_module, "GRANTS", 2)

    @play(grant("t", id="i", kind=GrantKind.INVITE), grant(id="d"))
    async def _(kept: Kept) -> None:
        assert await kept.book.exchange("i", "default", "Ann") is CloseReason.SESSION_FULL
        with pytest.raises(NotDone) as refusal:
            await kept.book.invite(AccessInvite(1, Role.EDITOR), "default", "")
        assert refusal.value.reason is AccessRefusal.TOO_MANY
        await kept.book.set(AccessSet(1, "d", Role.NONE), "default", "")
        invite, _token = await kept.book.invite(AccessInvite(1, Role.EDITOR, uses=3), "default", "")
        assert (invite.uses, kept.book.grants.get("d")) == (3, None)


def test_a_request_that_waited_is_judged_again() -> None:
    """ACC-7: its author was removed in the meantime."""

    @play(grant(id="own", role=Role.OWNER), grant(id="other", role=Role.OWNER))
    async def _(kept: Kept) -> None:
        removal = kept.book.set(AccessSet(1, "own", Role.NONE), "default", "other")
        late = (
            kept.book.set(AccessSet(2, "own", Role.OWNER), "default", "own"),
            kept.book.invite(AccessInvite(3, Role.OWNER), "default", "own"),
        )
        done, *ends = await asyncio.gather(removal, *late, return_exceptions=True)
        assert isinstance(done, StoredGrant)
        assert [getattr(end, "reason", None) for end in ends] == [AccessRefusal.NOT_ALLOWED] * 2
        with pytest.raises(NotDone):
            kept.book.manageable("default", "own")


def test_changes_are_told_with_what_was_before() -> None:
    """ACC-6: unnamed fields keep their values."""

    @play(grant(id="d", role=Role.EDITOR, expires_ms=5_000_000))
    async def _(kept: Kept) -> None:
        await kept.book.set(AccessSet(1, "d", Role.VIEWER), "default", "")
        await kept.book.set(AccessSet(2, "d", expires_s=60), "default", "")
        await kept.book.set(AccessSet(3, "d", expires_s=0), "default", "")
        seen = [(after.role, after.expires_ms) for _, after in kept.told]
        assert seen == [(Role.VIEWER, 5_000_000), (Role.VIEWER, 1_060_000), (Role.VIEWER, None)]
        assert [before for before, _ in kept.told[1:]] == [after for _, after in kept.told[:-1]]


def test_when_somebody_came_is_shown_at_once_and_written_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """ACC-4."""
    monkeypatch.setattr(last_uses, "EVERY_MS", 1000)

    @play(grant(id="d"), grant(id="gone"))
    async def _(kept: Kept) -> None:
        device = kept.book.grants.get("d")
        assert device is not None
        kept.book.note_seen("d")
        kept.book.note_seen("gone")
        kept.book.grants.forget("gone")
        assert kept.book.with_last_use(device).seen_ms == 1_000_000
        kept.book.keep_seen()
        await asyncio.sleep(0)
        assert kept.file.written == []
        kept.now_ms += 1000
        kept.book.keep_seen()
        kept.book.keep_seen()
        await until(lambda: kept.file.written)
        assert kept.file.written == [[device._replace(seen_ms=1_000_000)]]
        kept.file.broken = True
        kept.book.note_seen("d")
        kept.now_ms += 1000
        kept.book.keep_seen()  # harmless


def test_owner_of_the_server_owns_every_session() -> None:
    invite, _token = owner_invite(7)

    @play(invite)
    async def _(kept: Kept) -> None:
        made = await kept.book.exchange(invite.id, "any", "Olga")
        assert not isinstance(made, CloseReason)
        assert (made[0].session, made[0].role) == (EVERY_SESSION, Role.OWNER)
        assert kept.book.grants.has_owner("other", kept.now_ms)


def test_what_another_process_wrote_counts() -> None:
    """ACC-11: the ``invite`` command writes to the file while the server runs."""
    known, gone, added = grant("known", id="i"), grant("gone", id="g"), grant("added", id="j")

    @play(known, gone)
    async def _(kept: Kept) -> None:
        assert await kept.book.find("added") is None
        kept.file.by_others = [known._replace(role=Role.VIEWER), added]
        assert await kept.book.find("known") == known, "this needs no disk"
        assert await kept.book.find("added") == added
        assert kept.told == [
            (known, known._replace(role=Role.VIEWER)),
            (gone, gone._replace(role=Role.NONE)),
        ]
        assert [one.id for one in kept.book.grants] == ["i", "j"]


def test_two_processes_together_keep_to_the_uses_of_an_invite(tmp_path: Path) -> None:
    """ACC-11: each judges by what the other one has written."""

    async def main() -> None:
        one, other = (GrantBook.open(tmp_path, lambda: 7) for _ in range(2))
        invite, _token = await one.invite(AccessInvite(1, Role.EDITOR, uses=3), "default", "")
        await other.look_again()
        uses = [book.exchange(invite.id, "default", "Ann") for book in (one, other, one, other)]
        made = await asyncio.gather(*uses)
        assert [isinstance(device, tuple) for device in made].count(True) == 3
        assert CloseReason.EXPIRED in made
        for book in (one, other):
            await book.look_again()
            assert [grant.uses for grant in book.grants if grant.id == invite.id] == [0]
            await book.close()

    run(main())


def test_a_time_of_use_brings_back_no_right_that_another_took(tmp_path: Path) -> None:
    """ACC-6: the process that writes the time learns of the removal first."""

    async def main() -> None:
        one, other = (GrantBook.open(tmp_path, lambda: 7) for _ in range(2))
        await one.add([grant(id="d")])
        await other.look_again()
        other.note_seen("d")
        await one.set(AccessSet(1, "d", Role.NONE), "default", "")
        await other.close()
        await one.look_again()
        assert [(each.role, each.seen_ms) for each in one.grants] == [(Role.NONE, 7)]
        await one.close()

    run(main())


def test_who_is_unknown_waits_for_no_disk_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    gate = threading.Event()

    class Hanging(MemoryFile):
        def load_since(self, version: int) -> tuple[int, list[StoredGrant]] | None:
            gate.wait(DEADLINE_S)
            return super().load_since(version)

    async def main() -> None:
        kept = GrantBook(Grants([grant("known")]), Writer(Hanging()), lambda: 0)
        assert await kept.find("known") is not None
        with pytest.raises(StorageError, match="no token can be looked up"):
            await kept.find("unknown")
        gate.set()
        await kept.close()

    run(main())
