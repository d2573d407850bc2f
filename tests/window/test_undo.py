"""Undo and redo replace nothing that others did since, whenever it arrives: the SEEN rules in a window."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.effects import Conflict, ConflictKind
from optiverse_collab.core.records import Put, Record, Set
from tests.helpers.wire import Peer, Wire
from tests.window.capturing import Window, at, hears_later, pos, settle


def test_example_of_the_issue(wire: Wire, ann: Window, ben: Peer) -> None:
    """UNDO-2: Ben moved the lens after me; my undo leaves it there, and one message says so."""
    ann.host.user_commands(pos(10.0))
    settle(wire, ann)
    ben.edit(pos(50.0))
    settle(wire, ann)
    ann.host.user_undoes()
    settle(wire, ann)
    assert (at(ann), at(ben)) == (50.0, 50.0)
    text = 'Ben moved "Lens" to (50.0, 0.0) mm since; your undo left it there.'
    assert ann.host.lines == [("WARNING", text)]
    ann.host.user_redoes()
    settle(wire, ann)
    assert (at(ann), at(ben)) == (50.0, 50.0)
    assert ann.host.lines == [("WARNING", text)]


def test_example_in_the_module_of_steps_is_true(wire: Wire, ann: Window, ben: Peer) -> None:
    ann.host.user_commands(pos(10.0))
    settle(wire, ann)
    ben.edit(pos(50.0))
    settle(wire, ann)
    ann.host.user_commands(pos(60.0))
    settle(wire, ann)
    for _ in range(2):
        ann.host.user_undoes()
        settle(wire, ann)
        assert (at(ann), at(ben)) == (50.0, 50.0)
    ann.host.user_redoes()
    ann.host.user_redoes()
    settle(wire, ann)
    assert (at(ann), at(ben)) == (60.0, 60.0)


def test_undo_is_pushed_as_a_step_that_yields(wire: Wire, ann: Window, ben: Peer) -> None:
    """UNDO-1, UNDO-4, PUSH-8: what the user did before is sent first, and insists."""
    ann.host.user_commands(Put("mirror", "component", {"pos": [0.0, 0.0]}))
    ann.host.user_does(pos(3.0))
    ann.host.user_undoes()
    ann.host.user_redoes()
    settle(wire, ann)
    said = [(entry.yields, entry.step) for entry in wire.journal[1:]]
    assert [yields for yields, _ in said] == [False, False, True, True]
    assert len({step for _, step in said if step}) == 4


def test_a_gesture_is_one_step(wire: Wire, ann: Window, ben: Peer) -> None:
    """PUSH-8: until the user releases the item."""
    before = {"lens": ann.host.bench["lens"]}
    ann.host.in_hand = {"lens"}
    for x in (1.0, 2.0, 3.0):
        ann.host.user_does(pos(x))
        settle(wire, ann)
    ann.host.in_hand = set()
    ann.host.user_did(before)
    settle(wire, ann)
    ann.host.user_commands(pos(5.0))
    settle(wire, ann)
    first, *rest, last = [entry.step for entry in wire.journal[1:]]
    assert rest == [first, first]
    assert last not in ("", first)


def test_undo_while_theirs_is_under_way_is_held(wire: Wire, ann: Window, ben: Peer) -> None:
    """UNDO-4, SEEN-4: then the window shows their value, and redo repeats nothing."""
    ann.host.user_commands(pos(10.0))
    settle(wire, ann)
    ben.edit(pos(50.0))
    hears_later(wire, ben)
    ann.host.user_undoes()
    assert at(ann) == 0.0
    settle(wire, ann)
    assert [conflict.kind for conflict in ann.told(Conflict)] == [ConflictKind.HELD]
    assert (at(ann), at(ben)) == (50.0, 50.0)
    ann.host.user_redoes()
    settle(wire, ann)
    ann.host.user_undoes()
    settle(wire, ann)
    assert (at(ann), at(ben)) == (50.0, 50.0)


def test_undo_and_redo_while_theirs_is_under_way_are_held(wire: Wire, ann: Window, ben: Peer) -> None:
    """SEEN-4: neither step has seen it."""
    ann.host.user_commands(pos(10.0))
    settle(wire, ann)
    ben.edit(pos(50.0))
    hears_later(wire, ben)
    for _ in range(2):
        ann.host.user_undoes()
        ann.host.user_redoes()
    settle(wire, ann)
    assert (at(ann), at(ben)) == (50.0, 50.0)
    ann.host.user_undoes()
    settle(wire, ann)
    assert (at(ann), at(ben)) == (50.0, 50.0)


def test_undo_of_an_edit_that_was_held_does_nothing(wire: Wire, ann: Window, ben: Peer) -> None:
    """SEEN-4, SEEN-5: what was edited offline yields; undoing it reports whose value stands."""
    wire.lose(ann)
    ann.host.user_commands(pos(10.0))
    ben.edit(pos(50.0))
    wire.settle()
    wire.connect(ann)
    settle(wire, ann)
    assert (at(ann), at(ben)) == (50.0, 50.0)
    journal = len(wire.journal)
    ann.host.user_undoes()
    settle(wire, ann)
    assert (at(ann), at(ben), len(wire.journal)) == (50.0, 50.0, journal)
    assert ann.host.lines == [
        ("WARNING", 'Ben moved "Lens" to (50.0, 0.0) mm since; your undo left it there.')
    ]


def test_only_what_others_changed_is_left_alone(wire: Wire, ann: Window, ben: Peer) -> None:
    """UNDO-2: for each property; redo repeats only what undo reverted."""
    ann.host.user_commands(Set("lens", {"pos": [10.0, 0.0], "name": "Mine"}), Put("mirror", "k", {}))
    settle(wire, ann)
    ben.edit(pos(50.0))
    settle(wire, ann)
    ann.host.user_undoes()
    settle(wire, ann)
    assert ann.host.bench == ben.screen
    assert ben.screen == {"lens": Record("lens", "component", {"pos": [50.0, 0.0], "name": "Lens"})}
    ann.host.user_redoes()
    settle(wire, ann)
    assert ann.host.bench == ben.screen
    assert ben.screen["lens"].props == {"pos": [50.0, 0.0], "name": "Mine"}
    assert "mirror" in ben.screen


@pytest.mark.parametrize("waits", [False, True], ids=["seen", "under way"])
def test_what_others_changed_is_not_removed(wire: Wire, ann: Window, ben: Peer, waits: bool) -> None:
    """UNDO-3, SEEN-7: a step's removals are all done, or none."""
    ann.host.user_commands(Put("a", "k", {"x": 1}), Put("b", "k", {}))
    settle(wire, ann)
    ben.edit(Set("a", {"x": 2}))
    hears_later(wire, ben)
    if not waits:
        settle(wire, ann)
    for _ in range(2):
        ann.host.user_undoes()
        settle(wire, ann)
        assert ann.host.bench == ben.screen
        assert ben.screen["a"].props == {"x": 2}
        assert "b" in ben.screen
        ann.host.user_redoes()
        settle(wire, ann)


