"""A store that a test can delay or break."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from optiverse_collab.core.server.journal import Kept, Snapshot
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage import MemoryStore


class GatedStore(MemoryStore):
    """A slow disk that may fail.

    Attributes:
        gate: appends wait until it is set.
        broken: appends fail.
        full: new chunks fail.
        batches: the number of entries in each append.
        chunks: the start of each chunk.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.broken = self.full = False
        self.batches: list[int] = []
        self.chunks: list[Snapshot] = []

    async def append(self, session_id: str, entries: Sequence[Kept], *more: Any) -> None:
        """Wait for the gate; fail if broken."""
        await self.gate.wait()
        if self.broken:
            raise StorageError("The disk is full; make room and start again.")
        self.batches.append(len(entries))
        await super().append(session_id, entries, *more)

    async def begin_chunk(self, session_id: str, snapshot: Snapshot) -> int:
        """Fail if full."""
        if self.full:
            raise StorageError("The disk is full; make room and start again.")
        size = await super().begin_chunk(session_id, snapshot)
        self.chunks.append(snapshot)
        return size

    async def close(self) -> None:
        """Stay open: the store outlives a server, as a disk does."""
