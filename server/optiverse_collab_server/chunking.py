"""When a session's history starts a new chunk."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.server.journal import Kept

CHUNK_ENTRIES = 2_000
"""A chunk has at least this many entries, and at least as many as the session has records …"""

CHUNK_BYTES = 512 * 1024
"""… or at least this many bytes of entries, and as many as its snapshot has. Opening a session reads one
snapshot and at most that many entries; small benches don't fill the disk with snapshots."""


class OpenChunk:
    """The newest chunk of a session, to which entries are added.

    Args:
        snapshot_bytes: how long its snapshot is as JSON.
        entries: how many it has already.

    Attributes:
        snapshot_bytes: the same.
    """

    def __init__(self, snapshot_bytes: int, entries: Sequence[bytes] = ()) -> None:
        self.snapshot_bytes = snapshot_bytes
        self._entries = len(entries)
        self._bytes = sum(map(len, entries))

    def add(self, entries: Sequence[Kept]) -> None:
        """Entries are stored."""
        self._entries += len(entries)
        self._bytes += sum(len(entry.data) for entry in entries)

    def is_full(self, records: int) -> bool:
        """Whether to begin the next chunk, in a session with this many records."""
        return self._entries > max(CHUNK_ENTRIES, records) or self._bytes > max(
            CHUNK_BYTES, self.snapshot_bytes
        )


class ChunkTurn:
    """Lets sessions begin their chunks one after the other, since a snapshot takes memory.

    Attributes:
        is_taken: a session begins one.
    """

    def __init__(self) -> None:
        self.is_taken = False
