"""The grants that servers share: a log of changes in NATS, and a copy on each server's disk (OWN-11)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from nats.aio.client import Client

from optiverse_collab.disk.durable import write_private
from optiverse_collab.errors import StorageError
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.access.file import AccessFile, Outdated
from optiverse_collab_server.access.grants import Grants, StoredGrant
from optiverse_collab_server.access.writer import Keeper, Writer
from optiverse_collab_server.cluster.grant_shortening import Shortening
from optiverse_collab_server.cluster.grant_table import (
    Change,
    GrantTable,
    decode,
    divided,
    encode,
    new_change,
)
from optiverse_collab_server.cluster.merging import lacking
from optiverse_collab_server.storage.failures import explained
from optiverse_collab_server.storage.jetstream.changes import ChangeLog
from optiverse_collab_server.storage.jetstream.opening import patiently
from optiverse_collab_server.storage.jetstream.stream import Unanswered

TRIES, PAUSE_SECONDS = 4, 0.25
"""How often a change is sent that is not answered, and the wait before it is sent again."""

LOOK_SECONDS = 1.0
"""How often a server looks for what others have changed."""

MARK = "shared-access"
"""The name of the file that says of which log the copy is."""

log = logging.getLogger("optiverse_collab_server")


class SharedGrants:
    """A `Keeper` of grants that several servers share; `join` comes first.

    Args:
        changes: the log.
        file: this server's copy.
        mark: a file that says of which log the copy is, and since when a command may have added to it.
        clock: the time of day, in ms.
    """

    def __init__(self, changes: ChangeLog, file: Keeper, mark: Path, clock: Callable[[], int]) -> None:
        self._table = GrantTable()
        self._changes, self._file, self._mark, self._clock = changes, file, mark, clock
        self._shared: dict[str, StoredGrant] = {}  # what the book and the file have
        self._version = 1  # of what others changed
        self._file_version = self._taken_ms = 0  # when what commands wrote was taken, and the version then
        self._marked = 0  # the number of the last message when the mark was written
        self._shortening = Shortening()
        self._watching: asyncio.Task[None] | None = None

    @property
    def all(self) -> list[StoredGrant]:
        """The grants, oldest first."""
        return sorted(self._table.all.values(), key=lambda grant: grant.made_ms)

    @property
    def key(self) -> bytes:
        """The one with which all servers sign."""
        return self._table.key

    async def join(self, key: bytes) -> None:
        """Bring this server's grants and key to the log, if it lacks them, and follow it.

        Args:
            key: of this server; another one may be valid.

        Raises:
            StorageError: NATS does not answer, or the file can't be used.
        """
        self._taken_ms = self._clock()
        found = await self._file.load_since(0)
        assert found is not None, "somebody has read the file"
        self._file_version, here = found
        known, since_ms = await asyncio.to_thread(self._read_mark)
        if known == self._changes.id:  # the log knows more of these, except for what a command has added
            await self._merge([grant for grant in here if grant.made_ms > since_ms], key)
        else:
            await self._merge(here, key)
        self._shared = {grant.id: grant for grant in here}
        await self._share()
        await self._keep_mark()

    def watch(self, look: Callable[[], Awaitable[None]]) -> None:
        """Call this often, until the end; it looks for changes by others."""
        self._watching = asyncio.create_task(_call_often(look))

    async def write(self, grants: Sequence[StoredGrant], forgotten: Sequence[str] = ()) -> None:
        """See `Writer.write`. What is too long for a message is several changes.

        Raises:
            Outdated: another server has changed the grants first; start over.
            StorageError: NATS does not answer.
        """
        first, *more = divided(grants)
        for change in (new_change(first, forgotten), *map(new_change, more)):
            await self._append(change)
        for id in forgotten:
            self._shared.pop(id, None)
        self._shared.update((grant.id, grant) for grant in grants)
        await self._keep(grants, forgotten)

    async def load_since(self, version: int) -> tuple[int, list[StoredGrant]] | None:
        """See `Writer.load_since`; also takes what a command has written to this server's file."""
        now_ms = self._clock()
        if not await self._changes.is_there():
            await self._replace()
        await self._read()
        with contextlib.suppress(Outdated):  # then the next time
            await self._take_from_file()
            self._taken_ms = now_ms
        await self._share()
        await self._keep_mark()
        await self._shortening.go_on(self._changes, self._table)
        return None if self._version == version else (self._version, self.all)

    async def close(self, seconds: float) -> None:
        """See `Writer.close`."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        await self._keep_mark()
        await self._file.close(seconds)

    async def _merge(self, here: Sequence[StoredGrant], key: bytes) -> None:
        """Bring grants and the key to a log that may lack them."""
        while True:
            await self._read()
            lacks = lacking(here, self._table.all)
            if not lacks and self.key:
                return
            with contextlib.suppress(Outdated):
                for some in divided(lacks):
                    await self._append(new_change(some, key=b"" if self.key else key))

    async def _replace(self) -> None:
        """The log was deleted: use another one, and bring everything there."""
        log.warning("The grants in NATS were deleted. They are put back from this server's copy")
        before = self._changes, self._table
        self._changes, self._table = await self._changes.again(), GrantTable()
        self._shortening, self._marked = Shortening(), 0
        try:
            await self._merge(list(before[1].all.values()), before[1].key)
        except BaseException:
            self._changes, self._table = before  # the next look tries again
            raise

    async def _append(self, change: Change) -> None:
        """Append a change after the last known one, and apply it.

        Raises:
            Outdated: there is another one already.
            StorageError: NATS does not answer, or can't store it.
        """
        data = encode(change)
        for _ in range(TRIES):
            with contextlib.suppress(Unanswered):
                number = await self._changes.append(data, self._table.last)
                if number is None:
                    news = await self._changes.read(self._table.last)
                    if not news or decode(news[0].data).write != change.write:
                        raise Outdated
                    number = news[0].sequence  # an earlier try got in
                self._table.apply(number, change)
                self._shortening.begin(self._table)
                return
            await asyncio.sleep(PAUSE_SECONDS)
        raise StorageError("NATS does not answer, so access can't be changed; try again.")

    async def _read(self) -> None:
        """Apply what other servers have changed."""
        for message in await self._changes.read(self._table.last):
            self._table.apply(message.sequence, decode(message.data))

    async def _share(self) -> None:
        """Note what is new to the book, and write it to the file."""
        before, now = self._shared, self._table.all
        if before == now:
            return
        changed = [grant for grant in now.values() if before.get(grant.id) != grant]
        gone = [id for id in before if id not in now]
        self._shared, self._version = dict(now), self._version + 1
        await self._keep(changed, gone)

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
        new = [grant for grant in found[1] if grant.id not in self._table.all]
        if new:
            for some in divided(new):
                await self._append(new_change(some))
        self._file_version = found[0]

    async def _keep_mark(self) -> None:
        """Note that the log knows what is in the file: after a crash, nothing old is brought again."""
        try:
            if self._marked != self._table.last:
                await asyncio.to_thread(self._write_mark)
                self._marked = self._table.last
        except StorageError as error:
            log.warning("After a crash, this server may bring grants back that others dropped: %s", error)

    def _read_mark(self) -> tuple[str, int]:
        with explained(self._mark):
            text = self._mark.read_text("ascii") if self._mark.exists() else ""
        known, _, since_ms = text.partition(" ")
        return known, int(since_ms or 0)

    def _write_mark(self) -> None:
        with explained(self._mark):
            write_private(self._mark, f"{self._changes.id} {self._taken_ms}".encode())


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
    changes = await patiently(lambda: ChangeLog.find(client, replicas))
    file = Writer(AccessFile(folder))
    shared = SharedGrants(changes, file, folder / MARK, clock)
    try:
        await shared.join(key)
    except BaseException:
        await file.close(PAUSE_SECONDS)
        raise
    book = GrantBook(Grants(shared.all), shared, clock)
    shared.watch(book.look_again)
    return book, shared.key


async def _call_often(look: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await look()
        except StorageError as error:
            log.debug("Other servers' grants can't be read at the moment: %s", error)
