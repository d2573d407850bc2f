"""Power cuts at every moment: no acknowledged change is missing (DUR-1, DUR-2, DUR-5).

The test records every write and sync of SQLite while a store works. Then, for each moment, it makes a
folder that a disk may have after a power cut: synced data are there; of the later writes, some are
missing, cut in the middle of a page, or there although earlier writes are missing.
`recorded_writes` explains what this proves.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from optiverse_collab.errors import DatabaseDamaged
from optiverse_collab_server.storage import Retention, SqliteStore, housekeeping
from optiverse_collab_server.storage.database import Database
from optiverse_collab_server.storage.lock import HOLDER_NAME
from optiverse_collab_server.storage.schema import FILE_NAME
from optiverse_collab_server.storage.steps import finished
from tests.helpers.aio import run
from tests.helpers.recorded_writes import Marked, Recorder, Step, Synced, Wrote, library, recorded
from tests.helpers.storage import SIGNED, database, encoded, entries, head, names, snapshot

SECTOR = 512
COMMITS = 200
SESSIONS = ("one", "two", "three")

CLOSING = Marked("closing")
"""From here on, the store first forgets the holder, and then lets SQLite delete its log."""

Acked = dict[str, int]
"""The last acknowledged clock of each session."""


class Disk:
    """Files, and the writes to them that were not synced.

    Args:
        folder: holds the files at the start.
    """

    def __init__(self, folder: Path) -> None:
        self._files = defaultdict(bytearray, {FILE_NAME: bytearray((folder / FILE_NAME).read_bytes())})
        self._unsynced: dict[str, list[Wrote]] = defaultdict(list)

    def take(self, step: Wrote | Synced) -> None:
        """Apply a write or a sync."""
        if isinstance(step, Wrote):
            self._unsynced[step.file].append(step)
            return
        for wrote in self._unsynced.pop(step.file, ()):
            _apply(self._files[step.file], wrote)

    def after_power_cut(self, chance: random.Random) -> Iterator[tuple[str, bytes]]:
        """The files that a power cut may leave."""
        share, torn = chance.choice([(0.0, 0.0), (1.0, 0.0), (0.5, 0.0), (0.7, 0.5), (1.0, 1.0)])
        for name in {*self._files, *self._unsynced}:
            data = bytearray(self._files[name])
            for wrote in self._unsynced[name]:
                if chance.random() < share:
                    for part in _parts(wrote, chance) if chance.random() < torn else [wrote]:
                        _apply(data, part)
            yield name, bytes(data)


def _apply(data: bytearray, wrote: Wrote) -> None:
    if wrote.data is None:
        del data[wrote.offset :]
        return
    data.extend(bytes(max(0, wrote.offset - len(data))))
    data[wrote.offset : wrote.offset + len(wrote.data)] = wrote.data


def _parts(wrote: Wrote, chance: random.Random) -> Iterator[Wrote]:
    """Some sectors of a write."""
    if wrote.data is None:
        return
    ends = range(SECTOR - wrote.offset % SECTOR, len(wrote.data), SECTOR)
    for start, end in zip([0, *ends], [*ends, len(wrote.data)], strict=True):
        if chance.random() < 0.5:
            yield Wrote(wrote.file, wrote.offset + start, wrote.data[start:end])


async def work(store: SqliteStore, recorder: Recorder) -> None:
    """Let a store make commits of all sorts, and note each acknowledgement."""
    chance = random.Random(1)
    clocks = dict.fromkeys(SESSIONS, 0)

    async def append(session: str) -> None:
        first, last = clocks[session] + 1, clocks[session] + chance.randrange(1, 4)
        clocks[session] = last
        await store.append(session, entries(first, last, SIGNED), names(2) if first == 1 else ())
        recorder.steps.append(Marked((session, last)))

    for session in SESSIONS:
        await store.begin_chunk(session, snapshot(0, 3, text=SIGNED))
        recorder.steps.append(Marked((session, 0)))
    for number in range(COMMITS):
        if number % 10 == 9:
            await asyncio.gather(*map(append, SESSIONS))
        else:
            await append(chance.choice(SESSIONS))
        if number % 40 == 39:
            session = chance.choice(SESSIONS)
            await store.begin_chunk(session, snapshot(clocks[session], 30, text=SIGNED))


def record(folder: Path, prepare: Callable[[sqlite3.Connection], object]) -> tuple[Disk, bytes, list[Step]]:
    """The disk at the start, the holder of the folder, and the recorded events."""
    sqlite = library()
    if sqlite is None:
        pytest.skip("this Python hides the functions of its SQLite")
    run(SqliteStore(folder).close())
    disk = Disk(folder)

    async def main(recorder: Recorder) -> bytes:
        store = SqliteStore(folder, Retention(bytes=2_000))
        connection = store._database._connection
        connection.execute("PRAGMA wal_autocheckpoint=20")  # in pages; few, for frequent checkpoints
        prepare(connection)
        recorder.steps.append(Marked(None))
        await work(store, recorder)
        holder = (folder / HOLDER_NAME).read_bytes()
        recorder.steps.append(CLOSING)
        await store.close()
        return holder

    with recorded(sqlite) as recorder:
        holder = run(main(recorder))
    return disk, holder, recorder.steps


def moments(
    disk: Disk, holder: bytes, steps: list[Step], seed: int
) -> Iterator[tuple[Acked, dict[str, bytes]]]:
    """Acknowledged clocks and a possible disk: after each commit, and sometimes in between."""
    chance = random.Random(seed)
    acked: Acked = {}
    begins, closes = steps.index(Marked(None)), steps.index(CLOSING)
    for place, step in enumerate(steps):
        if not isinstance(step, Marked):
            disk.take(step)
        elif isinstance(step.what, tuple):
            acked.update([step.what])
        if place >= begins and (isinstance(step, Marked) or place > closes or chance.random() < 0.1):
            held = {HOLDER_NAME: holder} if place <= closes else {}
            yield acked, {**dict(disk.after_power_cut(chance)), **held}


def missing(folder: Path, files: dict[str, bytes], acked: Acked) -> list[str]:
    """Start the server's storage after a power cut; returns the sessions that lost acknowledged changes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in files.items():
        if data:
            (folder / name).write_bytes(data)
    try:
        with database(folder) as made:
            return [session for session, clock in acked.items() if not _has(made, session, clock)]
    except DatabaseDamaged as damaged:
        return [str(damaged)]


