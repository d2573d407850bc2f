"""Damage to one session, and leftovers in the tables."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import msgspec
import pytest

from optiverse_collab.core.server.chain import next_head
from optiverse_collab.core.server.journal import Kept
from optiverse_collab.errors import DatabaseDamaged, StorageError
from optiverse_collab_server.storage.database import Append
from optiverse_collab_server.storage.housekeeping import Retention
from optiverse_collab_server.storage.reading import size_of_session
from optiverse_collab_server.storage.schema import FILE_NAME
from optiverse_collab_server.storage.steps import finished
from tests.helpers.aio import run
from tests.helpers.storage import (
    SIGNED,
    content,
    content_of,
    database,
    entries,
    entry,
    execute,
    fill,
    head,
    names,
    opened,
    snapshot,
    tidy,
)
from tests.helpers.storage_damage import IN_A_CHUNK, IN_THE_NEWEST, Damage

REFUSED = IN_A_CHUNK | IN_THE_NEWEST


@pytest.mark.parametrize(("damage", "detail"), REFUSED.values(), ids=REFUSED)
def test_a_damaged_session_is_refused_and_the_others_are_served(
    tmp_path: Path, damage: Damage, detail: str
) -> None:
    """CLK-5"""
    with database(tmp_path) as made:
        fill(made, "bad", 0, 5, 8, records=400)
        fill(made, "good", 8, 9, 10)
        tidy(made)
    with contextlib.closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as connection:
        damage(connection)
    before = rows(tmp_path)

    async def scenario() -> None:
        async with opened(tmp_path) as store:
            for call in (
                store.append("bad", [entry(9)]),
                store.begin_chunk("bad", snapshot(9)),
                store.load("bad"),
                store.append("bad", [entry(9)]),
            ):
                with pytest.raises(DatabaseDamaged, match=f"'bad'.*{detail}.*restore a backup"):
                    await call
            good = content(snapshot(9, 40, text=SIGNED), [entry(10, SIGNED)], names(2))
            assert await content_of(store, "good") == good
            await store.append("good", [entry(11, SIGNED)])
            assert await store.sessions() == ["bad", "good"]

    run(scenario())
    assert rows(tmp_path) == before


def test_damage_that_comes_later_is_refused_from_then_on(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        fill(made, "bench", 0, 5)
        assert finished(made.load("bench")) is not None
        execute(tmp_path, "DELETE FROM log WHERE first=3")
        with pytest.raises(DatabaseDamaged, match="change 3 is missing"):
            finished(made.load("bench"))
        [outcome] = made.append([Append("bench", [entry(6, SIGNED)], ())])
        assert isinstance(outcome, DatabaseDamaged)
        with pytest.raises(DatabaseDamaged, match="change 3 is missing"):
            finished(made.begin_chunk("bench", snapshot(5, text=SIGNED)))


def test_damage_in_a_cold_chunk_keeps_nobody_from_working(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        fill(made, "bench", 0, 5, 8, 9)
    with contextlib.closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as connection:
        IN_A_CHUNK["a forged entry"][0](connection)
    with database(tmp_path) as made:
        assert finished(made.load("bench")) is not None
        with pytest.raises(DatabaseDamaged, match="the chain breaks"):
            finished(made.load_at("bench", 5))
        assert made.append([Append("bench", [entry(10, SIGNED)], ())]) == [None]


def test_the_past_is_read_from_packed_chunks_too(tmp_path: Path) -> None:
    """HIST-2, HIST-3: a row may hold many entries; entries that retention dropped are gone."""
    with database(tmp_path, Retention(bytes=5_000)) as made:
        fill(made, "bench", 0, 400, 420, 430, records=10)
        tidy(made)
        assert execute(tmp_path, "SELECT max(last - first), max(packed) FROM log") == [(19, 1)]
        for clock in (0, 200, 399):
            assert finished(made.load_at("bench", clock)) is None
        for clock, start in ((400, 400), (407, 400), (420, 420), (430, 420)):
            stored = finished(made.load_at("bench", clock))
            assert stored is not None
            assert stored.clock == start
            assert stored.entries == [one.data for one in entries(start + 1, clock, SIGNED)]


def test_a_session_that_lost_its_row_is_damage_to_all(tmp_path: Path) -> None:
    """Otherwise it would start from nothing under its own name."""
    with database(tmp_path) as made:
        fill(made, "bench", 0, 2)
    execute(tmp_path, "DELETE FROM session")
    with pytest.raises(DatabaseDamaged, match="a row is missing in the table of sessions"):
        database(tmp_path).__enter__()


def test_an_unfinished_chunk_is_cleared_away_at_the_next_start(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        fill(made, "bench", 3, 5, records=10)
        unfinished = made.begin_chunk("bench", snapshot(5, records=1000, text=SIGNED))
        never_created = made.begin_chunk("other", snapshot(records=1000))
        for _ in range(3):
            next(unfinished)
            next(never_created)
    assert len(execute(tmp_path, "SELECT DISTINCT session, chunk FROM part")) == 3
    with database(tmp_path) as made:
        stored = finished(made.load("bench"))
        assert stored is not None
        assert (stored.snapshot, len(stored.entries)) == (snapshot(3, records=10, text=SIGNED), 2)
        assert execute(tmp_path, "SELECT DISTINCT session, chunk FROM part") == [(1, 1)]
        fill(made, "other", 7, 9)
        assert finished(made.load("other")) is not None


def test_a_chunk_that_could_not_be_begun_can_be_begun_later(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        fill(made, "bench", 0, 5, records=0)
        for _ in range(2):
            failing = made.begin_chunk("bench", snapshot(5, records=1000, text=SIGNED))
            for _ in range(9):
                next(failing)
            made._connection.execute("PRAGMA query_only=1")  # like a disk that accepts no writes
            with pytest.raises(sqlite3.OperationalError):
                finished(failing)
            made._connection.execute("PRAGMA query_only=0")
        finished(made.begin_chunk("bench", snapshot(5, records=3, text=SIGNED)))
        stored = finished(made.load("bench"))
        assert stored is not None
        assert stored.snapshot == snapshot(5, records=3, text=SIGNED)
    [[parts]] = execute(tmp_path, "SELECT parts FROM chunk WHERE number=2")
    assert execute(tmp_path, "SELECT count(*) FROM part WHERE chunk=2") == [(parts,)]


def test_what_can_not_be_written_together_is_tried_one_by_one(tmp_path: Path) -> None:
    """A change that is too large for the remaining space does not affect the others."""
    with database(tmp_path) as made:
        for name in ("a", "b", "c"):
            finished(made.begin_chunk(name, snapshot()))
        connection = made._connection
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages + 3}")
        large = entry(1, text="x" * 50_000)
        appends = [("a", [entry(1)]), ("b", [large]), ("b", [entry(2)]), ("c", [entry(1)])]
        outcomes = made.append([Append(name, some, names()) for name, some in appends])
        assert outcomes[0] is None
        assert outcomes[3] is None
        assert "is full; free some space" in str(outcomes[1])
        assert "comes next" in str(outcomes[2])
        with pytest.raises(sqlite3.OperationalError, match="full"):
            finished(made.begin_chunk("c", snapshot(1, records=1000)))
        connection.execute("PRAGMA max_page_count=1000000")
        assert made.append([Append("b", [large], names())]) == [None]
        stored = finished(made.load("b"))
        assert stored is not None
        assert (stored.entries, len(stored.names)) == ([large.data], 2)
        assert isinstance(outcomes[1], StorageError)
        assert not isinstance(outcomes[1], DatabaseDamaged)


def test_a_session_may_be_loaded_while_it_grows(tmp_path: Path) -> None:
    """Names that come with the new entries do not count as missing."""
    with database(tmp_path) as made:
        finished(made.begin_chunk("bench", snapshot()))
        assert made.append([Append("bench", [one], ()) for one in entries(1, 200)]) == [None] * 200
    with database(tmp_path) as made:
        loading = made.load("bench")
        next(loading)
        signed = msgspec.json.encode({"clock": 201, "origin": 1, "author": 1})
        new = Kept(201, signed, next_head(head(200), signed))
        assert made.append([Append("bench", [new], names())]) == [None]
        stored = finished(loading)
        assert stored is not None
        assert (len(stored.entries), len(stored.names)) == (201, 2)


def rows(folder: Path) -> list[object]:
    """All rows of the session with the key 1."""
    with contextlib.closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        return [
            connection.execute(f"SELECT * FROM {table} WHERE {key}=1").fetchall()
            for table, key in (
                ("session", "key"),
                ("chunk", "session"),
                ("part", "session"),
                ("log", "session"),
                ("name", "session"),
            )
        ]


def test_size_of_a_session_counts_what_is_packed(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        fill(made, "bench", 0, 300, 400, 450)
        fill(made, "other", 0, 5)
        before = finished(made.size("bench"))
        tidy(made)
        assert finished(made.size("bench")) < before / 2
        assert finished(made.size("bench")) == size_of_session(made._connection, made._sessions["bench"])
        assert finished(made.size("nobody's")) == 0
        execute(tmp_path, "UPDATE chunk SET packed=1 WHERE number=1")
        with pytest.raises(DatabaseDamaged, match="wrong checksum in the row of chunk 1"):
            finished(made.size("bench"))
