"""Nothing that the user has not seen is replaced silently: the SEEN rules in a window."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.effects import Conflict, ConflictKind
from optiverse_collab.core.records import Record, Remove, Set
from optiverse_collab.core.server.journal import Entry
from tests.helpers.replicas import use_held
from tests.helpers.wire import Peer, Wire
from tests.window.capturing import Window, settle


@pytest.fixture
def bob(wire: Wire, ann: Window) -> Peer:
    bob = Peer("bob")
    wire.connect(bob)
    return bob


def replaced(entry: Entry) -> list[tuple[str, list[str]]]:
    """Others' unseen values that a change replaced."""
    return [(part.id, part.names) for part in entry.replaced]


def kinds(peer: Peer) -> list[ConflictKind]:
    """The kinds of conflict that a peer has."""
    return [conflict.kind for conflict in peer.told(Conflict)]


def test_edit_of_what_waits_has_not_seen_it(wire: Wire, ann: Window, bob: Peer) -> None:
    """SEEN-1: until it is on the screen it counts as unseen, though it has arrived."""
    ann.later = True
    shown = wire.journal[-1].clock
    bob.edit(Set("lens", {"pos": [9.0, 9.0], "name": "Bob's"}))
    wire.settle()
    ann.host.user_does(Set("lens", {"pos": [1.0, 0.0]}))
    ann.capture.push_edits()
    wire.settle()
    last = wire.journal[-1]
    assert (last.seen, last.yields, replaced(last)) == (shown, False, [("lens", ["pos"])])
    assert (kinds(ann), kinds(bob)) == ([ConflictKind.REPLACED_THEIRS], [ConflictKind.REPLACED_MINE])


def test_what_is_in_hand_is_seen_as_it_was(wire: Wire, ann: Window, bob: Peer) -> None:
    """SEEN-1: it counts as seen in its old state until the user releases it."""
    ann.host.in_hand = {"lens"}
    shown = wire.journal[-1].clock
    bob.edit(Set("lens", {"pos": [9.0, 9.0]}))
    wire.settle()
    bob.edit(Set("lens", {"pos": [8.0, 8.0]}))
    wire.settle()
    for x in (1.0, 2.0):
        ann.host.user_does(Set("lens", {"pos": [x, 0.0]}))
        settle(wire, ann)
    drag = wire.journal[-2:]
    assert [replaced(entry) for entry in drag] == [[("lens", ["pos"])], []], "his value was replaced once"
    assert [entry.seen for entry in drag] == [shown, shown]
    ann.host.in_hand = set()
    settle(wire, ann)
    bob.edit(Set("lens", {"pos": [7.0, 7.0]}))
    settle(wire, ann)
    ann.host.user_does(Set("lens", {"pos": [3.0, 0.0]}))
    settle(wire, ann)
    last = wire.journal[-1]
    assert (last.seen, replaced(last)) == (last.clock - 1, [])


def test_what_a_new_bench_shows_is_seen(wire: Wire, ann: Window, bob: Peer) -> None:
    """Nothing of the former bench is still waiting to be shown."""
    ann.later = True
    bob.edit(Set("lens", {"pos": [9.0, 9.0]}))
    wire.settle()
    ann.capture.forget()
    ann.host.bench = dict(ann.replica.view)
    ann.host.user_does(Set("lens", {"pos": [1.0, 0.0]}))
    settle(wire, ann)
    assert replaced(wire.journal[-1]) == []


def test_edit_before_a_merge_is_shown_has_seen_nothing(wire: Wire, ann: Window, bob: Peer) -> None:
    """SEEN-1: the window shows the file's lens, but nothing from the session yet."""
    bob.edit(Set("lens", {"pos": [9.0, 9.0]}))
    settle(wire, ann)
    ann.capture.forget()
    ann.host.bench = {"lens": Record("lens", "component", {"pos": [0.0, 0.0], "name": "Lens"})}
    ann.capture.merge()
    ann.host.user_does(Set("lens", {"pos": [1.0, 0.0]}))
    ann.capture.push_edits()
    wire.settle()
    last = wire.journal[-1]
    assert (last.seen, replaced(last)) == (0, [("lens", ["pos"])])


@pytest.mark.parametrize("bad", [{"x": 2.0}, {"x": float("nan")}], ids=["all is accepted", "one is refused"])
def test_bench_that_is_brought_yields(wire: Wire, ann: Window, bob: Peer, bad: dict[str, float]) -> None:
    """SEEN-5: and nothing else does; what the user edits at that time, and later, insists."""
    mine = {"good": Record("good", "k", {"x": 1.0}), "other": Record("other", "k", bad)}
    ann.host.bench.update(mine)
    ann.capture.merge(mine)
    ann.host.user_does(Set("lens", {"pos": [1.0, 0.0]}))
    settle(wire, ann)
    ann.host.user_does(Set("good", {"x": 3.0}), Set("other", {"x": 3.0}))
    settle(wire, ann)
    said = [(entry.yields, b'"lens"' in bytes(entry.ops)) for entry in wire.journal[1:]]
    assert said[:2] in ([(True, False), (False, True)], [(False, True), (True, False)])
    assert {yields for yields, _ in said[2:]} == {False}
    assert bob.replica.view["other"].props == {"x": 3.0}


def test_edit_of_what_others_removed_is_kept(wire: Wire, ann: Window, bob: Peer) -> None:
    """DOC-5, SEEN-9: remove beats set; the user gets a report, and can restore the record with the edit."""
    ann.host.in_hand = {"lens"}
    bob.edit(Remove("lens"))
    wire.settle()
    ann.host.user_does(Set("lens", {"pos": [2.0, 0.0]}))
    settle(wire, ann)
    ann.host.in_hand = set()
    settle(wire, ann)
    assert ann.host.bench == bob.screen == {}
    text = '✗ bob removed "Lens"; your move to (2.0, 0.0) mm was not applied.'
    assert ann.host.lines == [("WARNING", text)]
    use_held(ann.replica, "lens")
    wire.settle()
    assert bob.screen == {"lens": Record("lens", "component", {"pos": [2.0, 0.0], "name": "Lens"})}


def test_removal_of_what_others_removed_is_no_loss(wire: Wire, ann: Window, bob: Peer) -> None:
    """DOC-5: both wanted the same."""
    ann.later = True
    bob.edit(Remove("lens"))
    wire.settle()
    ann.host.user_does(Remove("lens"))
    settle(wire, ann)
    assert ann.host.bench == ann.replica.view == {}
    assert (ann.host.lines, ann.replica.held) == ([], {})
