"""Entries, snapshots and stores for tests of storage."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import struct
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import msgspec

from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.protocol.positions import Turn
from optiverse_collab.core.records import Record
from optiverse_collab.core.server.chain import first_head, next_head
from optiverse_collab.core.server.journal import (
    Client,
    Entry,
    Kept,
    Outcome,
    Parent,
    Return,
    Snapshot,
    StampedRecord,
    StampedTombstone,
    Sweep,
    Touched,
)
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab.core.server.references import Header, References
from optiverse_collab.core.server.stamps import Stamp
from optiverse_collab_server.storage import Retention, SqliteStore, Store
from optiverse_collab_server.storage.database import Append, Database
from optiverse_collab_server.storage.housekeeping import KEEP_ALL
from optiverse_collab_server.storage.lock import HOLDER_NAME, FolderLock
from optiverse_collab_server.storage.opening import open_database
from optiverse_collab_server.storage.schema import FILE_NAME
from optiverse_collab_server.storage.steps import finished

EPOCH = "epoch-1"

Content = tuple[Snapshot, list[Name], list[bytes]]
"""The state from which a session continues, except for the length of the snapshot."""


SIGNED = "signed"
"""Text of entries that have an origin and an author, both number 2."""


def entry(clock: int, text: str = "") -> Kept:
    """An entry whose operations contain its clock; earlier entries have the same text."""
    return Kept(clock, encoded(clock, text), head(clock, text))


def encoded(clock: int, text: str = "") -> bytes:
    """Encode an entry as bytes."""
    ops = msgspec.json.encode([{"op": "set", "id": "lens", "props": {"clock": clock, "text": text}}])
    by, time_ms = 2 * (text == SIGNED), 1_700_000_000_000 + clock
    return msgspec.json.encode(Entry(clock, 1, by, by, clock, time_ms, msgspec.Raw(ops)))


def entries(first: int, last: int, text: str = "") -> list[Kept]:
    """The entries from clock `first` to `last`."""
    return [entry(clock, text) for clock in range(first, last + 1)]


def head(clock: int, text: str = "") -> bytes:
    """The head at a clock of the history of all these entries."""
    return _heads(text, clock // 100)[clock % 100]


@cache
def _heads(text: str, hundred: int) -> list[bytes]:
    before = _heads(text, hundred - 1)[-1] if hundred else first_head(EPOCH)
    heads = [next_head(before, encoded(hundred * 100, text)) if hundred else before]
    for clock in range(hundred * 100 + 1, (hundred + 1) * 100):
        heads.append(next_head(heads[-1], encoded(clock, text)))
    return heads


def snapshot(clock: int = 0, records: int = 0, epoch: str = EPOCH, text: str = "") -> Snapshot:
    """A snapshot with this many records, and, if there are any, something of every other kind.

    Earlier entries have this text.
    """
    some = bool(records)
    return Snapshot(
        epoch=epoch,
        term=1,
        clock=clock,
        head=head(clock, text),
        time_ms=1_700_000_000_000 + clock,
        history_start=clock // 2,
        heads=b"\x00\xff\x80\x7f" * records,
        records=[
            StampedRecord(record(number), number % 3, {"pos": number % 2} if number % 5 else {})
            for number in range(records)
        ],
        tombstones=[StampedTombstone(f"gone-{number}", number % 3) for number in range(records // 2)],
        stamps=[Stamp(at, 0, 0, at * 7) for at in range(3)] if some else [],
        clients=[Client(0, clock, clock, clock * 7)] if some else [],
        skipped={number: [1, number + 2] for number in range(records // 4)},
        outcomes=[Outcome(clock, 0, 0, clock, [Touched("gone-1", [], 0, 0)], [], [])] if some else [],
        outcomes_from=clock // 3,
        sweeps=[Sweep("sweep:1", clock, clock, 0)] if some else [],
        parents=[Parent("epoch-0", clock // 2, 1_700_000_000_000)] if some else [],
        forgotten=(records, clock) if some else (0, 0),
        turns=[Turn(2, clock // 2, 1_700_000_000_000)] if some else [],
        returns=[Return(("0123abcd",), 0, clock, clock, True)] if some else [],
    )


def record(number: int) -> Record:
    """A record of a typical size, about 700 bytes."""
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


def names(count: int = 1) -> list[Name]:
    """This many authors and origins, in the order in which they are loaded."""
    authors = [Name(NameKind.AUTHOR, number, f"Åsa {number}") for number in range(1, count + 1)]
    origins = [Name(NameKind.ORIGIN, number, origin_of(f"client-{number}")) for number in range(1, count + 1)]
    return authors + origins


def content(start: Snapshot, follow: Sequence[Kept] = (), known: Sequence[Name] = ()) -> Content:
    """What `content_of` returns for a session with this snapshot, these entries and these names."""
    used = References()
    used.add_snapshot(start)
    for one in follow:
        used.add_entry(msgspec.json.decode(one.data, type=Header))
    return start, used.pick(known), [one.data for one in follow]


async def content_of(store: Store, session_id: str) -> Content | None:
    """What is loaded of a session."""
    stored = await store.load(session_id)
    if stored is None:
        return None
    by_kind = sorted(stored.names, key=lambda name: name.kind.value)  # the order of the kinds is undefined
    return stored.snapshot, by_kind, stored.entries


async def clock_of(store: Store, session_id: str) -> int:
    """The clock up to which a session is stored."""
    stored = await store.load(session_id)
    assert stored is not None
    return stored.snapshot.clock + len(stored.entries)


def copy_as_crashed(folder: Path, to: Path) -> None:
    """Copy a folder that is in use, in the state in which a server that stopped now would leave it."""
    to.mkdir()
    for name in (FILE_NAME, f"{FILE_NAME}-wal", HOLDER_NAME):
        shutil.copy(folder / name, to / name)


def commits_in(log: Path) -> int:
    """How many transactions are in a write-ahead log that was not restarted."""
    data = log.read_bytes()
    return sum(struct.unpack_from(">I", data, at + 4)[0] != 0 for at in range(32, len(data), 24 + 4096))


def execute(folder: Path, script: str) -> list[tuple[int, ...]]:
    """Run statements on a database from outside; returns the result of the last one."""
    result: list[tuple[int, ...]] = []
    with contextlib.closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as connection:
        for statement in script.split(";"):
            result = connection.execute(statement).fetchall()
    return result


@contextlib.asynccontextmanager
async def opened(folder: Path, retention: Retention = KEEP_ALL) -> AsyncIterator[SqliteStore]:
    """A `SqliteStore` that is closed at the end."""
    store = SqliteStore(folder, retention)
    try:
        yield store
    finally:
        await store.close()


@contextlib.contextmanager
def database(folder: Path, retention: Retention = KEEP_ALL) -> Iterator[Database]:
    """The `Database` of a folder without a thread, which is closed at the end."""
    folder.mkdir(exist_ok=True)
    lock = FolderLock(folder)
    try:
        with contextlib.closing(open_database(folder, lock)) as connection:
            lock.note_holder()
            yield Database(connection, folder / FILE_NAME, retention)
            lock.forget_holder()
    finally:
        lock.release()


def fill(made: Database, session_id: str, *clocks: int, records: int = 40) -> None:
    """Create a session whose chunks begin at these clocks, except for the last, where its log ends.

    Each entry is an append of its own, and signed.
    """
    for first, last in pairwise(clocks):
        finished(made.begin_chunk(session_id, snapshot(first, records, text=SIGNED)))
        appends = [
            Append(session_id, [one], names(2) if one.clock == clocks[0] + 1 else [])
            for one in entries(first + 1, last, SIGNED)
        ]
        for some in range(0, len(appends), 64):
            assert not any(made.append(appends[some : some + 64]))


def tidy(made: Database) -> None:
    """Do all of the housekeeper's work."""
    while made.housekeeper.busy:
        made.housekeeper.step()
