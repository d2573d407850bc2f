"""Lost changes are added to a history that has continued without them (OWN-10)."""

from __future__ import annotations

from typing import Any

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.records import Lane, Op, Put, Remove, Set
from optiverse_collab.core.server.lost_changes import Merged, merge_lost
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab.core.versions import VERSION
from tests.core.server.histories import do, make, sides

SHARED = [
    Put("lens", "component", {"pos": 0, "angle": 0}),
    Put("mirror", "component", {"pos": 0}),
]


class Two:
    """Two histories that have their first changes in common.

    Attributes:
        here: the one that continues.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.here, self._other = make(limits), make()
        for history in (self.here, self._other):
            for put in SHARED:
                do(history, put)
        self._lost: list[bytes] = []

    def loses(self, *ops: Op, **more: Any) -> None:
        """Only the other one has this change."""
        self._lost.append(do(self._other, *ops, **more).kept.data)

    def merge(self) -> Merged:
        """Add to one what the other one has."""
        texts = self._other.names.texts
        names = [Name(kind, *one) for kind in NameKind for one in texts(kind).items()]
        return merge_lost(self.here, len(SHARED), self._lost, names)

    def props(self, id: str) -> dict[str, object]:
        """Of a record, in the one that continues."""
        return self.here.document.records[id].props


def test_changes_come_back_with_author_and_step() -> None:
    two = Two()
    do(two.here, Set("mirror", {"pos": 7}), by="carl")
    two.loses(Set("lens", {"pos": 1}), by="bob", step="drag")
    merged = two.merge()
    [one] = merged.accepted
    assert (one.entry.step, one.entry.yields, one.entry.clock, merged.left_out) == ("drag", True, 4, 0)
    assert two.here.names.text(NameKind.AUTHOR, one.entry.author) == "bob"
    assert two.here.last_client_clock_of(origin_of("bob")) == 1
    assert two.props("lens") == {"pos": 1, "angle": 0}


def test_a_value_that_came_meanwhile_stays() -> None:
    """OWN-10, SEEN-4: the lost one is held, and both are in the history."""
    two = Two()
    do(two.here, Set("lens", {"pos": 7}), by="carl")
    two.loses(Set("lens", {"pos": 1, "angle": 1}), by="bob")
    [one] = two.merge().accepted
    assert two.props("lens") == {"pos": 7, "angle": 1}
    assert sides(two.here, one.entry.held) == [("lens", ["pos"], "carl", 3)]


def test_lost_changes_may_build_on_each_other() -> None:
    """Their authors saw each other's."""
    two = Two()
    do(two.here, Set("mirror", {"pos": 7}), by="carl")
    two.loses(Set("lens", {"pos": 1}), by="bob")
    two.loses(Set("lens", {"pos": 2}), by="ann")
    two.loses(Remove("lens"), by="bob")
    two.loses(Put("lens", "component", {"pos": 3}), by="ann")
    assert [one.entry.held for one in two.merge().accepted] == [[]] * 4
    assert two.props("lens") == {"pos": 3}


def test_what_was_removed_meanwhile_stays_removed() -> None:
    two = Two()
    do(two.here, Remove("lens"), by="carl")
    two.loses(Set("lens", {"pos": 1}), by="bob")
    [one] = two.merge().accepted
    assert [lost.id for lost in one.entry.lost] == ["lens"]
    assert "lens" not in two.here.document.records


def test_what_was_pushed_again_is_there_once() -> None:
    """OWN-10, PUSH-7"""
    two = Two()
    for loses in (lambda *ops, **by: do(two.here, *ops, **by), two.loses):
        loses(Set("lens", {"pos": 1}), by="bob")
    two.loses(Set("lens", {"pos": 2}), by="bob")
    merged = two.merge()
    assert [one.entry.client_clock for one in merged.accepted] == [2]
    assert two.props("lens")["pos"] == 2


def test_versions_and_what_breaks_a_limit_are_left_out() -> None:
    two = Two(Limits(records=3))
    do(two.here, Put("stop", "component", {}), by="carl")
    two.loses(Put("prism", "component", {}), by="bob")
    two.loses(Put("prism 2", "component", {}), by="")
    two.loses(Put("v", VERSION, {"name": "best"}, Lane.META), by="bob")
    assert two.merge() == Merged([], 3)
