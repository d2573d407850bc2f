"""When a chunk is full."""

from __future__ import annotations

import pytest

from optiverse_collab.core.server.journal import Kept
from optiverse_collab_server.chunking import CHUNK_BYTES, CHUNK_ENTRIES, OpenChunk


def kept(count: int, size: int) -> list[Kept]:
    """Entries of this many bytes each."""
    return [Kept(clock, b"x" * size, b"") for clock in range(count)]


@pytest.mark.parametrize(
    ("entries", "size", "records", "snapshot_bytes", "full"),
    [
        (CHUNK_ENTRIES, 100, 0, 0, False),
        (CHUNK_ENTRIES + 1, 100, 0, 0, True),
        (CHUNK_ENTRIES + 1, 100, 3 * CHUNK_ENTRIES, 0, False),
        (3 * CHUNK_ENTRIES + 1, 10, 3 * CHUNK_ENTRIES, 0, True),
        (2, CHUNK_BYTES // 2, 0, 0, False),
        (2, CHUNK_BYTES // 2 + 1, 0, 0, True),
        (2, CHUNK_BYTES // 2 + 1, 0, 2 * CHUNK_BYTES, False),
        (2, CHUNK_BYTES + 1, 0, 2 * CHUNK_BYTES, True),
    ],
)
def test_chunk_is_full_after_many_entries_or_many_bytes(
    entries: int, size: int, records: int, snapshot_bytes: int, full: bool
) -> None:
    chunk = OpenChunk(snapshot_bytes)
    for entry in kept(entries, size):
        chunk.add([entry])
    assert chunk.is_full(records) is full
    reopened = OpenChunk(snapshot_bytes, [entry.data for entry in kept(entries, size)])
    assert reopened.is_full(records) is full
