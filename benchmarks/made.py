"""Sessions that are made before a server starts, with as many items and changes as a measurement needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from benchmarks.bench import component, place
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.records import Op, Put, Set
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Kept
from optiverse_collab_server.chunking import OpenChunk
from optiverse_collab_server.storage import SqliteStore

SAVED_TOGETHER = 500
"""How many changes are stored at once."""


async def make(folder: Path, sessions: Iterable[str], components: int, changes: int = 0) -> None:
    """Write a database as the server would.

    Args:
        folder: the data folder.
        sessions: their names.
        components: on the bench of each.
        changes: moves of these components that follow, one after the other.
    """
    bench = [msgspec.convert(component(number), Put) for number in range(components)]
    store = SqliteStore(folder)
    for session in sessions:
        await _make(store, session, bench, changes)
    await store.close()


async def _make(store: SqliteStore, session: str, bench: Sequence[Put], changes: int) -> None:
    history = History(History.empty("epoch"), limits=Limits(session_bytes=2**40))  # the server has its own
    chunk = OpenChunk(await store.begin_chunk(session, history.snapshot()))
    for start in range(0, len(bench) + changes, SAVED_TOGETHER):
        last = min(start + SAVED_TOGETHER, len(bench) + changes)
        kept = [_accept(history, number, bench) for number in range(start, last)]
        await store.append(session, kept, history.names.take_new())
        chunk.add(kept)
        if chunk.is_full(len(bench)):
            builder = history.begin_chunk()
            chunk = OpenChunk(await store.begin_chunk(session, builder.finished()))
            history.forget_names(builder.used)


def _accept(history: History, number: int, bench: Sequence[Put]) -> Kept:
    op: Op = Set(bench[number % len(bench)].id, {"pos": place(number)})
    if number < len(bench):
        op = bench[number]
    change = PushedChange(number + 1, [op])
    return history.accept(origin_of("author"), (), "author", number, change, sent=history.clock).kept