def _has(made: Database, session: str, clock: int) -> bool:
    """Whether all changes of a session up to a clock are there and unchanged."""
    stored = finished(made.load(session))
    if stored is None:
        return False
    start, last = stored.snapshot.clock, stored.snapshot.clock + len(stored.entries)
    assert stored.entries == [encoded(one, SIGNED) for one in range(start + 1, last + 1)]
    assert stored.snapshot.head == head(start, SIGNED)
    return last >= clock


@pytest.mark.parametrize("seed", range(2))
def test_nothing_acknowledged_is_missing_after_a_power_cut(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DUR-1, DUR-2: after each of 200 commits, and in between, and while the file shrinks."""
    monkeypatch.setattr(housekeeping, "FREE_PAGES", 4)
    monkeypatch.setattr(housekeeping, "PAGES_AT_ONCE", 2)
    disk, holder, steps = record(tmp_path / "data", lambda connection: None)
    checkpoints = [one for one in steps if isinstance(one, Synced) and one.file == FILE_NAME]
    assert len(checkpoints) > 5
    assert any(isinstance(one, Wrote) and one.file == FILE_NAME and one.data is None for one in steps)
    tried = 0
    for acked, files in moments(disk, holder, steps, seed):
        assert missing(tmp_path / "after", files, acked) == []
        tried += 1
    assert tried > COMMITS


def test_commits_that_are_not_synced_are_missed(tmp_path: Path) -> None:
    """This proves that the test before this one could fail."""
    disk, holder, steps = record(tmp_path / "data", lambda c: c.execute("PRAGMA synchronous=NORMAL"))
    found = (missing(tmp_path / "after", files, acked) for acked, files in moments(disk, holder, steps, 0))
    assert any(found)
