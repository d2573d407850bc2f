"""Storage that ends with the process: for trials, and for tests of everything above storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from optiverse_collab.core.server.journal import Kept, Snapshot
from optiverse_collab.core.server.names import Name
from optiverse_collab_server.storage.api import Stored, Tail, check_start, closed, no_such_session

_snapshots = msgspec.json.Decoder(Snapshot)


@dataclass
class _Session:
    epoch: str
    clock: int
    snapshot: bytes
    names: list[Name]
    appends: list[list[Kept]]

    @property
    def tail(self) -> Tail:
        return Tail.of(self.appends[-1][-1].clock if self.appends else self.clock, self.names)


class MemoryStore:
    """A `Store` in memory.

    It keeps the newest chunk of each session, since nobody can ask for another. It keeps encoded JSON, not
    the objects: what comes back is what a file would have given back, and nobody's later changes show in it.
    """

    def __init__(self) -> None:
        self._sessions: dict[str, _Session] = {}
        self._closed = False

    async def load(self, session_id: str) -> Stored | None:
        """See `Store.load`."""
        self._check_open()
        session = self._sessions.get(session_id)
        if session is None:
            return None
        entries = [entry.data for append in session.appends for entry in append]
        snapshot = _snapshots.decode(session.snapshot)
        return Stored(snapshot, len(session.snapshot), list(session.names), entries)

    async def append(self, session_id: str, entries: Sequence[Kept], names: Sequence[Name] = ()) -> None:
        """See `Store.append`."""
        self._check_open()
        if not entries:
            return
        session = self._sessions.get(session_id)
        if session is None:
            raise no_such_session(session_id)
        session.tail.after(session_id, entries, names)
        session.names += names
        session.appends.append(list(entries))

    async def begin_chunk(self, session_id: str, snapshot: Snapshot) -> int:
        """See `Store.begin_chunk`."""
        self._check_open()
        old = self._sessions.get(session_id)
        names: list[Name] = []
        appends: list[list[Kept]] = []
        if old is not None:
            heads = {append[-1].clock: append[-1].head for append in old.appends}
            check_start(session_id, old.epoch, old.clock, heads.get(snapshot.clock), snapshot)
            names = old.names
            appends = [append for append in old.appends if append[0].clock > snapshot.clock]
        encoded = msgspec.json.encode(snapshot)
        self._sessions[session_id] = _Session(snapshot.epoch, snapshot.clock, encoded, names, appends)
        return len(encoded)

    async def sessions(self) -> list[str]:
        """See `Store.sessions`."""
        self._check_open()
        return sorted(self._sessions)

    async def close(self) -> None:
        """See `Store.close`."""
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise closed()
