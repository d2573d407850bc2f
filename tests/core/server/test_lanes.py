"""Changes and their lanes: DOC-8 of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.records import Lane, Op, Put, Remove, Set
from optiverse_collab.errors import ChangeRefused, Reason
from tests.core.server.histories import do, make


def test_change_lies_in_the_lane_of_its_records() -> None:
    """DOC-8: the present record decides, then a removed one, then the first put; else it is the bench."""
    history = make()
    assert do(history, Put("a", "k", {}, Lane.TALK)).lane is Lane.TALK
    assert do(history, Put("a", "k", {"x": 1}), Set("nowhere", {"x": 1})).lane is Lane.TALK
    assert do(history, Remove("a")).lane is Lane.TALK
    assert do(history, Set("a", {"x": 1})).lane is Lane.TALK
    assert do(history, Put("a", "k", {}, Lane.TALK), Put("a", "k", {"x": 1})).lane is Lane.TALK
    assert do(history, Set("nowhere", {"x": 1})).lane is Lane.BENCH
    assert do(history, Put("b", "k")).lane is Lane.BENCH


@pytest.mark.parametrize(
    "ops",
    [
        [Set("lens", {"x": 1}), Set("note", {"x": 1})],
        [Set("lens", {"x": 1}), Put("new", "k", {}, Lane.TALK)],
        [Set("lens", {"x": 1}), Put("new", "k", {}, Lane.TALK), Remove("new")],
        [Put("new", "k"), Remove("new"), Put("new", "k", {}, Lane.TALK)],
        [Remove("lens"), Put("lens", "k", {}, Lane.TALK)],
        [Remove("note"), Remove("lens")],
        [Put("lens", "k", {"x": 1}, Lane.TALK), Set("note", {"x": 1})],
        [Put("gone", "k")],
        [Set("lens", {"x": 1}), Set("gone", {"x": 1})],
        [Set("lens", {"x": 1}), Remove("gone")],
    ],
)
def test_change_of_several_lanes_is_refused(ops: list[Op]) -> None:
    """DOC-8: even if a record exists only in the middle of the change, or only before it."""
    history = make()
    do(history, Put("lens", "k"))
    do(history, Put("note", "k", {}, Lane.TALK), Put("gone", "k", {}, Lane.TALK), Remove("gone"))
    with pytest.raises(ChangeRefused) as refusal:
        do(history, *ops)
    assert refusal.value.reason is Reason.MIXED_LANES
    assert history.clock == 2
    assert do(history, Put("gone", "k", {}, Lane.TALK)).lane is Lane.TALK


def test_id_is_free_for_another_lane_once_it_is_forgotten() -> None:
    """DOC-8, CLK-4: no delta can reach back any more to when it was in the old lane."""
    history = make(tombstones=1)
    for id in "ab":
        do(history, Put(id, "k", {}, Lane.TALK))
        do(history, Remove(id))
    assert history.tombstones.keys() == {"b"}
    assert do(history, Put("a", "k")).lane is Lane.BENCH
    assert history.start == 2
