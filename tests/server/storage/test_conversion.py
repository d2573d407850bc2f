"""A session of format 1 stays the same session when it is converted, whatever happened in it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.names import NameKind
from optiverse_collab.errors import DatabaseDamaged
from optiverse_collab_server.storage import format1
from optiverse_collab_server.storage.conversion import convert
from optiverse_collab_server.storage.directory import read_directory
from optiverse_collab_server.storage.reading import ChunkReader, read_names
from optiverse_collab_server.storage.rows import ROW_BYTES, checksum
from optiverse_collab_server.storage.schema import FILE_NAME, create_tables
from optiverse_collab_server.storage.steps import finished
from tests.helpers.format1 import OldSession, Op, restore_dump, summary, write_database, write_tables
from tests.helpers.storage import database

DATA = Path(__file__).parents[2] / "data" / "format-1"
NAMES = ["pos", "name", "notes", "z_value"]
PROPS = st.dictionaries(
    st.sampled_from(NAMES), st.sampled_from([0, 0.0, True, "x", [1.5, 2], None]), max_size=3
)
IDS = st.sampled_from(["a", "b", "c"])
OPS = st.one_of(
    st.fixed_dictionaries(
        {"op": st.just("put"), "id": IDS, "kind": st.sampled_from(["lens", "mirror"]), "props": PROPS}
    ),
    st.fixed_dictionaries(
        {"op": st.just("set"), "id": IDS, "props": PROPS},
        optional={"unset": st.lists(st.sampled_from(NAMES), max_size=2)},
    ),
    st.fixed_dictionaries({"op": st.just("remove"), "id": IDS}),
)
CHANGE = st.tuples(
    st.sampled_from(["client-1", "client-2"]),
    st.sampled_from(["Ann", "Zoë"]),
    st.integers(0, 9),
    st.lists(OPS, max_size=4),
)


def put(**props: Any) -> Op:
    return {"op": "put", "id": "a", "kind": "lens", "props": props}


def converted(old: OldSession) -> History:
    """The converted session, read with all checks."""
    file = Path("memory")
    with closing(sqlite3.connect(":memory:")) as before, closing(sqlite3.connect(":memory:")) as after:
        write_tables(before, [("bench", old)])
        create_tables(after)
        [session] = format1.read_sessions(before, file)
        convert(before, after, session)
        row = read_directory(after, file).sessions["bench"]
        assert row.damage is None
        assert row.chunk is not None
        reader = ChunkReader(after, row.chunk)
        snapshot = finished(reader.snapshot(row.epoch))
        entries = [entry for page in reader.entries() for entry in page]
        names = read_names(after, row.key)
        reader.check_names(names)
    assert snapshot.clock == snapshot.outcomes_from == session.clock
    return History(snapshot, names, entries)


@settings(deadline=None, max_examples=300)
@given(before=st.lists(CHANGE, max_size=8), after=st.lists(CHANGE, max_size=8))
@example([], [("client-1", "Ann", 5, [put(pos=1, name="x"), put(pos=2)])])
@example(
    [("client-1", "Ann", 5, [put(pos=1, name="x")])],
    [("client-1", "Ann", 4, [put(notes=2), {**put(), "kind": "mirror"}])],
)
def test_nothing_differs(before: list[Any], after: list[Any]) -> None:
    old = OldSession("epoch-1")
    for change in before:
        old.accept(*change)
    snapshot_clock, snapshot_clocks = old.clock, dict(old.clocks)
    old.take_snapshot()
    for change in after:
        old.accept(*change)
    new = converted(old)
    assert summary(new) == old.summary()
    for client_id, client_clock in old.clients.items():
        assert new.last_client_clock_of(origin_of(client_id)) == client_clock
    authors = {"", *(author for _, author, _, _ in after)}
    for id, stamps in new.stamps.items():
        assert stamps.newest.clock <= old.clocks[id]
        assert new.names.text(NameKind.AUTHOR, stamps.newest.author) in authors
        if old.clocks[id] <= snapshot_clock:
            assert stamps.newest.clock == snapshot_clocks[id]
            assert stamps.own == {}
    lost = [(entry["clock"], [op["id"] for op in entry["lost"]]) for entry in old.entries if entry["lost"]]
    assert [(one.clock, [part.id for part in one.lost]) for one in new.outcomes.kept] == lost


def test_what_the_old_server_wrote_is_all_there(tmp_path: Path) -> None:
    """The old server's code made these databases and expectations."""
    restore_dump(DATA / "sessions.sql", tmp_path)
    expected = json.loads((DATA / "expected.json").read_text("utf-8"))
    with database(tmp_path) as made:
        found = {name: finished(made.load(name)) for name in finished(made.names())}
    assert found.keys() == expected.keys()
    for name, old in expected.items():
        stored = found[name]
        assert stored is not None
        history = History(stored.snapshot, stored.names, stored.entries)
        held = {key: old[key] for key in ("epoch", "clock", "tombstones")}
        held["records"] = [list(record.values()) for _, record in old["records"]]
        assert summary(history) == json.dumps(held, sort_keys=True)
        assert history.start == old["start"]
        for client_id, client_clock in old["clients"].items():
            assert history.last_client_clock_of(origin_of(client_id)) == client_clock
        for clock, record in old["records"]:
            if clock <= old["snapshot"]:  # STAMP-3
                stamps = history.stamps[record["id"]]
                assert (stamps.newest.clock, stamps.newest.origin, stamps.newest.author) == (clock, 0, 0)
        lost = [entry for entry in old["entries"] if entry["lost"]]
        assert [outcome.clock for outcome in history.outcomes.kept] == [entry["clock"] for entry in lost]
        assert [[part.id for part in outcome.lost] for outcome in history.outcomes.kept] == [
            [op["id"] for op in entry["lost"]] for entry in lost
        ]


