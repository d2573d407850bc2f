"""All sessions that are live on this server, and when they come and go."""

from __future__ import annotations

import asyncio
import logging
import secrets
from weakref import WeakValueDictionary

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.room import Room
from optiverse_collab_server.chunking import OpenChunk
from optiverse_collab_server.connection import Connection
from optiverse_collab_server.session import LiveSession
from optiverse_collab_server.storage import Store
from optiverse_collab_server.unstored import Unstored

SILENCE_SECONDS = 75.0
"""A connection of which no byte came for so long is closed (HB-2)."""

AWAY_SECONDS = 20.0
"""Whoever was silent for longer is shown to the others as away (HB-6)."""

STORE_SECONDS, GOODBYE_SECONDS = 1.5, 1.0
"""When the server ends, it waits for the disk for so long, and then for slow receivers (CLOSE-3)."""

LOOK_SECONDS = 1.0
"""How often silent connections are looked for."""

log = logging.getLogger("optiverse_collab_server")


class Hub:
    """Opens sessions when the first participant comes and closes them when the last has left.

    Args:
        store: where sessions are kept.
        limits: what the participants may do.
        server: name and version of the server.
        silence_seconds: how long a connection may be silent.
    """

    def __init__(
        self, store: Store, limits: Limits, server: str, silence_seconds: float = SILENCE_SECONDS
    ) -> None:
        self.limits = limits
        self._store = store
        self._server = server
        self._silence_seconds = silence_seconds
        self._unstored = Unstored()
        self._live: dict[str, LiveSession] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._stopping = False
        self._reaper = asyncio.create_task(self._look_for_silent())

    async def serve(self, connection: Connection, session_id: str, user_id: str) -> None:
        """Serve a connection until it closes.

        Raises:
            StorageError: the session can't be loaded.
        """
        async with self._lock(session_id):
            session = self._live.get(session_id)
            if session is None or session.failed:
                session = self._live[session_id] = await self._open(session_id)
            admitted = not self._stopping and session.join(connection, user_id)
        if not admitted:
            if self._stopping:
                connection.close(CloseReason.RESTARTING)
            await connection.closed()
            return
        try:
            log.info("Entering message loop for %s", connection.name)
            await connection.listen(session)
        finally:
            session.leave(connection)
            if not session.connections:
                await self._close_empty(session)

    async def close(self) -> bool:
        """Make every session durable, send what waits, and close all connections (CLOSE-3).

        Returns:
            False if the disk doesn't answer; then it was not waited for.
        """
        self._stopping = True
        self._reaper.cancel()
        sessions = list(self._live.values())
        late = await _late([asyncio.create_task(session.close()) for session in sessions])
        connections = [c for session in sessions for c in session.connections.values()]
        await asyncio.gather(*(self._say_goodbye(connection) for connection in connections))
        return not late

    async def _say_goodbye(self, connection: Connection) -> None:
        try:
            await asyncio.wait_for(connection.outbox.drain(), timeout=GOODBYE_SECONDS)
        except asyncio.TimeoutError:
            log.warning("%s reads too slowly to hear the end; it will catch up later", connection.name)
        connection.close(CloseReason.RESTARTING)
        await connection.closed()

    def _lock(self, session_id: str) -> asyncio.Lock:
        """Opening and closing one session happen one after the other.

        The lock is there as long as somebody holds it or waits for it.
        """
        return self._locks.setdefault(session_id, asyncio.Lock())

    async def _open(self, session_id: str) -> LiveSession:
        stored = await self._store.load(session_id)
        if stored is None:
            history = History(History.empty(secrets.token_hex(16)), limits=self.limits)
            log.info("Created new session: %s", session_id)
            chunk = None
        else:
            history = History(stored.snapshot, stored.names, stored.entries, self.limits)
            records = len(history.document.records)
            log.info("Reopened session: %s with %d record(s)", session_id, records)
            chunk = OpenChunk(stored.snapshot_bytes, stored.entries)
        return LiveSession(Room(session_id, history, self._server), self._store, chunk, self._unstored)

    async def _close_empty(self, session: LiveSession) -> None:
        async with self._lock(session.id):
            if session.connections or self._stopping:  # `close` closes it
                return
            await session.close()
            if self._live.get(session.id) is session:  # and not the one that replaced it after a failure
                del self._live[session.id]
                log.info("Closed session %s: nobody is left", session.id)

    async def _look_for_silent(self) -> None:
        """Tell the others of whoever is silent, and close what is silent for too long."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(min(LOOK_SECONDS, AWAY_SECONDS / 4, self._silence_seconds / 4))
            now = loop.time()
            for session in list(self._live.values()):
                for connection in list(session.connections.values()):
                    if connection.is_paused:
                        continue
                    silent = now - connection.heard
                    session.set_away(connection, silent > AWAY_SECONDS)
                    if silent > self._silence_seconds:
                        log.warning("%s was silent for too long", connection.name)
                        connection.close(CloseReason.SILENT)


async def _late(tasks: list[asyncio.Task[None]]) -> bool:
    """Whether some of these take longer than the server has; those are given up."""
    late = (await asyncio.wait(tasks, timeout=STORE_SECONDS))[1] if tasks else ()
    for task in late:
        task.cancel()
    return bool(late)
