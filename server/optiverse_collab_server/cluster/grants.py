"""The grants that servers share: a log of changes in NATS, and a copy on each server's disk (OWN-11)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec
from nats.aio.client import Client

from optiverse_collab.disk.durable import write_private
from optiverse_collab.errors import StorageError
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.access.file import AccessFile, Outdated
from optiverse_collab_server.access.grants import Grants, StoredGrant
from optiverse_collab_server.access.writer import Keeper, Writer
from optiverse_collab_server.cluster.merging import lacking
from optiverse_collab_server.storage.failures import explained
from optiverse_collab_server.storage.jetstream.changes import ChangeLog
from optiverse_collab_server.storage.jetstream.stream import PART_BYTES, Unanswered

TRIES, PAUSE_SECONDS = 4, 0.25
"""How often a change is sent that is not answered, and the wait before it is sent again."""

COMPACT = 500
"""After this many changes, one that has all grants replaces them, if it is short enough for a message."""

LOOK_SECONDS = 1.0
"""How often a server looks for what others have changed."""

MARK = "shared-access"
"""The name of the file that says of which log the copy is."""

AT_ONCE = 1_000
"""How many grants are brought in one message."""

log = logging.getLogger("optiverse_collab_server")


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message of the log.

    Attributes:
        write: unlike that of all other changes.
        grants: new or different; `gone` the ids of those that were dropped.
        all: there are no others.
        key: with which all servers sign heads (BACK-1).
    """

    write: str
    grants: list[StoredGrant] = []
    gone: list[str] = []
    all: bool = False
    key: bytes = b""


_encode = msgspec.json.Encoder().encode
_changes = msgspec.json.Decoder(Change)


