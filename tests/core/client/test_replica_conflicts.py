"""Edits of a replica that meet others' unseen ones, against a real room (SEEN rules, DOC-5)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.conflicts import HeldChange, of_gone
from optiverse_collab.core.client.effects import Conflict, ConflictKind
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from tests.helpers.replicas import use_held
from tests.helpers.wire import LENS, Peer, Wire, equal

ANNS, BOBS = Set("lens", {"pos": [1.0, 1.0]}), Set("lens", {"pos": [2.0, 2.0]})


def lens(x: float) -> Record:
    """The lens at this position."""
    return Record("lens", "component", {"pos": [x, x], "name": "Lens"})


def test_who_insists_replaces_and_both_are_told(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SEEN-3, SEEN-10: both moved the lens at the same time; the order of arrival decides."""
    ann.edit(ANNS)
    bob.edit(BOBS)
    wire.settle()
    assert ann.told(Conflict) == [
        Conflict(ConflictKind.REPLACED_MINE, "bob", ("pos",), ANNS, BOBS, lens(1.0))
    ]
    assert bob.told(Conflict) == [
        Conflict(ConflictKind.REPLACED_THEIRS, "ann", ("pos",), BOBS, ANNS, lens(1.0))
    ]
    assert bob.replica.held == {}
    assert ann.screen["lens"] == lens(2.0)
    assert equal(wire, ann, bob)


