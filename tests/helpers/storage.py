"""Entries, snapshots and stores for tests of storage."""

from __future__ import annotations

import contextlib
import shutil
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from optiverse_collab.core.records import Record
from optiverse_collab.core.server.journal import Entry, Snapshot
from optiverse_collab_server.storage import SqliteStore, Store, Stored
from optiverse_collab_server.storage.lock import HOLDER_NAME
from optiverse_collab_server.storage.schema import FILE_NAME

EPOCH = "epoch-1"


def entry(clock: int, text: str = "") -> Entry:
    """An entry whose operations tell its clock."""
    ops = msgspec.json.encode([{"op": "set", "id": "lens", "props": {"clock": clock, "text": text}}])
    return Entry(clock, "client-1", clock, "Anna", 1_700_000_000_000 + clock, msgspec.Raw(ops))


def entries(first: int, last: int) -> list[Entry]:
    """The entries from clock `first` to `last`."""
    return [entry(clock) for clock in range(first, last + 1)]


def snapshot(clock: int = 0, records: int = 0, epoch: str = EPOCH) -> Snapshot:
    """A snapshot with so many records, and some of everything else if there are any."""
    return Snapshot(
        epoch=epoch,
        clock=clock,
        history_start=clock // 2,
        records=[(clock, record(number)) for number in range(records)],
        tombstones={f"gone-{number}": clock for number in range(records // 2)},
        clients={"client-1": clock} if records else {},
    )


def record(number: int) -> Record:
    """A record of about 700 bytes, as benches have them."""
    interfaces = [{"x1_mm": -10.5, "y1_mm": number / 7, "kind": "lens", "efl_mm": 100.0 / 3}] * 4
    props = {
        "pos": [number * 0.1, -number / 3],
        "rotation": number % 360 + 0.25,
        "name": f"Linse {number} ½″ 🔬",
        "locked": False,
        "interfaces": interfaces,
        "notes": "x" * 250,
    }
    return Record(f"item-{number}", "component", props)


async def clock_of(store: Store, session_id: str) -> int:
    """The clock up to which a session is stored."""
    stored = await store.load(session_id)
    assert stored is not None
    return end_of(stored)


def end_of(stored: Stored) -> int:
    """The clock up to which `stored` goes; it has no gaps."""
    clocks = [entry.clock for entry in stored.entries]
    assert clocks == list(range(stored.snapshot.clock + 1, stored.snapshot.clock + 1 + len(clocks)))
    return clocks[-1] if clocks else stored.snapshot.clock


def copy_as_crashed(folder: Path, to: Path) -> None:
    """Copy a folder in use, as it would be found if its server stopped now."""
    to.mkdir()
    for name in (FILE_NAME, f"{FILE_NAME}-wal", HOLDER_NAME):
        shutil.copy(folder / name, to / name)


def commits_in(log: Path) -> int:
    """How many transactions a write-ahead log holds that has not begun anew."""
    data = log.read_bytes()
    return sum(struct.unpack_from(">I", data, at + 4)[0] != 0 for at in range(32, len(data), 24 + 4096))


@contextlib.asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[SqliteStore]:
    """A `SqliteStore` that is closed at the end."""
    store = SqliteStore(folder)
    try:
        yield store
    finally:
        await store.close()
