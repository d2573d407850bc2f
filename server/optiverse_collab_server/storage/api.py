"""What the server asks of any storage.

Every implementation passes tests/server/storage/test_contract.py. The rules behind it are DUR-1 to
DUR-5 in docs/protocol.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from optiverse_collab.core.server.journal import Entry, Snapshot
from optiverse_collab.errors import StorageError


class Stored(msgspec.Struct, frozen=True):
    """All that is kept of a session.

    Attributes:
        snapshot: the start.
        entries: what follows it, in order; the first clock is ``snapshot.clock + 1``, without gaps.
    """

    snapshot: Snapshot
    entries: list[Entry]


class Store(Protocol):
    """Snapshots and logs of sessions.

    All calls come from one event loop. Calls for different sessions never wait for each other's
    results. For one session, appends take effect in the order in which they are made. The first
    ``save_snapshot`` of a session, and one with a new epoch, must have returned before entries that
    follow it are appended. A call that is cancelled may take effect all the same.

    Every method raises `StorageError` when storage fails or is closed, and `DatabaseDamaged` when
    what is kept of the session can't be trusted; then the session is neither served nor overwritten.
    """

    async def load(self, session_id: str) -> Stored | None:
        """All that is kept of a session; None if nothing ever was."""

    async def append(self, session_id: str, entries: Sequence[Entry]) -> None:
        """Add to a session's log; all of `entries` are durable when this returns.

        Raises:
            StorageError: also if the session has no snapshot yet, or if the clocks don't go on
                where the log ends. Nothing of `entries` is kept then.
        """

    async def save_snapshot(self, session_id: str, snapshot: Snapshot) -> None:
        """Create a session, or let a snapshot take the place of the log up to its clock.

        Both happen at once or not at all (DUR-5). Entries after ``snapshot.clock`` stay. A snapshot
        of another epoch is the start of another history: no entry of the old one stays. Don't
        change the snapshot's lists and dicts before this returns.

        Raises:
            StorageError: also if the snapshot is older than the one that is kept.
        """

    async def sessions(self) -> list[str]:
        """The ids of all sessions, sorted."""

    async def close(self) -> None:
        """Finish what was asked for, and give everything back; more than once does no harm."""


def check_order(session_id: str, entries: Sequence[Entry], tail: int) -> None:
    """Make sure that `entries` go on after the clock `tail`.

    Raises:
        StorageError: there is a gap or an overlap.
    """
    for expected, entry in enumerate(entries, tail + 1):
        if entry.clock != expected:
            raise StorageError(
                f"Session {session_id!r} was to store change {entry.clock} where {expected} comes next; "
                "nothing was stored, load the session again."
            )


def check_newer(session_id: str, clock: int, snapshot: Snapshot) -> None:
    """Make sure that `snapshot` may take the place of one at `clock` of the same epoch.

    Raises:
        StorageError: it would turn the session's history back.
    """
    if snapshot.clock < clock:
        raise StorageError(
            f"Session {session_id!r} has a snapshot at change {clock}, and the one at {snapshot.clock} is "
            "older; nothing was stored, load the session again."
        )


def no_such_session(session_id: str) -> StorageError:
    """The error for entries of a session that was never created."""
    return StorageError(f"Session {session_id!r} is not stored yet; save a snapshot of it first.")


def closed() -> StorageError:
    """The error for every call after `Store.close`."""
    return StorageError("The server's storage is closed; connect again when the server is back.")
