"""The rows of kept benches (HIST-15)."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab_server.storage.api import TooLarge
from optiverse_collab_server.storage.database import Database
from optiverse_collab_server.storage.failures import Misfit
from optiverse_collab_server.storage.kept import (
    drop_kept,
    read_kept,
    read_kept_at,
    read_kept_records,
    write_kept,
)
from optiverse_collab_server.storage.steps import finished
from tests.helpers.storage import database, snapshot

HEAD = b"h" * 16
LONG = [b'{"id":"r%d","kind":"k","props":{"text":"%s"}}' % (number, b"x" * 50_000) for number in range(7)]


def keep(made: Database, records: list[bytes], clock: int = 7) -> None:
    """Keep a bench of the session with the key 1."""
    finished(made.begin_chunk("lab", snapshot()))
    finished(write_kept(made._connection, 1, clock, HEAD, records))


@pytest.mark.parametrize(("records", "parts"), [([], 0), (LONG[:1], 1), (LONG, 3)])
def test_a_bench_is_read_as_it_was_written(tmp_path: Path, records: list[bytes], parts: int) -> None:
    with database(tmp_path) as made:
        keep(made, records)
        [row] = read_kept(made._connection, 1)
        assert row == read_kept_at(made._connection, 1, 7)
        assert (row.clock, row.head, row.parts) == (7, HEAD, parts)
        assert [*map(bytes, finished(read_kept_records(made._connection, row)))] == records
        assert read_kept_at(made._connection, 1, 8) is None


def test_a_bench_that_takes_too_much_memory_is_not_read(tmp_path: Path) -> None:
    """LIM-16"""
    with database(tmp_path) as made:
        keep(made, LONG)
        with pytest.raises(TooLarge):
            finished(read_kept_records(made._connection, read_kept(made._connection, 1)[0], most=200_000))


def test_a_bench_is_deleted_with_its_parts(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        keep(made, LONG)
        finished(write_kept(made._connection, 1, 8, HEAD, LONG[:1]))
        first, second = read_kept(made._connection, 1)
        finished(drop_kept(made._connection, first))
        assert read_kept(made._connection, 1) == [second]
        assert made._connection.execute("SELECT clock FROM kept_part").fetchall() == [(8,)]


@pytest.mark.parametrize(
    ("damage", "detail"),
    [
        ("DELETE FROM kept_part WHERE number=2", "part 2 of the version at change 7 is missing or wrong"),
        ("UPDATE kept_part SET data=x'00' WHERE number=1", "part 1 of the version at change 7 is missing"),
        ("UPDATE kept SET parts=2", "wrong checksum in the row of the version at change 7"),
    ],
)
def test_damage_is_noticed(tmp_path: Path, damage: str, detail: str) -> None:
    with database(tmp_path) as made:
        keep(made, LONG)
        made._connection.execute(damage)
        with pytest.raises(Misfit, match=detail):
            finished(read_kept_records(made._connection, read_kept(made._connection, 1)[0]))


def test_what_is_no_json_is_noticed(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        keep(made, [b"{nonsense"])
        with pytest.raises(Misfit, match="the version at change 7 can't be read"):
            finished(read_kept_records(made._connection, read_kept(made._connection, 1)[0]))
