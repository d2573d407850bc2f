"""A session as it was, from the history or from a kept version (HIST-2, HIST-15)."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab.core.records import Lane, Put, Set
from optiverse_collab_server.storage import Retention
from optiverse_collab_server.storage.api import TooLarge
from optiverse_collab_server.storage.database import Database
from optiverse_collab_server.storage.past import bench_of, read_at
from optiverse_collab_server.storage.steps import finished
from tests.helpers.kept_session import NAME, KeptSession, bench_at
from tests.helpers.storage import database, tidy


def filled(made: Database) -> KeptSession:
    """A session of two chunks, the first of which is dropped except for a version at the clock 2."""
    session = KeptSession(made)
    session.change(Put("lens", "k", {"x": 1}))
    session.change(Set("lens", {"x": 2}))
    session.keep("old", 2)
    session.begin_chunk()
    session.change(Put("note", "k", {}, Lane.TALK))
    session.change(Set("lens", {"text": "x" * 1000}))
    tidy(made)
    return session


def test_a_moment_is_read_from_where_it_is(tmp_path: Path) -> None:
    with database(tmp_path, Retention(bytes=0)) as made:
        session = filled(made)
        assert {clock: bench_at(made, clock) for clock in range(1, 7)} == {
            1: None,
            **{clock: session.benches[clock] for clock in range(2, 6)},
            6: None,
        }


def test_the_head_is_that_of_the_moment(tmp_path: Path) -> None:
    """CLK-5: of a kept version, too."""
    heads = []
    for retention in (Retention(), Retention(bytes=0)):
        with database(tmp_path / str(retention.bytes), retention) as made:
            filled(made)
            stored = finished(made.load_at(NAME, 2))
            assert stored is not None
            heads.append(finished(bench_of(stored))[0])
    assert heads[0] == heads[1]


@pytest.mark.parametrize(("clock", "most"), [(2, 100), (5, 100), (5, 1500)])
def test_what_takes_too_much_memory_is_not_read(tmp_path: Path, clock: int, most: int) -> None:
    """LIM-16"""
    with database(tmp_path, Retention(bytes=0)) as made:
        filled(made)
        session = made._sessions[NAME]
        with pytest.raises(TooLarge):
            finished(read_at(made._connection, session, clock, most))