def test_entries_keep_who_made_them_and_when(tmp_path: Path) -> None:
    """STAMP-1; CLK-7: the old server's clock was sometimes set back."""
    restore_dump(DATA / "sessions.sql", tmp_path)
    expected = json.loads((DATA / "expected.json").read_text("utf-8"))["all in the log"]["entries"]
    with database(tmp_path) as made:
        stored = finished(made.load("all in the log"))
    assert stored is not None
    entries = [json.loads(entry) for entry in stored.entries]
    texts = {(name.kind, name.number): name.text for name in stored.names}
    times = [entry["time_ms"] for entry in entries]
    for old, new in zip(expected, entries, strict=True):
        assert (new["clock"], new["client_clock"]) == (old["clock"], old["client_clock"])
        assert texts[NameKind.ORIGIN, new["origin"]] == origin_of(old["client_id"])
        assert texts[NameKind.AUTHOR, new["author"]] == old["user_id"]
        assert new["time_ms"] >= old["time_ms"]
        assert new.get("dropped", []) == old["lost"]
    assert times == sorted(times)
    assert any(entry["time_ms"] > old["time_ms"] for old, entry in zip(expected, entries, strict=True))


def long_session() -> OldSession:
    """A session with a snapshot at change 2, and more entries after it than fit in a row."""
    old = OldSession("epoch-1")
    for clock in range(1, 401):
        old.accept("client-1", "Ann", clock, [put(notes=f"{clock} " * 200)])
        if clock == 2:
            old.take_snapshot()
    return old


def test_long_log_is_divided_into_rows(tmp_path: Path) -> None:
    write_database(tmp_path, [("bench", long_session())])
    with database(tmp_path) as made:
        stored = finished(made.load("bench"))
        rows = made._connection.execute("SELECT first, last, length(data) FROM log ORDER BY first").fetchall()
    assert stored is not None
    assert summary(History(stored.snapshot, stored.names, stored.entries)) == long_session().summary()
    assert len(rows) > 2
    assert [first for first, _, _ in rows] == [3, *(last + 1 for _, last, _ in rows[:-1])]
    assert all(ROW_BYTES <= size < ROW_BYTES + 2000 for _, _, size in rows[:-1])


def write_entries(folder: Path, first: int, data: bytes) -> None:
    """Replace a row of an old log, and give it the right checksum."""
    row = 1, first, first
    with closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as connection:
        connection.execute("REPLACE INTO log VALUES (?,?,?,?,?)", (*row, data, checksum(row, data)))


def test_entries_before_the_snapshot_are_left_out(tmp_path: Path) -> None:
    """The old server dropped them after it wrote the snapshot; it may have stopped in between."""
    write_database(tmp_path, [("bench", long_session())])
    before = {
        "clock": 2,
        "client_id": "client-1",
        "client_clock": 2,
        "user_id": "Ann",
        "time_ms": 1,
        "ops": [],
    }
    write_entries(tmp_path, 2, json.dumps([before]).encode())
    with database(tmp_path) as made:
        stored = finished(made.load("bench"))
    assert stored is not None
    assert (stored.snapshot.clock, len(stored.entries)) == (2, 398)
    assert summary(History(stored.snapshot, stored.names, stored.entries)) == long_session().summary()


@pytest.mark.parametrize("data", [b"[", b'[{"clock":3}]', b"\xff"])
def test_what_can_not_be_read_is_damage(tmp_path: Path, data: bytes) -> None:
    """The row is refused although its checksum is right."""
    write_database(tmp_path, [("bench", long_session())])
    write_entries(tmp_path, 3, data)
    with database(tmp_path) as made, pytest.raises(DatabaseDamaged, match="before it was upgraded"):
        finished(made.load("bench"))
