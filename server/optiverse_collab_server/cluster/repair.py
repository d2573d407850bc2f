"""Repairs a shared store that was deleted, or replaced by an older copy, from the journal (OWN-9, OWN-10)."""

from __future__ import annotations

import asyncio
import logging
from weakref import WeakValueDictionary

import msgspec

from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Entry
from optiverse_collab.core.server.lost_changes import Merged, merge_lost
from optiverse_collab.core.server.repair import Finding, Place, compare
from optiverse_collab.errors import DatabaseDamaged, StorageError
from optiverse_collab_server.cluster.journal import Journal
from optiverse_collab_server.moving import copy_session
from optiverse_collab_server.standby.messages import Where
from optiverse_collab_server.standby.places import ENDLESS
from optiverse_collab_server.storage import Span, Store, Stored, StoredEntries
from optiverse_collab_server.storage.api import Elsewhere
from optiverse_collab_server.storage.jetstream.store import JetStreamStore

SETTLE_SECONDS = 6.0
"""How long sessions of a store that was just made are not opened, so that other servers repair it first."""

PAUSE_SECONDS = 0.5
"""How long to wait before another attempt."""

log = logging.getLogger("optiverse_collab_server")

_entry = msgspec.json.Decoder(Entry).decode


class Repair:
    """Compares each session of the journal with the store: at the start, if it was replaced, and on opening.

    Args:
        shared: the store.
        journal: of this server.
    """

    def __init__(self, shared: JetStreamStore, journal: Journal) -> None:
        self._shared, self._journal = shared, journal
        self._compared: set[str] = set()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._opens_s = 0.0
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Start to compare all sessions.

        Raises:
            StorageError: the journal can't be read.
        """
        is_new = bool(await self._journal.sessions()) and self._shared.age_s < SETTLE_SECONDS
        self._start(SETTLE_SECONDS if is_new else 0.0)

    async def ready(self, session: str) -> None:
        """Return when the store has what it lacked of a session.

        Raises:
            StorageError: it can't be read or written.
        """
        while True:
            compared = self._compared
            await asyncio.sleep(max(self._opens_s - asyncio.get_running_loop().time(), 0.0))
            compared.discard(session)  # something may have been added to the journal in the last moment
            await self._bring(session, compared)
            if compared is self._compared:  # else the store was replaced meanwhile
                return

    def start_over(self) -> None:
        """The store was replaced: compare everything again."""
        log.warning("The store in NATS was deleted. It is repaired from the servers' journals")
        self._start(SETTLE_SECONDS)

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _start(self, wait_s: float) -> None:
        if self._task is not None:
            self._task.cancel()
        self._compared = set()
        self._opens_s = asyncio.get_running_loop().time() + wait_s
        self._task = asyncio.create_task(self._bring_all())

    async def _bring_all(self) -> None:
        compared = self._compared
        for session in await self._journal.sessions():
            while True:
                try:
                    await self._bring(session, compared)
                    break
                except StorageError as error:
                    log.debug("Session %s is not compared yet: %s", session, error)
                    await asyncio.sleep(PAUSE_SECONDS)

    async def _bring(self, session: str, compared: set[str]) -> None:
        """Add to the store what it lacks of a session, if that was not done yet."""
        async with self._locks.setdefault(session, asyncio.Lock()):
            while session not in compared:
                try:
                    await self._look_at(session)
                    compared.add(session)
                except Elsewhere:  # another server repairs it, too
                    await asyncio.sleep(PAUSE_SECONDS)

    async def _look_at(self, session: str) -> None:
        """Compare, and repair."""
        try:
            end = await self._journal.end(session)
            if end is None or not await self._lacks(session, end):
                return
            if await self._shared.place(session) is not None:
                await self._shared.seize(session)
            try:
                await self._repair(session, end)
            finally:
                await self._shared.release(session)
        except DatabaseDamaged as error:
            log.error("Session %s can't be compared with this server's journal: %s", session, error)

    async def _lacks(self, session: str, end: Where) -> bool:
        """Whether the store lacks something of the journal."""
        found = await self._find(session, end)
        return found in (Finding.JOURNAL_CONTINUES, Finding.PARTED)

    async def _find(self, session: str, end: Where) -> Finding:
        there = await self._shared.place(session)
        here = Place(end.epoch, end.clock, end.head)
        if there is None or there == here:
            return compare(here, there, end.head)
        if there.clock < here.clock:
            return compare(here, there, await head_at(self._journal.store, session, there.clock))
        head = await head_at(self._shared, session, here.clock)
        return compare(here, there, head or await self._shared.head_of(session, here.clock))

    async def _repair(self, session: str, end: Where) -> None:
        """Repair a session that nobody else writes to."""
        found = await self._find(session, end)  # others may have written before
        if found is Finding.JOURNAL_CONTINUES:
            copied = await copy_session(self._journal.store, self._shared, session)
            text = "Session %s: the store lacked %d change(s), and has them again from this server's journal"
            log.warning(text, session, copied.added)
        elif found is Finding.PARTED:
            await self._merge(session, end)

    async def _merge(self, session: str, end: Where) -> None:
        """The store has continued without changes of the journal: add them, yielding, and start over."""
        stored = await self._shared.load(session)
        assert stored is not None
        last = min(end.clock, stored.clock)
        parted = await self._parted(session, last) if stored.snapshot.epoch == end.epoch else None
        if parted is None and await self._leaps(session, stored):
            return
        merged, lost = Merged([], 0), 0
        if parted is not None:
            found = await self._journal.store.load_entries(session, Span(parted, ENDLESS))
            assert found is not None
            history, merged = await asyncio.to_thread(_merged, stored, parted, found)
            lost = len(found.entries)
            if merged.accepted:
                kept = [one.kept for one in merged.accepted]
                await self._shared.append(session, kept, history.names.take_new())
        aside = await self._journal.start_over(self._shared, session, stored.snapshot.parents)
        if parted is None:
            text = (
                "Session %s in the store and in this server's journal have no change in common, or none any "
                "more. The journal is called %r now; look at it with `export` if anything is missing"
            )
            log.warning(text, session, aside)
            return
        text = (
            "Session %s: the store had continued without %d change(s) of this server's journal. %d of them "
            "were added, and yield to later ones; %d could not be. The journal as it was is called %r now"
        )
        log.warning(text, session, lost, len(merged.accepted), merged.left_out, aside)

    async def _leaps(self, session: str, stored: Stored) -> bool:
        """Continue with the journal if the store ends before all that the journal still has (OWN-15)."""
        start = await self._journal.store.load_start(session)
        last = stored.snapshot.time_ms if not stored.entries else _entry(stored.entries[-1]).time_ms
        if start is None or start.snapshot.epoch != stored.snapshot.epoch:
            return False
        if stored.clock >= start.snapshot.clock or last > start.snapshot.time_ms:
            return False  # people have edited there since
        await self._shared.leap(session, start.snapshot, start.names)
        copied = await copy_session(self._journal.store, self._shared, session)
        text = (
            "Session %s: the store ended at change %d, before all that this server's journal has. It "
            "continues with that at change %d, and has %d more from there"
        )
        log.warning(text, session, stored.clock, start.snapshot.clock, copied.added)
        return True

    async def _parted(self, session: str, last: int) -> int | None:
        """The clock up to which journal and store agree; None if there is none."""
        low, high = -1, last  # they agree at `low`, and not after `high`
        while low < high:
            middle = (low + high + 1) // 2
            here = await head_at(self._journal.store, session, middle)
            there = await head_at(self._shared, session, middle)
            if here is None or there is None or here == there:
                low = middle
            else:
                high = middle - 1
        heads = [await head_at(one, session, low) for one in (self._journal.store, self._shared)]
        return low if low >= 0 and heads[0] == heads[1] is not None else None


def _merged(stored: Stored, parted: int, lost: StoredEntries) -> tuple[History, Merged]:
    history = History(stored.snapshot, stored.names, stored.entries, term=stored.term)
    return history, merge_lost(history, parted, lost.entries, lost.names)


async def head_at(store: Store, session: str, clock: int) -> bytes | None:
    """The head of a session after the change at a clock; None if the store does not have that."""
    found = await store.load_entries(session, Span(clock, clock))
    return found.before if found is not None and found.after == clock else None
