"""Where restored histories parted: CLK-8, BACK-14."""

from __future__ import annotations

import pytest
from msgspec import structs

from optiverse_collab.core.protocol.messages import OtherHistory, SyncRequest
from optiverse_collab.core.protocol.positions import OldHead, ParentPosition
from optiverse_collab.core.records import Put
from optiverse_collab.core.server.answers import answer_of
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Parent
from optiverse_collab.core.server.lineage import (
    continued,
    epochs_here,
    is_lost,
    is_unsure,
    last_shared,
    never_had,
    parent_position,
    parted_at,
    was_replaced,
)
from tests.core.server.histories import asked, at, do, make


def of_three() -> History:
    """A history of three changes."""
    history = make()
    for number in range(3):
        do(history, Put(f"item-{number}", "k", {}))
    return history


def test_epochs_share_changes_up_to_where_they_parted() -> None:
    """CLK-8: an older parent shares at most as much as the next one."""
    snapshot = structs.replace(of_three().snapshot(), epoch="e4")
    parents = [Parent("e1", 7, 70), Parent("e2", 2, 20), Parent("e3", 5, 50)]
    history = History(structs.replace(snapshot, parents=parents))
    reach = {epoch: last_shared(history, epoch) for epoch in ("e1", "e2", "e3", "e4", "e5")}
    assert reach == {"e1": 2, "e2": 2, "e3": 5, "e4": 3, "e5": -1}
    asks = SyncRequest("a", clock=4)
    assert parent_position(history, "e1", asks) == ParentPosition("e1", 2, "1970-01-01T00:00:00.020Z", True)
    assert parent_position(history, "e5", asks) is None


def test_a_session_that_a_standby_never_had() -> None:
    """CLK-11: whoever has it comes from an earlier server, and the session began here without anything."""
    before = SyncRequest("a", epoch="before", clock=4, term=2)
    history = of_three()
    assert never_had(history, before) is None
    history.turns.begin(3, 0, 0)
    assert never_had(history, before) == ParentPosition("before", 0, "1970-01-01T00:00:00.000Z", True)
    for request in (
        structs.replace(before, term=0),
        structs.replace(before, term=3),
        structs.replace(before, epoch=None),
    ):
        assert never_had(history, request) is None
    later = of_three()
    later.turns.begin(3, 2, 0)
    assert never_had(later, before) is None


def test_position_of_a_parent_is_answered_with_its_name() -> None:
    """CLK-8"""
    before = of_three()
    request = at(before, 2)
    history = History(continued(before.snapshot(), Parent("e", 3, 0), "e2"), before.names.take_new())
    [page] = asked(history, request)
    assert (page.epoch, page.continues, page.clock) == ("e2", "e", 3)
    [own] = asked(history, at(history, 2))
    assert own.continues == ""


def test_position_behind_the_parting_is_told_where_it_was() -> None:
    """CLK-8"""
    before = of_three()
    request = at(before, 3)
    history = History(continued(before.snapshot(), Parent("e", 2, 0), "e2"), before.names.take_new())
    answer = answer_of(history, request)
    assert isinstance(answer, OtherHistory)
    assert answer.parent == ParentPosition("e", 2, "1970-01-01T00:00:00.000Z", True)


def test_epochs_of_a_history_include_those_that_part_at_its_end() -> None:
    """BACK-8: changes of these may come next."""
    snapshot = structs.replace(of_three().snapshot(), epoch="e4")
    parents = [Parent("e1", 7, 70), Parent("e2", 2, 20), Parent("e3", 3, 50)]
    history = History(structs.replace(snapshot, parents=parents))
    assert epochs_here(history) == ["e4", "e3"]
    do(history, Put("item-3", "k", {}))
    assert epochs_here(history) == ["e4"]


def test_a_takeover_parts_replicas_of_the_same_epoch() -> None:
    """CLK-9, CLK-10: those that have more; a replica of a later term comes from a later server."""
    before = of_three()
    history = History(before.snapshot(), before.names.take_new(), term=2)
    ahead, not_ahead = SyncRequest("a", "e", 5, term=1), SyncRequest("a", "e", 3, term=1)
    assert parent_position(history, "e", ahead) == ParentPosition("e", 3, "1970-01-01T00:00:00.000Z", True)
    assert parent_position(history, "e", not_ahead) is None
    assert [is_lost(history, one) for one in (ahead, not_ahead)] == [True, False]
    assert not is_lost(history, structs.replace(ahead, term=0))
    assert [was_replaced(history, structs.replace(ahead, term=term)) for term in (2, 3)] == [False, True]
    assert not was_replaced(history, structs.replace(ahead, epoch="e5", term=3))


def test_without_earlier_heads_only_the_same_term_is_trusted() -> None:
    """HOST-2: replicas of another term may have parted before."""
    before = of_three()
    start = structs.replace(before.snapshot(), heads=b"", history_start=3)
    history = History(continued(start, Parent("e", 3, 0, 1), "e2"), before.names.take_new())
    [page] = asked(history, structs.replace(at(before, 2), term=1))
    assert (page.epoch, page.continues, page.clock) == ("e2", "e", 3)
    other = structs.replace(at(before, 2), term=2)
    assert is_unsure(history, other)
    answer = answer_of(history, other)
    assert isinstance(answer, OtherHistory)
    assert answer.parent == ParentPosition("e", 3, "1970-01-01T00:00:00.000Z", False)
    [same] = asked(history, structs.replace(at(before, 3), term=2))
    assert same.continues == "e", "the head is known"
    assert not is_unsure(history, structs.replace(other, epoch="e2"))


@pytest.mark.parametrize(
    ("same", "other", "likely", "unlikely"),
    [
        ([], [], (3, True), (3, False)),
        ([0, 2], [], (3, True), (2, True)),
        ([0, 2, 3], [4], (3, True), (3, True)),
        ([0, 1], [2, 4], (1, True), (1, True)),
        ([], [2, 3], (3, False), (3, False)),
        ([], [4], (3, True), (3, False)),
    ],
)
def test_heads_show_where_histories_parted(
    same: list[int], other: list[int], likely: tuple[int, bool], unlikely: tuple[int, bool]
) -> None:
    """BACK-14: at 3 at the latest."""
    history, end = of_three(), ParentPosition("e", 3, "then")
    own = {one.clock: one for one in history.chain.heads(3, -1)}
    heads = [*(own[clock] for clock in same), *(OldHead(clock, "00000000") for clock in other)]
    assert parted_at(history, heads, end, True) == ParentPosition("e", likely[0], "then", likely[1])
    assert parted_at(history, heads, end, False) == ParentPosition("e", unlikely[0], "then", unlikely[1])


def test_heads_that_are_too_old_show_nothing() -> None:
    """BACK-14, CLK-5: they may be the history's or not."""
    history, end = of_three(), ParentPosition("e", 3, "then", True)
    del history.chain._recent[:8]  # those of clock 0 and 1
    assert [one.clock for one in history.chain.heads(3, -1)] == [2, 3]
    old = [OldHead(0, "00000000"), OldHead(1, "00000000")]
    assert parted_at(history, old, end, True) == end
    assert not parted_at(history, [*old, OldHead(2, "00000000")], end, True).is_shared
    start = structs.replace(end, clock=0)
    assert parted_at(history, old, start, True) == start  # both had the empty bench
