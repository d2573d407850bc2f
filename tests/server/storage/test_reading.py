"""Reading a chunk returns all stored data, and reports every inconsistency (CLK-5)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from optiverse_collab.core.server.names import NameKind, erased
from optiverse_collab.core.server.references import References
from optiverse_collab_server.storage.directory import ChunkRow, read_chunks
from optiverse_collab_server.storage.failures import Misfit
from optiverse_collab_server.storage.housekeeping import Retention
from optiverse_collab_server.storage.reading import ChunkReader, read_names, read_used_names
from optiverse_collab_server.storage.rows import join
from optiverse_collab_server.storage.steps import finished
from optiverse_collab_server.storage.writing import log_values, write_log, write_names, write_part
from tests.helpers.storage import EPOCH, SIGNED, database, encoded, entries, fill, head, names, snapshot, tidy

RECORDS = 40


@pytest.fixture(params=["newest", "cold", "packed"])
def chunk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[sqlite3.Connection, ChunkRow]]:
    """A chunk with the changes 4 to 8."""
    ends = [3, 8] if request.param == "newest" else [3, 8, 9]
    with database(tmp_path, Retention()) as made:
        fill(made, "bench", *ends, records=RECORDS)
        if request.param == "packed":
            tidy(made)
        yield made._connection, read_chunks(made._connection, 1)[0]


def read(connection: sqlite3.Connection, chunk: ChunkRow) -> ChunkReader:
    """Read all of a chunk."""
    reader = ChunkReader(connection, chunk)
    finished(reader.snapshot(EPOCH))
    list(reader.entries())
    return reader


def test_all_that_is_kept_comes_back(chunk: tuple[sqlite3.Connection, ChunkRow]) -> None:
    reader = ChunkReader(*chunk)
    start = finished(reader.snapshot(EPOCH))
    kept = [one for page in reader.entries() for one in page]
    is_packed = chunk[1].packed is not None
    expected = snapshot(3, RECORDS, text=SIGNED)
    assert start.records == expected.records
    assert start.skipped == expected.skipped != {}
    assert start.heads == (b"" if is_packed else expected.heads)
    assert kept == [one.data for one in entries(4, 8, SIGNED)]
    assert (reader.clock, reader.head) == (8, head(8, SIGNED))
    assert reader.bytes > 500 * RECORDS
    reader.check_names(read_names(chunk[0], 1))


@pytest.mark.parametrize(
    ("kind", "data", "packed"),
    [("records", b"[[1]]", False), ("pets", b"[]", False), ("records", b"[]", True)],
    ids=["other values", "an unknown kind", "not packed"],
)
def test_part_that_can_not_be_read_is_a_misfit(
    chunk: tuple[sqlite3.Connection, ChunkRow], kind: str, data: bytes, packed: bool
) -> None:
    """Although its checksum is right."""
    write_part(*chunk, 1, kind, data, packed)
    with pytest.raises(Misfit, match="the snapshot of chunk 1 can't be read"):
        read(*chunk)


@pytest.mark.parametrize(
    ("last", "clocks", "at", "packed", "detail"),
    [
        (8, range(4, 9), 8, True, "changes 4 to 8 can't be read"),
        (4, [4], 8, True, "change 4 can't be read"),
        (8, [4, 6, 7, 8, 9], 8, False, "change 6 is where 5 belongs"),
        (8, range(4, 8), 7, False, "there are 4 entries at changes 4 to 8"),
        (8, range(4, 9), 7, False, "the chain breaks at changes 4 to 8"),
    ],
)
def test_row_of_the_log_that_does_not_fit_is_a_misfit(
    chunk: tuple[sqlite3.Connection, ChunkRow],
    last: int,
    clocks: Iterator[int],
    at: int,
    packed: bool,
    detail: str,
) -> None:
    """Although its checksum is right."""
    connection, row = chunk
    connection.execute("DELETE FROM log WHERE first BETWEEN 4 AND 8")
    data = join(encoded(clock, SIGNED) for clock in clocks)
    write_log(connection, log_values(1, 4, last, head(at, SIGNED), data, packed))
    with pytest.raises(Misfit, match=detail):
        read(connection, row)


@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        ("UPDATE part SET data=x'00' WHERE chunk=1 AND number=1", "wrong checksum in part 1 of chunk 1"),
        ("DELETE FROM part WHERE chunk=1 AND number=1", "part 1 of chunk 1 is missing"),
        ("UPDATE log SET head=x'00' WHERE first=4", "wrong checksum at change 4"),
    ],
)
def test_row_that_was_changed_is_a_misfit(
    chunk: tuple[sqlite3.Connection, ChunkRow], statement: str, detail: str
) -> None:
    chunk[0].execute(statement)
    with pytest.raises(Misfit, match=detail):
        read(*chunk)


def test_chunk_must_end_where_its_row_says(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        fill(made, "bench", 3, 8, 9)
        row = read_chunks(made._connection, 1)[0]
        with pytest.raises(Misfit, match="the chain breaks at change 8, where chunk 1 ends"):
            read(made._connection, replace(row, last_head=bytes(16)))
        made._connection.execute("DELETE FROM log WHERE first=8")
        with pytest.raises(Misfit, match="change 8 is missing"):
            read(made._connection, row)
        made._connection.execute("DELETE FROM log WHERE first=6")
        with pytest.raises(Misfit, match="change 6 is missing"):
            read(made._connection, row)


def test_names_that_are_referred_to_must_be_there(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        fill(made, "bench", 0, 5)
        reader = read(made._connection, read_chunks(made._connection, 1)[0])
    reader.check_names(names(2))
    for kind in NameKind:
        with pytest.raises(Misfit, match=f"{kind.value} 2 is missing"):
            reader.check_names([name for name in names(2) if (name.kind, name.number) != (kind, 2)])


@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        ("UPDATE name SET text='Eve' WHERE kind='origin' AND number=2", "wrong checksum at origin 2"),
        ("UPDATE name SET kind='pet' WHERE kind='author' AND number=2", "wrong checksum at pet 2"),
    ],
)
def test_name_that_was_changed_is_a_misfit(tmp_path: Path, statement: str, detail: str) -> None:
    with database(tmp_path) as made:
        fill(made, "bench", 0, 0)
        write_names(made._connection, 1, names(2))
        assert read_names(made._connection, 1) == names(2)
        used = References()
        assert read_used_names(made._connection, 1, used) == [erased(name) for name in names(2)[1::2]]
        used.add_change(1, 2)
        assert read_used_names(made._connection, 1, used) == [*names(2)[1:3], erased(names(2)[3])]
        made._connection.execute(statement)
        with pytest.raises(Misfit, match=detail):
            read_names(made._connection, 1)