class SharedGrants:
    """A `Keeper` of grants that several servers share; `join` comes first.

    Args:
        changes: the log.
        file: this server's copy.
        mark: a file that says of which log the copy is, and when it was that last.
        clock: the time of day, in ms.

    Attributes:
        all: the grants, by id.
        key: with which all servers sign.
    """

    def __init__(self, changes: ChangeLog, file: Keeper, mark: Path, clock: Callable[[], int]) -> None:
        self.all: dict[str, StoredGrant] = {}
        self.key = b""
        self._changes, self._file, self._mark, self._clock = changes, file, mark, clock
        self._last = self._count = self._file_version = 0
        self._version = 1  # of what others changed
        self._watching: asyncio.Task[None] | None = None

    async def join(self, key: bytes) -> None:
        """Bring this server's grants and key to the log, if it lacks them, and follow it.

        Args:
            key: of this server; another one may be valid.

        Raises:
            StorageError: NATS does not answer, or the file can't be used.
        """
        found = await self._file.load_since(0)
        assert found is not None, "somebody has read the file"
        self._file_version, here = found
        known, since_ms = await asyncio.to_thread(self._read_mark)
        if known == self._changes.id:  # the log knows more of these, except for what a command has added
            await self._merge([grant for grant in here if grant.made_ms > since_ms], key)
        else:
            await self._merge(here, key)
        gone = [grant.id for grant in here if grant.id not in self.all]
        await self._keep(list(self.all.values()), gone)
        await asyncio.to_thread(self._write_mark)

    def watch(self, look: Callable[[], Awaitable[None]]) -> None:
        """Call this often, until the end; it looks for changes by others."""
        self._watching = asyncio.create_task(_call_often(look))

    async def write(self, grants: Sequence[StoredGrant], forgotten: Sequence[str] = ()) -> None:
        """See `Writer.write`.

        Raises:
            Outdated: another server has changed the grants first; nothing was changed.
            StorageError: NATS does not answer.
        """
        await self._append(Change(secrets.token_hex(8), [*grants], [*forgotten]))
        await self._keep(grants, forgotten)

    async def load_since(self, version: int) -> tuple[int, list[StoredGrant]] | None:
        """See `Writer.load_since`; also takes what a command has written to this server's file."""
        before = dict(self.all)
        if not await self._changes.is_there():
            await self._replace()
        await self._read()
        with contextlib.suppress(Outdated):  # then the next time
            await self._take_from_file()
        if before != self.all:
            self._version += 1
            changed = [grant for grant in self.all.values() if before.get(grant.id) != grant]
            await self._keep(changed, [id for id in before if id not in self.all])
        return None if self._version == version else (self._version, list(self.all.values()))

    async def close(self, seconds: float) -> None:
        """See `Writer.close`."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        with contextlib.suppress(StorageError):
            await asyncio.to_thread(self._write_mark)
        await self._file.close(seconds)

    async def _merge(self, here: Sequence[StoredGrant], key: bytes) -> None:
        """Bring grants and the key to a log that may lack them."""
        while True:
            await self._read()
            lacks = lacking(here, self.all)
            some = [lacks[start : start + AT_ONCE] for start in range(0, len(lacks), AT_ONCE)] or [[]]
            if not lacks and self.key:
                return
            with contextlib.suppress(Outdated):
                for grants in some:
                    own = b"" if self.key else key
                    await self._append(Change(secrets.token_hex(8), grants, key=own))

    async def _replace(self) -> None:
        """The log was deleted: use another one, and bring everything there."""
        log.warning("The grants in NATS were deleted. They are put back from this server's copy")
        here, key = list(self.all.values()), self.key
        self._changes = await self._changes.again()
        self.all, self._last, self._count, self.key = {}, 0, 0, b""
        try:
            await self._merge(here, key)
        except StorageError:
            self.all = {grant.id: grant for grant in here} | self.all  # the next look tries again
            self.key = key
            raise
        await asyncio.to_thread(self._write_mark)

    async def _append(self, change: Change) -> None:
        """Append a change after the last known one, and apply it.

        Raises:
            Outdated: there is another one already.
            StorageError: NATS does not answer, or can't store it.
        """
        data = _encode(change)
        for _ in range(TRIES):
            with contextlib.suppress(Unanswered):
                number = await self._changes.append(data, self._last)
                if number is None:
                    news = await self._changes.read(self._last)
                    if not news or _changes.decode(news[0].data).write != change.write:
                        raise Outdated
                    number = news[0].sequence  # an earlier try got in
                self._apply(number, change)
                await self._compact()
                return
            await asyncio.sleep(PAUSE_SECONDS)
        raise StorageError("NATS does not answer, so access can't be changed; try again.")

    async def _compact(self) -> None:
        if self._count < COMPACT:
            return
        self._count = 0
        data = _encode(Change(secrets.token_hex(8), [*self.all.values()], all=True, key=self.key))
        if len(data) <= PART_BYTES:
            with contextlib.suppress(Unanswered):
                self._last = await self._changes.append(data, self._last, replaces=True) or self._last

    async def _read(self) -> None:
        """Apply what other servers have changed."""
        for message in await self._changes.read(self._last):
            self._apply(message.sequence, _changes.decode(message.data))

    def _apply(self, number: int, change: Change) -> None:
        self._last, self._count = number, 0 if change.all else self._count + 1
        self.key = change.key or self.key
        if change.all:
            self.all.clear()
        for id in change.gone:
            self.all.pop(id, None)
        self.all.update((grant.id, grant) for grant in change.grants)

    async def _keep(self, grants: Sequence[StoredGrant], gone: Sequence[str]) -> None:
        """Write to this server's copy, which only a repair needs."""
        try:
            with contextlib.suppress(Outdated):
                await self._file.write(grants, gone)
                return
            await self._take_from_file()
            await self._file.write(grants, gone)
        except (Outdated, StorageError) as error:
            log.warning("The copy of the grants on this server's disk is not up to date: %s", error)

    async def _take_from_file(self) -> None:
        """Bring the grants that a command has added to the file.

        Raises:
            Outdated: another server has changed the grants first.
            StorageError: they can't be brought.
        """
        found = await self._file.load_since(self._file_version)
        if found is None:
            return
        new = [grant for grant in found[1] if grant.id not in self.all]
        if new:
            await self._append(Change(secrets.token_hex(8), new))
        self._file_version = found[0]

    def _read_mark(self) -> tuple[str, int]:
        with explained(self._mark):
            text = self._mark.read_text("ascii") if self._mark.exists() else ""
        known, _, since_ms = text.partition(" ")
        return known, int(since_ms or 0)

    def _write_mark(self) -> None:
        with explained(self._mark):
            write_private(self._mark, f"{self._changes.id} {self._clock()}".encode())


async def open_grants(
    client: Client, replicas: int, folder: Path, clock: Callable[[], int], key: bytes
) -> tuple[GrantBook, bytes]:
    """The grants of all servers, and the key with which all of them sign.

    Args:
        client: connected to NATS.
        replicas: how many NATS servers keep each change.
        folder: the data folder.
        clock: the time of day, in ms.
        key: this server's, which is used if there is no other one.

    Raises:
        StorageError: NATS or the folder can't be used.
    """
    changes = await ChangeLog.find(client, replicas)
    file = Writer(AccessFile(folder))
    shared = SharedGrants(changes, file, folder / MARK, clock)
    try:
        await shared.join(key)
    except BaseException:
        await file.close(PAUSE_SECONDS)
        raise
    book = GrantBook(Grants(shared.all.values()), shared, clock)
    shared.watch(book.look_again)
    return book, shared.key


async def _call_often(look: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await look()
        except StorageError as error:
            log.debug("Other servers' grants can't be read at the moment: %s", error)
