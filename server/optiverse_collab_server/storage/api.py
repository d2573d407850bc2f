"""The interface that the server requires of any storage.

Every implementation passes tests/server/storage/test_contract.py. The rules behind it are DUR-1 to
DUR-5 in docs/protocol.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import msgspec

from optiverse_collab.core.server.journal import Kept, Parent, Snapshot
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab.errors import StorageError

ANY_SIZE = 2**62


class TooLarge(StorageError):
    """There is too little memory for a session's state, or an earlier one."""

    def __init__(self) -> None:
        super().__init__("The server has too little memory left for that; try again when others have left.")


class Elsewhere(StorageError):
    """Another server owns the session (OWN-4)."""

    def __init__(self, session_id: str, node: str = "") -> None:
        by = f"by {node}" if node else "by another server now"
        super().__init__(f"Session {session_id!r} is served {by}; connect there.")


class Stored(msgspec.Struct, frozen=True):
    """The state from which a session continues: its newest chunk.

    Attributes:
        snapshot: the start of the chunk.
        snapshot_bytes: how long it is as JSON.
        names: those that snapshot and entries refer to, and the last of each kind, in their order;
            without a text if nothing refers to it.
        entries: the later entries, byte for byte as appended.
        term: the one of new entries, if the store decides that (CLK-6); else 0.
    """

    snapshot: Snapshot
    snapshot_bytes: int
    names: list[Name]
    entries: list[bytes]
    term: int = 0

    @property
    def clock(self) -> int:
        """Of the last entry."""
        return self.snapshot.clock + len(self.entries)


class StoredPast(msgspec.Struct, frozen=True):
    """A session at a clock: a snapshot before it, and the entries up to there.

    Attributes:
        epoch, clock, head: the position of the snapshot.
        records: its records, each as JSON: most of them go out again as they are.
        entries: the later entries, byte for byte as appended.
    """

    epoch: str
    clock: int
    head: bytes
    records: list[msgspec.Raw]
    entries: list[bytes]


class StoredEntries(msgspec.Struct, frozen=True):
    """Changes of a span.

    Attributes:
        epoch: of the session.
        after: the clock before the first of them.
        before: the head at that clock, or at the last change if there are fewer.
        entries: one clock after the other, as they were appended, byte for byte.
        names: those that they refer to.
    """

    epoch: str
    after: int
    before: bytes
    entries: list[bytes]
    names: list[Name]


class Span(NamedTuple):
    """Which changes are wanted.

    Attributes:
        after, until: the clocks before the first one and of the last one.
        since_ms: leave out those made earlier, in ms since 1970 UTC.
        most: about how many bytes of memory they may take; there is always at least one.
    """

    after: int
    until: int
    since_ms: int = 0
    most: int = ANY_SIZE


