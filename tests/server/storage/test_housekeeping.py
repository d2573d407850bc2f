"""Cold chunks are packed without loss, and dropped on request."""

from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from optiverse_collab.core.server.journal import Snapshot
from optiverse_collab.errors import DatabaseDamaged
from optiverse_collab_server.storage import Retention, housekeeping
from optiverse_collab_server.storage.check import check_folder
from optiverse_collab_server.storage.database import Append, Database
from optiverse_collab_server.storage.directory import ChunkRow, SessionRow, read_chunks
from optiverse_collab_server.storage.housekeeping import DAY_MS, KEEP_ALL
from optiverse_collab_server.storage.reading import ChunkReader
from optiverse_collab_server.storage.schema import FILE_NAME
from optiverse_collab_server.storage.steps import finished
from optiverse_collab_server.storage.writing import write_session
from tests.helpers.storage import EPOCH, SIGNED, database, encoded, entry, execute, fill, snapshot, tidy


def snapshots_of(made: Database) -> list[Snapshot]:
    """The snapshots at which the chunks of the session with the key 1 begin."""
    connection = made._connection
    return [finished(ChunkReader(connection, chunk).snapshot(EPOCH)) for chunk in read_chunks(connection, 1)]


def entries_of(made: Database) -> list[list[bytes]]:
    """The entries of each chunk of the session with the key 1, checked for consistency."""
    connection = made._connection
    readers = [ChunkReader(connection, chunk) for chunk in read_chunks(connection, 1)]
    return [[one for page in reader.entries() for one in page] for reader in readers]


def signed(first: int, last: int) -> list[bytes]:
    """The entries from clock `first` to `last`, as `fill` makes them."""
    return [encoded(clock, SIGNED) for clock in range(first, last + 1)]


