"""The live sessions of this server: opened, served and closed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Collection
from functools import partial
from weakref import WeakValueDictionary

from optiverse_collab.core.access import may_manage
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.address import Place
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.server.history import TERM, History
from optiverse_collab.core.server.members import EVERYTHING
from optiverse_collab.core.server.room import Room
from optiverse_collab.core.space import Space
from optiverse_collab.errors import StorageError
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.access.grants import StoredGrant, Visit
from optiverse_collab_server.chunking import ChunkTurn, OpenChunk
from optiverse_collab_server.connection import Connection
from optiverse_collab_server.past import PastReaders
from optiverse_collab_server.quotas import DEFAULTS, Quotas
from optiverse_collab_server.rounds import SILENCE_SECONDS, Rounds
from optiverse_collab_server.session import LiveSession
from optiverse_collab_server.standby.standing import Post
from optiverse_collab_server.storage import Store
from optiverse_collab_server.storage.api import ANY_SIZE, Elsewhere, TooLarge
from optiverse_collab_server.tally import Tally
from optiverse_collab_server.unstored import Unstored
from optiverse_collab_server.writer import SessionWriter

STORE_SECONDS, GOODBYE_SECONDS = 1.5, 1.0
"""How long a stopping server waits for the disk, and then for slow receivers (CLOSE-3)."""

log = logging.getLogger("optiverse_collab_server")


class Hub:
    """Opens sessions when the first participant comes and closes them when the last has left.

    Args:
        store: where sessions are kept.
        limits: what the participants may do.
        server: name and version of the server.
        silence_seconds: how long a connection may be silent.
        entrance: who may come in; None for everybody.
        quotas: the limits that were set; the defaults if not given.
        key: signs heads (BACK-1); None to sign none.
        post: whether this server serves, and with which key; None if it always does.

    Attributes:
        limits: as given.
        post: the same.
        is_stopping: the server stops, and admits nobody.
        unstored: received data of all sessions that storage doesn't hold yet.
        tally: what has happened so far.
    """

    def __init__(
        self,
        store: Store,
        limits: Limits,
        server: str,
        silence_seconds: float = SILENCE_SECONDS,
        entrance: Entrance | None = None,
        quotas: Quotas | None = None,
        key: bytes | None = None,
        post: Post | None = None,
    ) -> None:
        self.limits, self.post = limits, post
        if post is not None:
            post.on_deposed.append(self._depose)
        self._store = store
        self._server = server
        self._entrance = entrance
        if entrance is not None:
            entrance.book.changed = self._access_changed
            entrance.waiting.owners = self._owners
        self._quotas = quotas or DEFAULTS
        self._space = Space(self._quotas.space_bytes)
        self._key = key
        self._turn = ChunkTurn()
        self._past = PastReaders(self._space)
        self.unstored = Unstored()
        self.tally = Tally()
        self._live: dict[str, LiveSession] = {}
        self._opening = asyncio.Lock()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.is_stopping = False
        rounds = Rounds(self._live, store, entrance, silence_seconds)
        self._rounds = asyncio.create_task(rounds.make())

    @property
    def refusal(self) -> CloseReason | None:
        """Why this server admits nobody; None if it does (STAND-4)."""
        return None if self.post is None else self.post.standing.refusal

    @property
    def sessions(self) -> Collection[LiveSession]:
        """The live sessions."""
        return self._live.values()

    async def serve(self, connection: Connection, place: Place, visit: Visit) -> None:
        """Serve a connection until it closes.

        Args:
            place: the requested session and name.
            visit: how it was let in.

        Raises:
            StorageError: the session can't be loaded.
        """
        async with self._lock(place.session_id):
            session = self._live.get(place.session_id)
            if session is None or session.failed:
                session = await self._open(place.session_id)
                if session is None:
                    connection.close(CloseReason.SERVER_FULL)
                    await connection.closed()
                    return
                self._live[place.session_id] = session
            admitted = self._join(session, connection, place, visit)
        try:
            if admitted:
                log.info("Entering message loop for %s", connection.name)
                await connection.listen(session)
            else:
                await connection.closed()
        finally:
            session.leave(connection)
            if not session.connections:
                await self._close_empty(session)

    def _join(self, session: LiveSession, connection: Connection, place: Place, visit: Visit) -> bool:
        """Let a connection into a session, or close it."""
        if self.is_stopping or self.refusal is not None:
            connection.close(self.refusal or CloseReason.RESTARTING)
            return False
        admission = EVERYTHING if self._entrance is None else self._entrance.admission(visit, session.id)
        if isinstance(admission, CloseReason):  # removed on the way
            connection.close(admission)
            return False
        if not session.join(connection, place, admission):
            return False
        if self._entrance is not None and may_manage(admission.role):
            self._entrance.waiting.notify_owner(connection, session.id)
        return True

    def _owners(self, session_id: str) -> list[Connection]:
        """The owners in a session; none if it is not live."""
        session = self._live.get(session_id)
        return [] if session is None else session.owners

    def _access_changed(self, before: StoredGrant, after: StoredGrant) -> None:
        is_new_owner = may_manage(after.role) and not may_manage(before.role)
        for session in list(self._live.values()):
            session.access_changed(before, after)
            for owner in session.owners if is_new_owner else ():
                if owner.grant == after.id and self._entrance is not None:
                    self._entrance.waiting.notify_owner(owner, session.id)

    async def close(self) -> bool:
        """Make every session durable, send what waits, and close all connections (CLOSE-3).

        Returns:
            False if the disk doesn't answer; then the wait was cut short.
        """
        self.is_stopping = True
        self._rounds.cancel()
        sessions = list(self._live.values())
        late = await _late([asyncio.create_task(session.close()) for session in sessions])
        connections = [c for session in sessions for c in session.connections.values()]
        await asyncio.gather(*(self._drain_and_close(connection) for connection in connections))
        return not late

    async def _drain_and_close(self, connection: Connection) -> None:
        try:
            await asyncio.wait_for(connection.outbox.drain(), timeout=GOODBYE_SECONDS)
        except asyncio.TimeoutError:
            log.warning("%s reads too slowly for the last messages; it will catch up later", connection.name)
        connection.close(CloseReason.RESTARTING)
        await connection.closed()

    def _depose(self) -> None:
        """Another server has taken over: nothing more is acknowledged (STAND-4)."""
        for session in list(self._live.values()):
            session.fail(CloseReason.DEPOSED)

    def _lock(self, session_id: str) -> asyncio.Lock:
        """Opening and closing one session happen one after the other.

        The lock exists as long as somebody holds it or waits for it.
        """
        return self._locks.setdefault(session_id, asyncio.Lock())

    async def _open(self, session_id: str) -> LiveSession | None:
        """Open a session; None if there is no space for it beside the others (LIM-16, LIM-18)."""
        if owner := await self.elsewhere(session_id):
            raise Elsewhere(session_id, owner)
        async with self._opening:  # each takes memory before its size is known
            try:
                return await self._load(session_id)
            except StorageError as error:
                await self._store.release(session_id)  # another server may be able to open it
                if not isinstance(error, TooLarge):
                    raise
                log.warning("Session %s was not opened: the others leave too little memory", session_id)
                return None

    async def elsewhere(self, session_id: str) -> str:
        """The name of the other server that has a session; empty if there is none, or it can't be known."""
        session = self._live.get(session_id)
        if session is not None and not session.failed:
            return ""
        with contextlib.suppress(StorageError):
            return await self._store.elsewhere(session_id)
        return ""

    async def _load(self, session_id: str) -> LiveSession | None:
        term, key = (TERM, self._key) if self.post is None else (self.post.standing.term, self.post.key)
        stored = await self._store.load(session_id, self._space.left if self._live else ANY_SIZE)
        if stored is None:
            if await self._has_all_sessions():
                log.warning("Session %s was not created: max-sessions is reached", session_id)
                return None
            empty = History.empty(secrets.token_hex(16))
            history = History(empty, limits=self.limits, space=self._space, term=term)
            log.info("Created new session: %s", session_id)
            chunk, size = None, 0  # no await from here until it is live, so no two take the last place
        else:
            size = await self._store.size(session_id)
            snapshot, names, entries = stored.snapshot, stored.names, stored.entries
            load = partial(History, snapshot, names, entries, self.limits, space=self._space)
            history = await asyncio.to_thread(load, term=max(term, stored.term))  # others continue meanwhile
            if self._space.is_over and self._live:
                history.release()
                raise TooLarge
            log.info("Reopened session: %s with %d record(s)", session_id, len(history.document.records))
            chunk = OpenChunk(stored.snapshot_bytes, stored.entries)
        news = None if self.post is None else self.post.news
        room = Room(session_id, history, self._server, key=key, news=news)
        writer = SessionWriter(room, self._store, chunk, self.tally, self._quotas, size, self._turn)
        return LiveSession(room, self._store, writer, self.unstored, self._past, self._entrance)

    async def _has_all_sessions(self) -> bool:
        """Whether the limit of sessions is reached, including those that are not stored yet."""
        sessions = {*await self._store.sessions(), *self._live}
        return len(sessions) >= self._quotas.sessions

    async def _close_empty(self, session: LiveSession) -> None:
        async with self._lock(session.id):
            if session.connections or self.is_stopping:  # `close` closes it
                return
            await session.close()
            session.room.history.discard()
            if self._live.get(session.id) is session:  # and not the one that replaced it after a failure
                del self._live[session.id]
                await self._store.release(session.id)
                log.info("Closed session %s: nobody is left", session.id)


async def _late(tasks: list[asyncio.Task[None]]) -> bool:
    """Whether some of these take longer than the server has; they are cancelled."""
    late = (await asyncio.wait(tasks, timeout=STORE_SECONDS))[1] if tasks else ()
    for task in late:
        task.cancel()
    return bool(late)
