"""Reads the history of a session for its participants, concurrently and within bounds (HIST-4)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar
from weakref import WeakSet

from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.pages import PageSize
from optiverse_collab.core.protocol.past import PastRefusal
from optiverse_collab.core.server.chain import first_head
from optiverse_collab.core.server.effects import ReadEntries, ReadPast
from optiverse_collab.core.server.names import NameKind
from optiverse_collab.core.server.past import Past, PastEntries, refused
from optiverse_collab.core.space import Share, Space
from optiverse_collab.core.throttle import Throttle
from optiverse_collab_server.connection import Connection
from optiverse_collab_server.outbox import Frame
from optiverse_collab_server.storage import Span, Store, TooLarge

EVERY_MS = 500
"""The shortest time between two requests of a connection; a client waits twice as long."""

AT_ONCE = 4
"""A session answers at most this many requests at a time, since each holds all records of an old bench …"""

IN_ALL = 8
"""… and all sessions together this many."""

LENT = 0.9
"""The share of the free memory for an old bench until its size is known (LIM-16)."""

ENTRIES_BYTES = 4 * 1024 * 1024
"""An answer has about this many bytes of changes; a client asks again for more."""

_T = TypeVar("_T")
_Wanted = ReadPast | ReadEntries

log = logging.getLogger("optiverse_collab_server")


class PastReaders:
    """The readers of all live sessions.

    Args:
        space: memory for old benches, shared with the sessions (LIM-16).

    Attributes:
        space: the same.
    """

    def __init__(self, space: Space) -> None:
        self.space = space
        self._all: WeakSet[PastReader] = WeakSet()

    def add(self, reader: PastReader) -> None:
        """A live session; it counts until its reader is garbage."""
        self._all.add(reader)

    @property
    def are_full(self) -> bool:
        """Whether they hold the most old benches allowed."""
        return sum(reader.held for reader in self._all) >= IN_ALL


class PastReader:
    """Answers requests for the past of one session.

    Args:
        others: the readers of all sessions.
        session_id: the session.
        store: where it is kept.
        epoch: of its history.
        page_bytes: how long a page may be.
    """

    def __init__(
        self, others: PastReaders, session_id: str, store: Store, epoch: str, page_bytes: int
    ) -> None:
        self._others = others
        self._session_id = session_id
        self._store = store
        self._epoch = epoch
        self._page_bytes = page_bytes
        self._throttles: dict[str, Throttle] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._loads: set[asyncio.Future[Any]] = set()
        others.add(self)

    @property
    def held(self) -> int:
        """How many old benches are held for answers, or being read."""
        return max(len(self._tasks), len(self._loads))

    def start(self, connection: Connection, wanted: _Wanted) -> None:
        """Answer a request, now or as soon as it is read."""
        now_ms = asyncio.get_running_loop().time() * 1000
        throttle = self._throttles.setdefault(connection.id, Throttle(EVERY_MS))
        is_full = self.held >= AT_ONCE or self._others.are_full
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

    async def _answer(self, connection: Connection, wanted: _Wanted) -> None:
        space = self._others.space
        loan = Share(space, int(space.left * LENT))
        try:
            past = await self._read(wanted, loan)
        except TooLarge:
            log.warning("Too little memory for the history of session %s", self._session_id)
            _refuse(connection, wanted, PastRefusal.TOO_LARGE)
        except Exception:
            log.exception("The history of session %s can't be read", self._session_id)
            _refuse(connection, wanted, PastRefusal.UNREADABLE)
        else:
            if past is None:
                _refuse(connection, wanted, PastRefusal.NOT_KEPT)
                return
            size = PageSize(self._page_bytes)
            connection.outbox.send_pages(past.pages(wanted.request, size), size)
            await connection.outbox.pages_sent()
        finally:
            loan.resize(0)

    async def _read(self, wanted: _Wanted, loan: Share) -> Past | PastEntries | None:
        """The requested bench or changes; None if they are not kept.

        Raises:
            TooLarge: it takes more than the reserved memory.
        """
        if isinstance(wanted, ReadPast):
            past = await self._read_bench(wanted.clock, loan)
            if past is not None:
                past.lanes = wanted.lanes
            return past
        if wanted.after == wanted.until:
            loan.resize(0)
            return PastEntries(self._epoch, wanted.after, [], {})
        if loan.bytes < ENTRIES_BYTES:
            raise TooLarge
        loan.resize(ENTRIES_BYTES)
        span = Span(wanted.after, wanted.until, wanted.since_ms, ENTRIES_BYTES)
        stored = await self._load(self._store.load_entries(self._session_id, span), ENTRIES_BYTES)
        if stored is None:
            return None
        authors = {name.number: name.text for name in stored.names if name.kind is NameKind.AUTHOR}
        return PastEntries(stored.epoch, stored.after, stored.entries, authors)

    async def _read_bench(self, clock: int, loan: Share) -> Past | None:
        """What was at a clock; None if that is not kept. At clock 0 nothing was.

        Raises:
            TooLarge: it takes more memory than allowed.
        """
        if clock == 0:
            loan.resize(0)
            return Past(self._epoch, 0, first_head(self._epoch))
        stored = await self._load(self._store.load_at(self._session_id, clock, loan.bytes), loan.bytes)
        if stored is None:
            return None
        past = Past(stored.epoch, stored.clock, stored.head, stored.records, stored.entries)
        for _ in past.replay():
            await asyncio.sleep(0)  # let others run
            if past.memory > loan.bytes:
                break
        if past.memory > loan.bytes:
            raise TooLarge
        loan.resize(past.memory)
        return past

    async def _load(self, loading: Coroutine[Any, Any, _T], most: int) -> _T:
        """Load from storage, which finishes a request even if nobody waits any more."""
        load = asyncio.ensure_future(loading)
        self._loads.add(load)
        load.add_done_callback(self._loaded)
        try:
            return await asyncio.shield(load)
        except asyncio.CancelledError:
            lent = Share(self._others.space, most)  # until storage is done
            load.add_done_callback(lambda load: lent.resize(0))
            raise

    def _loaded(self, load: asyncio.Future[Any]) -> None:
        self._loads.discard(load)
        if not load.cancelled():
            load.exception()  # asyncio logs exceptions that nobody has retrieved


def _refuse(connection: Connection, wanted: _Wanted, reason: PastRefusal) -> None:
    connection.outbox.send(Frame(encode(refused(wanted.request, reason)).encode()))
