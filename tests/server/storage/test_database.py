"""Damage to one session, and what is left over in the tables."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from optiverse_collab.errors import DatabaseDamaged, StorageError
from optiverse_collab_server.storage import Stored
from optiverse_collab_server.storage.database import Database
from optiverse_collab_server.storage.schema import FILE_NAME, open_database
from tests.helpers.aio import run
from tests.helpers.storage import entries, entry, opened, snapshot

DAMAGE = {
    "a flipped entry": (
        "UPDATE log SET data=replace(CAST(data AS TEXT), 'Anna', 'Hanna') WHERE session=1",
        "wrong checksum at change 6",
    ),
    "a clock": ("UPDATE log SET last=7 WHERE session=1 AND first=6", "wrong checksum at change 6"),
    "a missing entry": ("DELETE FROM log WHERE session=1 AND first=6", "change 6 is missing"),
    "entries of another session": ("UPDATE log SET session=1 WHERE session=2", "wrong checksum at change 9"),
    "a flipped chunk": (
        "UPDATE chunk SET data=CAST(replace(CAST(data AS TEXT), 'lens', 'Lens') AS BLOB) "
        "WHERE snapshot=1 AND number=2",
        "wrong checksum in chunk 2",
    ),
    "a missing chunk": (
        "DELETE FROM chunk WHERE snapshot=1 AND number=2",
        "chunk 2 of its snapshot is missing",
    ),
    "swapped chunks": (
        "UPDATE chunk SET number = 3 - number + 1000 WHERE snapshot=1 AND number<3;"
        "UPDATE chunk SET number = number - 1000 WHERE snapshot=1 AND number>1000",
        "wrong checksum in chunk 1",
    ),
    "no JSON": ("UPDATE chunk SET data=x'00ff' WHERE snapshot=1", "wrong checksum in chunk 1"),
}


@pytest.mark.parametrize(("script", "detail"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_session_is_refused_and_the_others_are_served(
    tmp_path: Path, script: str, detail: str
) -> None:
    async def scenario() -> None:
        async with opened(tmp_path) as store:
            await store.save_snapshot("bad", snapshot(5, records=400))
            await store.append("bad", [entry(6)])
            await store.append("bad", [entry(7)])
            await store.save_snapshot("good", snapshot(8, records=2))
            await store.append("good", entries(9, 10))
        execute(tmp_path, script)
        damaged = rows(tmp_path, 1)
        async with opened(tmp_path) as store:
            for call in (
                store.append("bad", [entry(8)]),
                store.save_snapshot("bad", snapshot(9)),
                store.load("bad"),
                store.append("bad", [entry(8)]),
            ):
                with pytest.raises(DatabaseDamaged, match=f"'bad'.*{detail}.*restore a backup"):
                    await call
            if "session=2" not in script:
                assert await store.load("good") == Stored(snapshot(8, records=2), entries(9, 10))
                await store.append("good", [entry(11)])
            assert await store.sessions() == ["bad", "good"]
        assert rows(tmp_path, 1) == damaged

    run(scenario())


def test_the_space_of_replaced_snapshots_is_used_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        sizes = []
        async with opened(tmp_path) as store:
            for clock in range(8):
                await store.save_snapshot("bench", snapshot(clock, records=1000))
                sizes.append(int(execute(tmp_path, "PRAGMA page_count")[0][0]))
        assert sizes[-1] < 3 * sizes[0]
        assert execute(tmp_path, "SELECT DISTINCT snapshot FROM chunk") == [(8,)]

    run(scenario())


def test_unfinished_snapshot_is_removed_at_the_next_start(tmp_path: Path) -> None:
    with contextlib.closing(open_database(tmp_path, interrupted=False)) as connection:
        database = Database(connection, tmp_path / FILE_NAME)
        for _ in database.save("bench", snapshot(3, records=10)):
            pass
        unfinished = database.save("bench", snapshot(4, records=1000))
        for _ in range(3):
            next(unfinished)
        unfinished.close()
        stored = finish(database, "bench")
    assert stored == Stored(snapshot(3, records=10), [])
    assert len(execute(tmp_path, "SELECT DISTINCT snapshot FROM chunk")) == 2
    with contextlib.closing(open_database(tmp_path, interrupted=False)) as connection:
        assert finish(Database(connection, tmp_path / FILE_NAME), "bench") == stored
    assert execute(tmp_path, "SELECT DISTINCT snapshot FROM chunk") == [(1,)]


def test_what_can_not_be_written_together_is_tried_one_by_one(tmp_path: Path) -> None:
    """A change that is too large for the space that is left takes no other with it."""
    with contextlib.closing(open_database(tmp_path, interrupted=False)) as connection:
        database = Database(connection, tmp_path / FILE_NAME)
        for name in ("a", "b", "c"):
            for _ in database.save(name, snapshot()):
                pass
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages + 3}")
        large = entry(1, text="x" * 50_000)
        outcomes = database.append([("a", [entry(1)]), ("b", [large]), ("b", [entry(2)]), ("c", [entry(1)])])
        assert outcomes[0] is None
        assert outcomes[3] is None
        assert "is full; free some space" in str(outcomes[1])
        assert "comes next" in str(outcomes[2])
        with pytest.raises(sqlite3.OperationalError, match="full"):
            for _ in database.save("b", snapshot(1, records=1000)):
                pass
        connection.execute("PRAGMA max_page_count=1000000")
        assert database.append([("b", [large])]) == [None]
        assert finish(database, "b") == Stored(snapshot(), [large])
        assert not [name for name in outcomes if isinstance(name, DatabaseDamaged)]
        assert isinstance(outcomes[1], StorageError)


def finish(database: Database, name: str) -> Stored | None:
    """Load a session at one go."""
    steps = database.load(name)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            stored: Stored | None = end.value
            return stored


def execute(folder: Path, script: str) -> list[tuple[int, ...]]:
    """Run statements on the database from outside; what the last one gives."""
    result: list[tuple[int, ...]] = []
    with contextlib.closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as connection:
        for statement in script.split(";"):
            result = connection.execute(statement).fetchall()
    return result


def rows(folder: Path, key: int) -> list[object]:
    """Everything in the tables that is a session's."""
    with contextlib.closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        return [
            connection.execute("SELECT * FROM session WHERE key=?", (key,)).fetchall(),
            connection.execute("SELECT * FROM log WHERE session=?", (key,)).fetchall(),
            connection.execute("SELECT * FROM chunk WHERE snapshot=?", (key,)).fetchall(),
        ]
