"""Which replicas lack nothing after a takeover, and where the others parted: CLK-9."""

from __future__ import annotations

import pytest
from msgspec import structs

from optiverse_collab.core.protocol.messages import OtherHistory, SyncRequest
from optiverse_collab.core.protocol.positions import TURNS, ParentPosition, Turn
from optiverse_collab.core.records import Set
from optiverse_collab.core.server import chain
from optiverse_collab.core.server.answers import answer_of
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Kept, Snapshot
from optiverse_collab.core.server.names import Name
from optiverse_collab.core.server.turns import Turns
from tests.core.server.histories import asked, at, do, make
from tests.helpers.wire import LENS


class Server:
    """A server, which others take over from.

    Attributes:
        history: of its session.
        entries: all of them.
    """

    def __init__(self) -> None:
        self.history = make()
        self._start: Snapshot = History.empty("e")
        self._names: list[Name] = []
        self.entries: list[Kept] = []

    def edit(self, count: int, by: str = "ann") -> None:
        """Make changes, one a second."""
        for _ in range(count):
            clock = self.history.clock
            op = Set("lens", {"n": clock}) if clock else LENS
            self.entries.append(do(self.history, op, by=by, now_ms=1000 * (clock + 1)).kept)
        self._names += self.history.names.take_new()

    def taken_over(self, term: int, lacks: int = 0) -> Server:
        """The server that takes over, without the last changes."""
        other = Server()
        other.entries = self.entries[: len(self.entries) - lacks]
        other._names = [*self._names]
        other._reopen(term)
        return other

    def _reopen(self, term: int) -> None:
        entries = [kept.data for kept in self.entries]
        self.history = History(self._start, self._names, entries, term=term)

    def asked(self, request: SyncRequest) -> ParentPosition | None:
        """Where the histories parted, as a replica learns."""
        answer = answer_of(self.history, request)
        assert isinstance(answer, OtherHistory)
        return answer.parent


def second(clock: int) -> str:
    """The time of a change."""
    return f"1970-01-01T00:00:{clock:02}.000Z"


def test_a_replica_with_more_learns_of_the_takeover() -> None:
    """CLK-9: before the new server has added anything, and afterwards."""
    first = Server()
    first.edit(5)
    request = structs.replace(at(first.history, 5), term=1)
    second_server = first.taken_over(2, lacks=2)
    assert second_server.asked(request) == ParentPosition("e", 3, second(3), True)
    second_server.edit(4, by="bob")
    assert second_server.asked(request) == ParentPosition("e", 3, second(3), True)
    second_server._reopen(2)
    assert second_server.asked(request) == ParentPosition("e", 3, second(3), True)
    assert not isinstance(answer_of(second_server.history, at(first.history, 3)), OtherHistory)


def test_of_several_takeovers_the_first_after_its_term_counts() -> None:
    """CLK-9: a replica without a term gets the first that is possible."""
    first = Server()
    first.edit(5)
    old = at(first.history, 5)
    second_server = first.taken_over(2, lacks=2)
    second_server.edit(4)
    newer = structs.replace(at(second_server.history, 7), term=2)
    third = second_server.taken_over(3, lacks=1)
    third.edit(9)
    assert third.history.turns.kept == [Turn(2, 3, 3000), Turn(3, 6, 6000)]
    assert third.asked(structs.replace(old, term=1)) == ParentPosition("e", 3, second(3), True)
    assert third.asked(newer) == ParentPosition("e", 6, second(6), True)
    assert third.asked(structs.replace(newer, term=0)) == ParentPosition("e", 3, second(3), True)


def test_a_replica_that_parted_later_learns_nothing() -> None:
    """CLK-9: its server has the present term; the files were replaced, perhaps (BACK-4)."""
    first = Server()
    first.edit(3)
    second_server = first.taken_over(2)
    second_server.edit(3)
    request = structs.replace(at(second_server.history, 6), term=2)
    copied = second_server.taken_over(2, lacks=1)
    assert copied.asked(request) is None


def test_a_head_that_is_too_old_to_be_checked_is_not_needed() -> None:
    """CLK-9: without the term of the replica, nobody could notice that it has other changes."""
    first = Server()
    first.edit(5)
    request = at(first.history, 5)
    second_server = first.taken_over(2, lacks=2)
    second_server.edit(9)
    second_server.history.chain = chain.Chain(second_server.history.chain.head)
    assert second_server.asked(structs.replace(request, term=1)) == ParentPosition("e", 3, second(3), True)
    assert not isinstance(answer_of(second_server.history, request), OtherHistory)