def test_what_was_made_offline_is_held(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SEEN-4, SEEN-5, SEEN-9: edits that conflict with nothing take effect; the rest waits for the user."""
    wire.lose(bob)
    bob.edit(Set("lens", {"pos": [2.0, 2.0], "name": "Bob's"}))
    ann.edit(ANNS)
    wire.settle()
    wire.connect(bob)
    mine = Record("lens", "component", {"pos": [2.0, 2.0], "name": "Bob's"})
    assert bob.told(Conflict) == [Conflict(ConflictKind.HELD, "ann", ("pos",), BOBS, ANNS, mine, away=True)]
    assert bob.replica.held == {"lens": HeldChange([BOBS], "ann", mine)}
    assert bob.screen["lens"].props == {"pos": [1.0, 1.0], "name": "Bob's"}
    assert ann.told(Conflict) == []
    assert equal(wire, ann, bob)


def test_edit_that_is_said_to_yield_is_held(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SEEN-4, SEEN-5: for example, an undo while connected."""
    ann.edit(ANNS)
    bob.replica.edit([BOBS], yields=True)
    bob.screen = dict(bob.replica.view)
    wire.settle()
    assert [(told.kind, told.away) for told in bob.told(Conflict)] == [(ConflictKind.HELD, False)]
    assert equal(wire, ann, bob)


@pytest.fixture
def holding(wire: Wire, ann: Peer, bob: Peer) -> Peer:
    """Bob, whose move of the lens is held."""
    wire.lose(bob)
    bob.edit(BOBS)
    ann.edit(ANNS)
    wire.settle()
    wire.connect(bob)
    return bob


def test_held_edit_that_is_used_is_an_ordinary_one(wire: Wire, ann: Peer, holding: Peer) -> None:
    """SEEN-9: it has seen the value that it replaces, so nobody gets another report."""
    before = len(holding.heard)
    use_held(holding.replica, "lens")
    assert [change.operations for change in holding.replica.pending] == [[BOBS]]
    holding.screen = dict(holding.replica.view)
    assert holding.replica.held == {}
    wire.settle()
    assert ann.screen["lens"] == lens(2.0)
    assert ann.told(Conflict) == []
    assert not any(isinstance(effect, Conflict) for effect in holding.heard[before:])
    assert equal(wire, ann, holding)


def test_held_edit_that_is_dismissed_is_gone(holding: Peer) -> None:
    """SEEN-9."""
    holding.replica.dismiss_held("lens")
    assert holding.replica.held == {}
    assert not holding.replica.pending


def test_held_edit_outlives_the_program(holding: Peer) -> None:
    """DISK-4, SEEN-9."""
    saved = holding.replica.save()
    holding.replica.dismiss_held("lens")
    assert Replica.restore(saved, "bob 2").held == saved.held != {}


def test_held_edit_brings_a_removed_record_back(wire: Wire, ann: Peer, holding: Peer) -> None:
    """SEEN-9, DOC-6."""
    ann.edit(Remove("lens"))
    wire.settle()
    use_held(holding.replica, "lens")
    holding.screen = dict(holding.replica.view)
    wire.settle()
    assert ann.screen == {"lens": lens(2.0)}


def test_held_removal_of_what_is_gone_does_nothing(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SEEN-7, SEEN-9."""
    wire.lose(bob)
    bob.edit(Remove("lens"))
    ann.edit(ANNS)
    wire.settle()
    wire.connect(bob)
    [held] = bob.told(Conflict)
    assert (held.kind, held.mine) == (ConflictKind.HELD, Remove("lens"))
    assert bob.screen == {"lens": lens(1.0)}
    ann.edit(Remove("lens"))
    wire.settle()
    use_held(bob.replica, "lens")
    assert (bob.replica.held, bob.replica.view, bob.replica.pending) == ({}, {}, [])


def test_edit_in_hand_of_a_removed_record_is_kept(wire: Wire, ann: Peer) -> None:
    """DOC-5, SEEN-9: for example, a text that the user was writing when the record was removed."""
    ann.edit(Remove("lens"))
    wire.settle()
    mine = Record("lens", "component", {"name": "mine"})
    told = of_gone(Set("lens", {"name": "mine"}), mine, "bob")
    ann.replica.hold(told)
    assert told == Conflict(ConflictKind.GONE, "bob", (), Set("lens", {"name": "mine"}), Remove("lens"), mine)
    use_held(ann.replica, "lens")
    assert ann.replica.view == {"lens": mine}


def test_edit_of_what_somebody_removed_is_told_and_kept(wire: Wire, ann: Peer, bob: Peer) -> None:
    """DOC-5, PUSH-4, REP-8: remove beats set; the author gets a report with the values."""
    ann.edit(Remove("lens"))
    bob.edit(BOBS)
    wire.settle()
    assert bob.told(Conflict) == [Conflict(ConflictKind.GONE, "ann", (), BOBS, Remove("lens"), lens(2.0))]
    assert bob.replica.held == {"lens": HeldChange([BOBS], "ann", lens(2.0))}
    assert equal(wire, ann, bob)


def test_part_of_a_change_is_lost(wire: Wire, ann: Peer, bob: Peer) -> None:
    """PUSH-4: a rebase names the operations without effect; the others took effect."""
    ann.edit(Put("other", "component", {}))
    wire.settle()
    ann.edit(Remove("lens"))
    bob.edit(Set("lens", {"a": 1}), Set("other", {"a": 1}))
    wire.settle()
    assert [(told.kind, told.mine) for told in bob.told(Conflict)] == [
        (ConflictKind.GONE, Set("lens", {"a": 1}))
    ]
    assert '"result":"rebase"' in "".join(bob.texts)
    assert bob.replica.view["other"].props == {"a": 1}
    assert equal(wire, ann, bob)


def test_removal_of_unseen_work_is_told_to_both(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SEEN-7, SEEN-10."""
    ann.edit(ANNS)
    bob.edit(Remove("lens"))
    wire.settle()
    [mine], [theirs] = ann.told(Conflict), bob.told(Conflict)
    assert (mine.kind, mine.by, mine.mine, mine.theirs) == (
        ConflictKind.REPLACED_MINE,
        "bob",
        ANNS,
        Remove("lens"),
    )
    assert (theirs.kind, theirs.by, theirs.mine, theirs.theirs) == (
        ConflictKind.REPLACED_THEIRS,
        "ann",
        Remove("lens"),
        ANNS,
    )


@pytest.mark.parametrize(
    ("op", "theirs"), [(BOBS, BOBS), (Remove("lens"), Remove("lens"))], ids=["set", "remove"]
)
def test_what_was_replaced_during_an_absence_is_told(
    wire: Wire, ann: Peer, bob: Peer, op: Op, theirs: Op
) -> None:
    """SYNC-9, SEEN-10: Ann moved the lens and left before Bob moved it, and he had not seen her move."""
    clock = bob.replica.clock
    ann.edit(ANNS)
    wire.settle()
    wire.lose(ann)
    bob.replica.edit([op], last_shown={"lens": clock})
    bob.screen = dict(bob.replica.view)
    wire.settle()
    wire.connect(ann)
    assert ann.told(Conflict) == [
        Conflict(ConflictKind.REPLACED_MINE, "bob", ("pos",), ANNS, theirs, lens(1.0), away=True)
    ]
    assert equal(wire, ann, bob)


def test_put_of_the_same_record_by_two_is_one(wire: Wire, ann: Peer, bob: Peer) -> None:
    """DOC-2, SEEN-8: both put the same values, so there is no conflict."""
    for peer in (ann, bob):
        peer.edit(Put("mirror", "component", {"x": 1}))
    wire.settle()
    assert ann.told(Conflict) == bob.told(Conflict) == []
    assert list(ann.screen) == [LENS.id, "mirror"]
    assert equal(wire, ann, bob)