def test_cold_chunks_are_packed_and_nothing_changes(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        fill(made, "bench", 0, 300, 400, 450)
        tidy(made)
        assert entries_of(made) == [signed(1, 300), signed(301, 400), signed(401, 450)]
        chunks = read_chunks(made._connection, 1)
    rows = execute(tmp_path, "SELECT first, last, packed FROM log ORDER BY first")
    assert rows[:3] == [(1, 300, 1), (301, 400, 1), (401, 401, 0)]
    assert len(rows) == 2 + 50
    [[size]] = execute(
        tmp_path,
        "SELECT (SELECT sum(length(data)) FROM log WHERE last<=300) + "
        "(SELECT sum(length(data)) FROM part WHERE chunk=1)",
    )
    assert [chunk.packed is None for chunk in chunks] == [False, False, True]
    assert chunks[0].packed == size < sum(map(len, signed(1, 300))) / 3
    assert [report.faults for report in check_folder(tmp_path)] == [[]]


def test_long_histories_become_rows_of_bounded_size(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        finished(made.begin_chunk("bench", snapshot()))
        long = "".join(chr(0x4E00 + n * 37 % 20000) for n in range(20_000))
        for clock in range(1, 21):
            assert made.append([Append("bench", [entry(clock, text=long)], ())]) == [None]
        finished(made.begin_chunk("bench", snapshot(20, text=long)))
        tidy(made)
        assert sum(map(len, entries_of(made))) == 20
    spans = [last - first + 1 for first, last in execute(tmp_path, "SELECT first, last FROM log")]
    assert spans == [3, 3, 3, 3, 3, 3, 2]  # 60 KB each


def test_the_heads_of_a_cold_chunk_are_not_kept(tmp_path: Path) -> None:
    """They follow from the entries before them, and they compress badly (CLK-5)."""
    with database(tmp_path) as made:
        fill(made, "bench", 0, 3, 5)
        tidy(made)
        cold, newest = snapshots_of(made)
    start, later = snapshot(0, 40, text=SIGNED), snapshot(3, 40, text=SIGNED)
    assert (cold, newest) == (msgspec.structs.replace(start, heads=b""), later)
    assert execute(tmp_path, "SELECT chunk FROM part WHERE kind='heads'") == [(2,)]


def test_a_stop_at_any_step_of_packing_leaves_each_entry_once(tmp_path: Path) -> None:
    for steps in range(100):
        folder = tmp_path / str(steps)
        with database(folder) as made:
            fill(made, "bench", 0, 40, 45, 50, records=300)
        with database(folder) as made:
            for _ in range(steps):
                made.housekeeper.step()
            assert entries_of(made) == [signed(1, 40), signed(41, 45), signed(46, 50)]
            done = not made.housekeeper.busy
        with database(folder) as made:
            tidy(made)
            assert entries_of(made) == [signed(1, 40), signed(41, 45), signed(46, 50)]
            assert [chunk.packed is None for chunk in read_chunks(made._connection, 1)] == [
                False,
                False,
                True,
            ]
        if done:
            break
    assert 5 < steps < 99


def test_chunk_that_lacks_its_end_is_not_packed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is checked again when there is something else to do."""
    with database(tmp_path) as made:
        fill(made, "bench", 0, 5, 8, records=0)
    execute(tmp_path, "DELETE FROM log WHERE first=5")
    with database(tmp_path) as made:
        tidy(made)
        assert [chunk.packed for chunk in read_chunks(made._connection, 1)] == [None, None]
    assert "The history of session bench stays unchanged: change 5 is missing" in caplog.messages


def test_session_that_is_marked_as_damaged_is_left_alone(tmp_path: Path) -> None:
    """It waits until somebody has examined it."""
    with database(tmp_path) as made:
        fill(made, "bench", 0, 5, 8, records=0)
    with closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as connection:
        connection.execute("DELETE FROM session")
        write_session(connection, SessionRow(1, "bench", EPOCH, "it fell down"))
    with database(tmp_path, Retention(bytes=0)) as made:
        tidy(made)
        assert [chunk.packed for chunk in read_chunks(made._connection, 1)] == [None, None]
    with database(tmp_path) as made, pytest.raises(DatabaseDamaged, match="it fell down"):
        finished(made.load("bench"))


def test_session_whose_damage_is_found_meanwhile_is_left_alone(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        fill(made, "bench", 0, 5, 8, records=0)
        execute(tmp_path, "DELETE FROM log WHERE first=7")
        assert made.housekeeper.busy
        with pytest.raises(DatabaseDamaged, match="change 7 is missing"):
            finished(made.load("bench"))
        tidy(made)
        assert [chunk.packed for chunk in read_chunks(made._connection, 1)] == [None, None]


def test_what_is_damaged_is_not_packed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A new checksum would make it look intact."""
    with database(tmp_path) as made:
        fill(made, "bench", 0, 5, 8, records=0)
    execute(tmp_path, "UPDATE log SET last=4 WHERE first=3")
    with database(tmp_path) as made:
        tidy(made)
        assert finished(made.load("bench")) is not None
    assert "The history of session bench stays unchanged: wrong checksum at change 3" in caplog.messages
    assert execute(tmp_path, "SELECT sum(packed) FROM log") == [(0,)]
    [report] = check_folder(tmp_path)
    assert report.faults == ["wrong checksum at change 3"]


def test_a_fault_of_ours_is_logged_and_ends_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must not stop the storage thread."""

    def fail(data: bytes) -> bytes:
        raise ValueError("a fault")

    with database(tmp_path) as made:
        fill(made, "bench", 0, 5, 8)
        monkeypatch.setattr(housekeeping, "pack", fail)
        tidy(made)
        assert entries_of(made) == [signed(1, 5), signed(6, 8)]
    assert "ValueError: a fault" in caplog.text


def test_nothing_of_a_damaged_session_is_touched(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        fill(made, "bench", 0, 5, 8)
    execute(tmp_path, "DELETE FROM chunk WHERE number=2")
    before = execute(tmp_path, "SELECT count(*) FROM part") + execute(tmp_path, "SELECT sum(last) FROM log")
    with database(tmp_path, Retention(bytes=0)) as made:
        tidy(made)
    after = execute(tmp_path, "SELECT count(*) FROM part") + execute(tmp_path, "SELECT sum(last) FROM log")
    assert after == before


# Retention


def chunk(number: int, time_ms: int, packed: int | None = 1000) -> ChunkRow:
    return ChunkRow(1, number, 1, number * 10, b"", time_ms, 0, 0, 0, packed=packed)


CHUNKS = [chunk(1, 1 * DAY_MS), chunk(2, 2 * DAY_MS), chunk(3, 3 * DAY_MS), chunk(4, 4 * DAY_MS, None)]


@pytest.mark.parametrize(
    ("retention", "gone"),
    [
        (KEEP_ALL, []),
        (Retention(days=100), []),
        (Retention(days=8), []),
        (Retention(days=7), [1]),
        (Retention(days=6), [1, 2]),
        (Retention(days=0), [1, 2, 3]),
        (Retention(bytes=3000), []),
        (Retention(bytes=2999), [1]),
        (Retention(bytes=1000), [1, 2]),
        (Retention(bytes=0), [1, 2, 3]),
        (Retention(days=7, bytes=1000), [1, 2]),
        (Retention(days=6, bytes=3000), [1, 2]),
    ],
)
def test_the_oldest_chunks_go_and_never_the_newest(retention: Retention, gone: list[int]) -> None:
    """Chunk 1 ends when chunk 2 begins; it is now just after the end of day 9."""
    found = retention.expired(CHUNKS, now_ms=9 * DAY_MS + 1)
    assert [chunk.number for chunk in found] == gone
    assert retention.expired(CHUNKS[-1:], now_ms=99 * DAY_MS) == []


def test_history_is_dropped_when_a_chunk_is_closed_and_at_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with database(tmp_path, Retention(days=365 * 50)) as made:
        fill(made, "bench", 0, 300, 400, 450)
        fill(made, "other", 7, 8)
        tidy(made)
        assert len(entries_of(made)) == 3
        [[size]] = made._connection.execute("SELECT packed FROM chunk WHERE number=2")
    with database(tmp_path, Retention(bytes=size)) as made:
        tidy(made)
        assert entries_of(made) == [signed(301, 400), signed(401, 450)]
        assert "Dropped the history of session bench up to change 300" in caplog.messages
        finished(made.begin_chunk("bench", snapshot(450, text=SIGNED)))
        tidy(made)
        assert entries_of(made) == [signed(401, 450), []]
        stored = finished(made.load("bench"))
        assert stored is not None
        assert (stored.snapshot.clock, len(stored.names)) == (450, 2)  # the last of each kind
    bench, other = check_folder(tmp_path)
    assert (bench.faults, bench.entries, bench.clock) == ([], 50, 450)
    assert (other.faults, other.entries) == ([], 1)


def test_history_that_is_old_is_dropped(tmp_path: Path) -> None:
    now_ms = time.time_ns() // 1_000_000
    with database(tmp_path) as made:
        finished(made.begin_chunk("bench", snapshot()))
        for clock, days_ago in ((1, 30), (2, 3), (3, 1)):
            assert made.append([Append("bench", [entry(clock)], ())]) == [None]
            start = msgspec.structs.replace(snapshot(clock), time_ms=now_ms - days_ago * DAY_MS)
            finished(made.begin_chunk("bench", start))
        tidy(made)
    with database(tmp_path, Retention(days=7)) as made:
        tidy(made)
        assert [chunk.clock for chunk in read_chunks(made._connection, 1)] == [1, 2, 3]


def test_a_stop_at_any_step_of_dropping_leaves_nothing_behind(tmp_path: Path) -> None:
    for steps in range(100):
        folder = tmp_path / str(steps)
        with database(folder) as made:
            fill(made, "bench", 0, 40, 45, 50, records=300)
            tidy(made)
        with database(folder, Retention(bytes=0)) as made:
            for _ in range(steps):
                made.housekeeper.step()
            done = not made.housekeeper.busy
        with database(folder) as made:
            chunks = read_chunks(made._connection, 1)
            assert entries_of(made) == [signed(1, 40), signed(41, 45), signed(46, 50)][-len(chunks) :]
        assert execute(folder, "SELECT min(first) FROM log") == [(chunks[0].clock + 1,)]
        assert execute(folder, "SELECT min(chunk) FROM part") == [(chunks[0].number,)]
        if done:
            break
    assert len(chunks) == 1
    assert 5 < steps < 99


def test_retention_is_what_the_settings_say() -> None:
    assert Retention.of(None, None) == Retention()
    assert Retention.of(30, 2) == Retention(30, 2_000_000)