def test_a_snapshot_keeps_the_takeovers() -> None:
    """CLK-9, DUR-4"""
    first = Server()
    first.edit(3)
    second_server = first.taken_over(2)
    second_server.edit(1)
    history = History(second_server.history.snapshot(), second_server.history.names.take_new())
    assert (history.turns.term, history.turns.kept) == (2, [Turn(2, 3, 3000)])


def test_changes_that_come_back_are_before_the_takeover() -> None:
    """CLK-9, BACK-7: whoever has them lacks nothing then."""
    first = Server()
    first.edit(5)
    second_server = first.taken_over(2, lacks=2)
    for kept in first.entries[3:]:
        second_server.history._replay(kept.data)
        second_server.entries.append(kept)
    assert second_server.history.turns.kept == [Turn(2, 5, 5000)]
    second_server._reopen(2)
    assert second_server.history.turns.kept == [Turn(2, 5, 5000)]
    request = structs.replace(at(first.history, 5), term=1)
    assert not isinstance(answer_of(second_server.history, request), OtherHistory)


def test_changes_of_a_sibling_that_come_back_have_its_term() -> None:
    """CLK-9, BACK-7: the takeover by the other one is known then, too."""
    first = Server()
    first.edit(3)
    sibling = first.taken_over(5)
    sibling.edit(2)
    higher = first.taken_over(9)
    for kept in sibling.entries[3:]:
        higher.history._replay(kept.data)
        higher.entries.append(kept)
    assert higher.history.turns.kept == [Turn(5, 3, 3000), Turn(9, 5, 5000)]
    higher._reopen(9)
    assert higher.history.turns.kept == [Turn(5, 3, 3000), Turn(9, 5, 5000)]


def test_a_standby_may_take_over_an_empty_session() -> None:
    """CLK-9"""
    turns = Turns([], 1)
    turns.begin(2, 0, 0)
    assert (turns.term, turns.kept) == (2, [Turn(2, 0, 0)])
    assert turns.parted(1, 3) == Turn(2, 0, 0)
    assert turns.parted(1, 0) is None


def turns_of(*kept: tuple[int, int]) -> Turns:
    """Takeovers with these terms, at these clocks."""
    return Turns([Turn(term, clock, clock * 1000) for term, clock in kept], kept[-1][0] if kept else 1)


@pytest.mark.parametrize(
    ("theirs", "ours", "clock", "parted"),
    [
        ([(5, 30)], [(9, 40)], 50, 30),  # the other one lacked more
        ([(5, 40)], [(9, 30)], 50, 30),  # this one did
        ([(5, 30)], [(9, 30)], 50, 30),  # both had the same
        ([(5, 30)], [(9, 40)], 30, None),  # the other one has added nothing
        ([(3, 20), (5, 30)], [(3, 20), (9, 40)], 50, 30),  # they followed a server that had taken over
        ([(3, 20), (5, 30)], [(3, 25), (9, 40)], 50, 30),  # and changes came back to it (BACK-7)
        ([(2, 10), (3, 20)], [(3, 20), (9, 40)], 50, 40),  # this one has forgotten the first
        ([(3, 20)], [(2, 10), (3, 20), (9, 40)], 50, 40),
        ([(3, 20)], [(2, 10), (3, 20), (9, 40)], 40, None),
        ([(3, 20), (9, 40)], [(3, 20), (9, 40)], 50, None),
    ],
)
def test_where_two_takeovers_of_the_same_server_part(
    theirs: list[tuple[int, int]], ours: list[tuple[int, int]], clock: int, parted: int | None
) -> None:
    """CLK-9: at the earlier one of the two, since each of them had a start of the same history."""
    found = turns_of(*ours).parted(theirs[-1][0], clock, turns_of(*theirs).kept)
    assert (None if found is None else found.clock) == parted
    assert found is None or found.time_ms == found.clock * 1000


def test_a_replica_learns_the_takeovers_and_names_them() -> None:
    """CLK-9: in the last page, and in its next request."""
    first = Server()
    first.edit(5)
    second_server = first.taken_over(4, lacks=2)
    second_server.edit(4)
    ann = SyncRequest("ann")
    pages = asked(second_server.history, ann)
    assert [page.turns for page in pages] == [[Turn(4, 3, 3000)]]
    other = first.taken_over(9)
    other.edit(4)
    request = structs.replace(at(second_server.history, 7), term=4, turns=pages[-1].turns)
    assert other.asked(request) == ParentPosition("e", 3, second(3), True)
    assert other.asked(structs.replace(request, turns=[])) == ParentPosition("e", 5, second(5), True)


def test_only_the_last_takeovers_are_kept() -> None:
    """CLK-9"""
    turns = Turns([], 1)
    for term in range(2, TURNS + 4):
        turns.begin(term, term, 0)
    assert [turn.term for turn in turns.kept] == [*range(4, TURNS + 4)]
