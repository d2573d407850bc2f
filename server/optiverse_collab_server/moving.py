"""Copies a session with all its history from one store to another."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from optiverse_collab.core.server.batches import extend
from optiverse_collab.core.server.history import History
from optiverse_collab.errors import BatchRefused, StorageError
from optiverse_collab_server.chunking import OpenChunk
from optiverse_collab_server.standby.places import end_of, is_beginning, moved, next_batch
from optiverse_collab_server.storage import StandbyStore, Stored
from optiverse_collab_server.storage.past import bench_of
from optiverse_collab_server.storage.steps import finished


class Copied(NamedTuple):
    """What was copied.

    Attributes:
        clock: of the session's last change.
        added: how many changes the copy lacked before.
    """

    clock: int
    added: int


async def copy_session(source: StandbyStore, target: StandbyStore, session_id: str) -> Copied:
    """Copy a session, or what an unfinished copy lacks: entries byte for byte, with names and versions.

    Nobody else may write to the session meanwhile.

    Raises:
        StorageError: it can't be read or written, or the target has another session of that name.
    """
    start = await source.load_start(session_id)
    if start is None:
        raise StorageError(f"There is no session {session_id!r} to copy.")
    stored = await target.load(session_id)
    if stored is None:
        size = await target.begin_copy(session_id, start.snapshot, start.names)
        stored = Stored(start.snapshot, size, start.names, [])
    history = History(stored.snapshot, stored.names, stored.entries)
    before = history.clock
    if not await is_beginning(source, session_id, end_of(stored)):
        raise StorageError(
            f"There is another session {session_id!r} already, and nothing was copied into it; rename one of "
            "the two with `export` and `import --as`."
        )
    try:
        await _extend(source, target, session_id, history, stored)
    except BatchRefused as refused:
        raise StorageError(f"Session {session_id!r} can't be copied: {refused}") from refused
    await copy_benches(source, target, session_id)
    return Copied(history.clock, history.clock - before)


async def copy_benches(
    source: StandbyStore, target: StandbyStore, session_id: str, to: str | None = None
) -> None:
    """Copy the benches of versions whose part of the history was dropped (HIST-15).

    Args:
        source, target: both have the session.
        session_id: its name.
        to: that of the copy, if it is another one.

    Raises:
        StorageError: they can't be read or written.
    """
    there, here = await source.load_apart(session_id), await target.load_apart(to or session_id)
    if there is None or here is None:
        return
    for clock in filter(here.lacks, sorted(there.kept)):
        if (stored := await source.load_at(session_id, clock)) is not None:
            head, records = await asyncio.to_thread(finished, bench_of(stored))
            await target.keep(to or session_id, clock, head, records)


async def _extend(
    source: StandbyStore, target: StandbyStore, session_id: str, history: History, stored: Stored
) -> None:
    """Copy all later changes, and begin chunks as a server would."""
    chunk, where = OpenChunk(stored.snapshot_bytes, stored.entries), end_of(stored)
    present = await source.load(session_id)
    parents = [] if present is None else present.snapshot.parents
    while (batch := await next_batch(source, session_id, where)) is not None:
        kept = [accepted.kept for accepted in extend(history, batch)]
        missing = [parent for parent in parents if parent not in history.parents]
        history.parents = [*history.parents, *missing]
        await target.append(session_id, kept, batch.names, missing)
        where = moved(where, batch)
        chunk.add(kept)
        if chunk.is_full(len(history.document.records)):
            chunk = OpenChunk(await target.begin_chunk(session_id, history.snapshot()))