def test_what_others_changed_back_is_undone(wire: Wire, ann: Window, ben: Peer) -> None:
    """UNDO-2: the value is again the one that the command set."""
    ann.host.user_commands(pos(10.0))
    settle(wire, ann)
    for x in (50.0, 10.0):
        ben.edit(pos(x))
        settle(wire, ann)
    ann.host.user_undoes()
    settle(wire, ann)
    assert (at(ann), at(ben)) == (0.0, 0.0)


def test_group_that_others_use_stays_with_all_that_is_in_it(wire: Wire, ann: Window, ben: Peer) -> None:
    """UNDO-3: and the sentence only mentions the group."""
    ann.host.user_does(Put("mirror", "component", {}))
    settle(wire, ann)
    group, *into = (
        Put("g", "group", {"name": "Relay"}),
        Set("lens", {"parent": "g"}),
        Set("mirror", {"parent": "g"}),
    )
    ann.host.user_commands(group, *into)
    settle(wire, ann)
    ben.edit(Put("laser", "source", {"parent": "g"}))
    settle(wire, ann)
    ann.host.user_undoes()
    settle(wire, ann)
    assert {ben.screen[id].props["parent"] for id in ("lens", "mirror", "laser")} == {"g"}
    assert ann.host.bench == ben.screen
    text = 'Ben changed what is in group "Relay" since; your undo left it alone.'
    assert ann.host.lines == [("WARNING", text)]


def test_undo_shows_first_what_waits(wire: Wire, ann: Window, ben: Peer) -> None:
    """UNDO-1: what has arrived but is not on the screen yet counts as done before."""
    ann.host.user_commands(pos(10.0))
    settle(wire, ann)
    ann.later = True
    ben.edit(pos(50.0))
    wire.settle()
    assert at(ann) == 10.0
    ann.host.user_undoes()
    assert at(ann) == 50.0
    settle(wire, ann)
    assert (at(ann), at(ben)) == (50.0, 50.0)
    assert ann.told(Conflict) == []


def test_step_from_before_the_session_leaves_others_alone(wire: Wire, ann: Window, ben: Peer) -> None:
    """SEEN-5: what the step changed is unknown, but what others did since is known."""
    ann.host.watch_undo(None)
    ann.host.user_commands(Set("lens", {"pos": [10.0, 0.0], "name": "Mine"}))
    ann.host.watch_undo(ann.undo)
    settle(wire, ann)
    ben.edit(pos(50.0))
    settle(wire, ann)
    ann.host.user_undoes()
    settle(wire, ann)
    assert ann.host.bench["lens"].props == ben.screen["lens"].props == {"pos": [50.0, 0.0], "name": "Lens"}
    ann.host.user_redoes()
    settle(wire, ann)
    assert ben.screen["lens"].props == {"pos": [50.0, 0.0], "name": "Mine"}
