"""A connected replica gets a delta in place of skipped patches (SYNC-12)."""

from __future__ import annotations

from optiverse_collab.core.protocol.messages import Delta, FullState, SyncRequest
from optiverse_collab.core.protocol.page_records import PageSet
from optiverse_collab.core.records import Lane, Put, Remove, Set
from optiverse_collab.core.server.answers import catch_up, lanes_of
from tests.core.server.histories import do, make

NEW = SyncRequest("bob")
"""Bob held nothing when he synchronised."""


def test_it_begins_where_the_replica_is() -> None:
    """Whatever its request named."""
    history = make()
    do(history, Put("lens", "component", {"x": 0, "y": 0}))
    for x in range(1, 4):
        do(history, Set("lens", {"x": x}))
    [page] = catch_up(history, NEW, 2, 0)
    assert isinstance(page, Delta)
    assert page.unasked
    assert (page.clock, page.ops) == (4, [PageSet("lens", {"x": 3}, [], 0)])


def test_it_is_all_where_what_was_removed_since_is_forgotten() -> None:
    """CLK-4."""
    history = make(tombstones=1)
    do(history, *(Put(id, "component") for id in "abcd"))
    for id in "abc":
        do(history, Remove(id))
    [page] = catch_up(history, NEW, 1, 0)
    assert isinstance(page, FullState)
    assert page.unasked
    assert [record.id for record in page.records] == ["d"]


def test_replica_that_names_no_lanes_knows_the_bench() -> None:
    """DOC-8."""
    assert lanes_of(NEW) == {Lane.BENCH}
    assert lanes_of(SyncRequest("bob", lanes=[Lane.TALK, Lane.META])) == {Lane.TALK, Lane.META}
