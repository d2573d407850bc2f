"""Versions outlive the history that contains them: HIST-15 of docs/protocol.md."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from optiverse_collab.core.records import Put, Remove, Set
from optiverse_collab_server.storage import Retention, kept_versions
from optiverse_collab_server.storage.check import check_folder
from optiverse_collab_server.storage.database import Database
from optiverse_collab_server.storage.steps import finished
from tests.helpers.kept_session import NAME, KeptSession, bench_at
from tests.helpers.storage import database, execute, tidy

DROP_ALL = Retention(bytes=0)


def filled(made: Database) -> KeptSession:
    """A session of three chunks, which begin at the clocks 0, 4 and 8; versions `old`, `mid` and `new`."""
    session = KeptSession(made)
    session.change(Put("lens", "k", {"x": 1}))
    session.change(Put("mirror", "k", {"x": 2}))
    session.change(Set("lens", {"x": 3}, []))
    session.keep("old", 2)
    session.begin_chunk()
    session.change(Remove("mirror"))
    session.change(Put("plate", "k", {"ü": "ö"}))
    session.keep("mid", 5)
    session.keep("old too", 2)
    session.begin_chunk()
    session.change(Set("plate", {"x": 4}))
    session.keep("new", 9)
    return session


def test_a_version_outlives_its_chunk(tmp_path: Path) -> None:
    """HIST-15: bit for bit; what no version names is gone with the history."""
    with database(tmp_path, DROP_ALL) as made:
        session = filled(made)
        before = finished(made.size(NAME))
        tidy(made)
        found = {clock: bench_at(made, clock) for clock in range(1, 11)}
        assert [clock for clock, bench in found.items() if bench is not None] == [2, 5, 8, 9, 10]
        assert all(bench is None or bench == session.benches[clock] for clock, bench in found.items())
        assert list(found[2] or ()) == ["lens", "mirror"]
        [[kept]] = execute_in(made, "SELECT sum(length(data)) FROM kept_part")
        [[parts]] = execute_in(made, "SELECT sum(length(data)) FROM part")
        [[log]] = execute_in(made, "SELECT sum(length(data)) FROM log")
        assert finished(made.size(NAME)) == kept + parts + log < before
    [report] = check_folder(tmp_path)
    assert (report.faults, report.versions) == ([], 2)
    assert report.bytes == kept + parts + log


def execute_in(made: Database, script: str) -> list[tuple[int, ...]]:
    """The rows that a statement finds."""
    return made._connection.execute(script).fetchall()


def test_a_removed_version_frees_its_bench(tmp_path: Path) -> None:
    """HIST-15: when the server next tidies up, at the latest at its start; not while another one needs it."""
    with database(tmp_path, DROP_ALL) as made:
        session = filled(made)
        tidy(made)
        session.change(Remove("mid"), Remove("old"))
    with database(tmp_path, DROP_ALL) as made:
        tidy(made)
        assert bench_at(made, 5) is None
        assert bench_at(made, 2) == session.benches[2]
    assert execute(tmp_path, "SELECT clock, number FROM kept_part") == [(2, 1)]


def test_a_version_made_at_the_last_moment_is_kept(tmp_path: Path) -> None:
    """HIST-15: while the benches of other versions are being written."""
    with database(tmp_path, DROP_ALL) as made:
        session = filled(made)
        late = False
        while made.housekeeper.busy:
            made.housekeeper.step()
            if not late and execute_in(made, "SELECT clock FROM kept_part") == [(2,)]:
                session.keep("late", 1)
                late = True
        assert late
        assert bench_at(made, 1) == session.benches[1]
        assert bench_at(made, 3) is None


def test_a_crash_on_the_way_loses_no_version(tmp_path: Path) -> None:
    """HIST-15: after any step, a start finds every bench, in its chunk or kept, and finishes the work."""
    for stop in range(1, 100):
        folder = tmp_path / str(stop)
        with database(folder, DROP_ALL) as made:
            session = filled(made)
            for _ in range(stop):
                if made.housekeeper.busy:
                    made.housekeeper.step()
            is_done = not made.housekeeper.busy
        with database(folder, DROP_ALL) as made:
            for clock in (2, 5, 9):
                assert bench_at(made, clock) == session.benches[clock], (stop, clock)
            tidy(made)
            assert [clock for clock in range(1, 8) if bench_at(made, clock) is not None] == [2, 5]
        if is_done:
            break
    assert stop > 10


def test_unfinished_benches_are_deleted_at_the_start(tmp_path: Path) -> None:
    """HIST-15: parts without a row."""
    with database(tmp_path, DROP_ALL) as made:
        filled(made)
        tidy(made)
    execute(tmp_path, "DELETE FROM kept WHERE clock=5")
    with database(tmp_path, DROP_ALL) as made:
        assert execute_in(made, "SELECT DISTINCT clock FROM kept_part") == [(2,)]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE kept SET head=x'00' WHERE clock=2",
        "UPDATE part SET data=x'00' WHERE kind='records'",
        "UPDATE log SET data=x'00' WHERE first=9",
    ],
)
def test_nothing_is_dropped_that_can_not_be_kept(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    """HIST-15: the history stays unchanged, and the log says why."""
    with database(tmp_path, DROP_ALL) as made:
        session = filled(made)
        tidy(made)
        session.begin_chunk()
        session.keep("again", 8)
        execute_in(made, damage)
        with caplog.at_level(logging.WARNING):
            while made.housekeeper.busy:
                made.housekeeper.step()
        assert "stays unchanged" in caplog.text
        [[first]] = execute_in(made, "SELECT min(clock) FROM chunk")
        assert first == 8


def test_versions_that_take_too_much_keep_their_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """HIST-15: nothing is lost, and the log says what to do; removing versions helps."""
    monkeypatch.setattr(kept_versions, "MOST_BYTES", 0)
    with database(tmp_path, DROP_ALL) as made:
        session = filled(made)
        tidy(made)
        assert "its versions take more than 500 MB; ask its owners to remove some" in caplog.text
        assert [clock for clock in range(1, 11) if bench_at(made, clock) is not None] == [2, *range(4, 11)]
        session.change(Remove("old"), Remove("old too"))
    with database(tmp_path, DROP_ALL) as made:
        tidy(made)
        assert [clock for clock in range(1, 11) if bench_at(made, clock) is not None] == [5, 8, 9, 10]
