"""Reads the past of a session for its participants, beside everything else and within bounds (HIST-4)."""

from __future__ import annotations

import asyncio
import logging

from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.pages import PageSize
from optiverse_collab.core.protocol.past import PastRefusal
from optiverse_collab.core.server.chain import first_head
from optiverse_collab.core.server.effects import ReadPast
from optiverse_collab.core.server.past import Past, refused
from optiverse_collab.core.throttle import Throttle
from optiverse_collab_server.connection import Connection
from optiverse_collab_server.outbox import Frame
from optiverse_collab_server.storage import Store, StoredPast

EVERY_MS = 500
"""A connection may ask this often; a client keeps to twice the time."""

AT_ONCE = 4
"""A session answers at most this many requests at a time: each holds all records of an old bench."""

log = logging.getLogger("optiverse_collab_server")


class PastReader:
    """Answers requests for the past of one session.

    Args:
        session_id: the session.
        store: where it is kept.
        epoch: of its history.
        page_bytes: how long a page may be.
    """

    def __init__(self, session_id: str, store: Store, epoch: str, page_bytes: int) -> None:
        self._session_id = session_id
        self._store = store
        self._epoch = epoch
        self._page_bytes = page_bytes
        self._throttles: dict[str, Throttle] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._loads: set[asyncio.Future[StoredPast | None]] = set()

    def start(self, connection: Connection, wanted: ReadPast) -> None:
        """Answer a request, now or as soon as it is read."""
        now_ms = asyncio.get_running_loop().time() * 1000
        throttle = self._throttles.setdefault(connection.id, Throttle(EVERY_MS))
        is_full = max(len(self._tasks), len(self._loads)) >= AT_ONCE
        if is_full or connection.id in self._tasks or throttle.wait_ms(now_ms):
            _refuse(connection, wanted, PastRefusal.BUSY)
            return
        throttle.fire(now_ms)
        task = self._tasks[connection.id] = asyncio.create_task(self._answer(connection, wanted))
        task.add_done_callback(lambda task: self._tasks.pop(connection.id, None))

    def forget(self, connection: Connection) -> None:
        """A connection is gone."""
        self._throttles.pop(connection.id, None)
        if connection.id in self._tasks:
            self._tasks[connection.id].cancel()

    async def close(self) -> None:
        """Stop reading."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, connection: Connection, wanted: ReadPast) -> None:
        try:
            past = await self._read(wanted.clock)
        except Exception:
            log.exception("The past of session %s can't be read", self._session_id)
            _refuse(connection, wanted, PastRefusal.UNREADABLE)
            return
        if past is None:
            _refuse(connection, wanted, PastRefusal.NOT_KEPT)
            return
        size = PageSize(self._page_bytes)
        connection.outbox.send_pages(past.pages(wanted.request, size), size)
        await connection.outbox.pages_sent()

    async def _read(self, clock: int) -> Past | None:
        """What was at a clock; None if that is not kept. At clock 0 nothing was."""
        if clock == 0:
            return Past(self._epoch, 0, first_head(self._epoch))
        stored = await self._load(clock)
        if stored is None:
            return None
        past = Past(stored.epoch, stored.clock, stored.head, stored.records, stored.entries)
        for _ in past.replay():
            await asyncio.sleep(0)  # others have their turn
        return past

    async def _load(self, clock: int) -> StoredPast | None:
        """Load from storage, which finishes what it was asked for though nobody waits any more."""
        load = asyncio.ensure_future(self._store.load_at(self._session_id, clock))
        self._loads.add(load)
        load.add_done_callback(self._loaded)
        return await asyncio.shield(load)

    def _loaded(self, load: asyncio.Future[StoredPast | None]) -> None:
        self._loads.discard(load)
        if not load.cancelled():
            load.exception()  # asyncio logs those that nobody has looked at


def _refuse(connection: Connection, wanted: ReadPast, reason: PastRefusal) -> None:
    connection.outbox.send(Frame(encode(refused(wanted.request, reason)).encode()))
