"""Storage that ends with the process: for trials, and for tests of everything above storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from optiverse_collab.core.server.journal import Entry, Snapshot
from optiverse_collab_server.storage.api import (
    Stored,
    check_newer,
    check_order,
    closed,
    no_such_session,
)

_snapshots = msgspec.json.Decoder(Snapshot)
_entries = msgspec.json.Decoder(Entry)


@dataclass
class _Session:
    epoch: str
    clock: int
    snapshot: bytes
    log: dict[int, bytes]


class MemoryStore:
    """A `Store` in memory.

    It keeps encoded JSON, not the objects: what comes back is what a file would have given back,
    and nobody's later changes show in it.
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
        entries = [_entries.decode(data) for data in session.log.values()]
        return Stored(_snapshots.decode(session.snapshot), entries)

    async def append(self, session_id: str, entries: Sequence[Entry]) -> None:
        """See `Store.append`."""
        self._check_open()
        if not entries:
            return
        session = self._sessions.get(session_id)
        if session is None:
            raise no_such_session(session_id)
        check_order(session_id, entries, next(reversed(session.log), session.clock))
        session.log.update({entry.clock: msgspec.json.encode(entry) for entry in entries})

    async def save_snapshot(self, session_id: str, snapshot: Snapshot) -> None:
        """See `Store.save_snapshot`."""
        self._check_open()
        session = self._sessions.get(session_id)
        log: dict[int, bytes] = {}
        if session is not None and session.epoch == snapshot.epoch:
            check_newer(session_id, session.clock, snapshot)
            log = {clock: data for clock, data in session.log.items() if clock > snapshot.clock}
        encoded = msgspec.json.encode(snapshot)
        self._sessions[session_id] = _Session(snapshot.epoch, snapshot.clock, encoded, log)

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