class Store(Protocol):
    """Sessions, each as a row of chunks: a snapshot and the entries after it.

    All calls come from one event loop. Calls for different sessions never wait for each other's
    results. For one session, appends take effect in the order in which they are made. The first
    ``begin_chunk`` of a session must have returned before entries that follow it are appended. A call that
    is cancelled may take effect anyway.

    Every method raises `StorageError` when storage fails or is closed, and `DatabaseDamaged` when
    the stored session can't be trusted; then the session is neither served nor overwritten.
    """

    async def load(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
        """The state from which a session continues; None if it was never created.

        Args:
            most: about how many bytes of memory it may take.

        Raises:
            TooLarge: it takes more; no more than that was read.
            DatabaseDamaged: also if the chain of its entries doesn't fit (CLK-5).
        """

    async def load_at(self, session_id: str, clock: int, most: int = ANY_SIZE) -> StoredPast | None:
        """A session after the change at a clock: the chunk that contains it, without later entries.

        Args:
            most: how many bytes of memory it may take (`memory_of` in the core's ``past``).

        Returns:
            None if that is not stored: it was dropped, or never written.

        Raises:
            TooLarge: it takes more; no more than that was read.
            DatabaseDamaged: this part of the history doesn't fit. The session keeps being served.
        """

    async def load_entries(self, session_id: str, span: Span) -> StoredEntries | None:
        """The first changes of a span, as many as may be; none if nothing of it is kept.

        What is not kept any more, at its start, is left out.

        Returns:
            None if there is no such session.

        Raises:
            DatabaseDamaged: this part of the history doesn't fit. The session is still served.
        """

    async def append(
        self,
        session_id: str,
        entries: Sequence[Kept],
        names: Sequence[Name] = (),
        parents: Sequence[Parent] = (),
    ) -> None:
        """Add to a session's newest chunk; all of it is durable when this returns.

        Args:
            session_id: the session.
            entries: the next ones.
            names: those that `entries` are the first to refer to.
            parents: added to those of the newest snapshot; the last place of an epoch counts.

        Raises:
            StorageError: also if the session has no chunk yet, or if clocks or numbers don't continue
                where they ended. Nothing is kept then.
        """

    async def begin_chunk(self, session_id: str, snapshot: Snapshot) -> int:
        """Create a session, or begin its next chunk (DUR-5).

        Earlier data stays. Entries after ``snapshot.clock`` belong to the new chunk; some may already
        exist, and more may be appended meanwhile. Don't change the snapshot's lists and dicts before this
        returns.

        Returns:
            The length of the snapshot's JSON, in bytes.

        Raises:
            StorageError: also if the snapshot is not of a position at which an append ended.
        """

    async def size(self, session_id: str) -> int:
        """How many bytes are stored of a session, including history; 0 if it was never created."""

    async def sessions(self) -> list[str]:
        """The ids of all sessions, sorted."""

    async def elsewhere(self, session_id: str) -> str:
        """The name of the living server that owns a session, if it is another one; else empty (OWN-7)."""

    async def release(self, session_id: str) -> None:
        """Let other servers serve a session from now on, if they share this store."""

    def has_lost(self, session_id: str) -> bool:
        """Whether another server has taken a session that this one loaded (OWN-4)."""

    async def close(self) -> None:
        """Finish the open work, and release everything; calling it twice does no harm."""


class CopiedStore(Store, Protocol):
    """A `Store` whose sessions can be copied to another server's (STAND-3)."""

    async def load_start(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
        """The oldest snapshot that is kept, with its names and without entries; None if there is no session.

        Raises:
            TooLarge: it takes more than `most` bytes of memory.
            DatabaseDamaged: it can't be trusted.
        """

    async def begin_copy(self, session_id: str, snapshot: Snapshot, names: Sequence[Name]) -> int:
        """Create a session from what another server's `load_start` gave; returns as `begin_chunk`."""


class Tail(NamedTuple):
    """Where the stored part of a session ends.

    Attributes:
        clock: of the last entry.
        origins, authors: the number of the last name of these kinds.
    """

    clock: int
    origins: int
    authors: int

    def after(self, session_id: str, entries: Sequence[Kept], names: Sequence[Name]) -> Tail:
        """Where it ends after an append.

        Raises:
            StorageError: the append doesn't continue here.
        """
        clock = self.clock
        for entry in entries:
            clock += 1
            if entry.clock != clock:
                raise _not_next(session_id, f"change {entry.clock}", str(clock))
        if not names:
            return Tail(clock, self.origins, self.authors)
        counts = {NameKind.ORIGIN: self.origins, NameKind.AUTHOR: self.authors}
        for name in names:
            counts[name.kind] += 1
            if name.number != counts[name.kind]:
                raise _not_next(session_id, f"{name.kind.value} {name.number}", str(counts[name.kind]))
        return Tail(clock, counts[NameKind.ORIGIN], counts[NameKind.AUTHOR])

    @staticmethod
    def of(clock: int, names: Sequence[Name]) -> Tail:
        """Where it ends with this last entry and these names, which include the last of each kind."""
        last = {name.kind: name.number for name in names}
        return Tail(clock, last.get(NameKind.ORIGIN, 0), last.get(NameKind.AUTHOR, 0))


def check_start(session_id: str, epoch: str, clock: int, head: bytes | None, snapshot: Snapshot) -> None:
    """Check that a chunk may start with `snapshot`.

    Args:
        session_id: the session.
        epoch: of the session.
        clock: where its newest chunk begins.
        head: after the append that ended at the snapshot's clock; None if none did.
        snapshot: the start of the new chunk.

    Raises:
        StorageError: it must not.
    """
    if snapshot.epoch != epoch:
        why = "which is of another history"
    elif snapshot.clock <= clock:
        why = f"and the newest chunk begins at {clock}"
    elif head is None:
        why = "where no append ended"
    elif head != snapshot.head:
        why = "which has another head there"
    else:
        return
    raise StorageError(
        f"Session {session_id!r} can't begin a chunk with the snapshot at change {snapshot.clock}, {why}; "
        "nothing was stored, load the session again."
    )


def no_such_session(session_id: str) -> StorageError:
    """The error for entries of a session that was never created."""
    return StorageError(f"Session {session_id!r} is not stored yet; begin a chunk of it first.")


def closed() -> StorageError:
    """The error for every call after `Store.close`."""
    return StorageError("The server's storage is closed; connect again when the server is back.")


def _not_next(session_id: str, what: str, expected: str) -> StorageError:
    return StorageError(
        f"Session {session_id!r} was to store {what} where {expected} comes next; "
        "nothing was stored, load the session again."
    )
