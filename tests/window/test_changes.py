"""The list of changes made while the user was away, with two replicas and a real room (SEEN-9, SEEN-10)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from optiverse_collab.core.client.effects import Conflict, ConflictKind
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, put
from optiverse_collab.window.changes import Changes, Key
from tests.helpers.wire import LENS, Peer, Wire, equal

MINE, THEIRS = Set("lens", {"pos": [10.0, 10.0]}), Set("lens", {"pos": [50.0, 50.0]})
HELD: Key = ("lens", "held", ())


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def ben(wire: Wire) -> Peer:
    """Ben is connected; he added the lens."""
    peer = Peer("Ben")
    wire.connect(peer)
    peer.edit(LENS)
    wire.settle()
    return peer


@pytest.fixture
def me(wire: Wire, ben: Peer) -> Peer:
    """I connected after him, and see the lens."""
    peer = Peer("me")
    wire.connect(peer)
    return peer


def away(wire: Wire, ben: Peer, me: Peer, mine: Sequence[Op], theirs: Sequence[Op]) -> Changes:
    """I edit offline while Ben edits online; returns what is listed when I am back."""
    wire.lose(me)
    me.edit(*mine)
    ben.edit(*theirs)
    wire.settle()
    wire.connect(me)
    return listed(me)


def listed(peer: Peer) -> Changes:
    """The entries listed for a peer's conflicts."""
    changes = Changes()
    for conflict in peer.told(Conflict):
        changes.take(conflict, peer.replica.view)
    changes.update(peer.replica)
    return changes


def use(changes: Changes, peer: Peer, *keys: Key) -> list[Op]:
    """Use entries, as a window does: the edit counts as one of the user's."""
    ops = changes.edit(keys, peer.replica.view)
    if ops:
        peer.edit(*ops)
    changes.settle(keys, peer.replica)
    return ops


def shown(changes: Changes) -> list[tuple[str, list[str]]]:
    """What the list shows: the item and the lines of each entry."""
    return [(entry.title, entry.sides.lines) for entry in changes.entries]


def test_held_edit_is_listed_with_both_values(wire: Wire, ben: Peer, me: Peer) -> None:
    changes = away(wire, ben, me, [MINE], [THEIRS])
    lines = ["Yours: position (10.0, 10.0) mm", "Ben's: position (50.0, 50.0) mm"]
    assert shown(changes) == [('"Lens"', lines)]
    [entry] = changes.entries
    assert (entry.can_use, entry.brings_back, entry.again) == (True, False, False)
    assert not changes.update(me.replica)


def test_using_it_is_an_edit_and_takes_it_off_the_list(wire: Wire, ben: Peer, me: Peer) -> None:
    changes = away(wire, ben, me, [MINE], [THEIRS])
    assert use(changes, me, HELD) == [MINE]
    assert (changes.entries, me.replica.held) == ([], {})
    wire.settle()
    assert ben.screen["lens"].props["pos"] == [10.0, 10.0]
    assert ben.told(Conflict) == []
    assert equal(wire, ben, me)


def test_dismissing_it_leaves_theirs(wire: Wire, ben: Peer, me: Peer) -> None:
    changes = away(wire, ben, me, [MINE], [THEIRS])
    changes.dismiss([HELD, ("unheard of", "held", ())], me.replica)
    assert (changes.entries, me.replica.held, me.replica.pending) == ([], {}, [])


def test_value_that_changed_is_shown_again_before_it_is_used(wire: Wire, ben: Peer, me: Peer) -> None:
    """SEEN-11."""
    changes = away(wire, ben, me, [MINE], [THEIRS])
    ben.edit(Set("lens", {"pos": [70.0, 70.0]}))
    wire.settle()
    assert use(changes, me, HELD) == []
    [entry] = changes.entries
    assert entry.again
    assert entry.sides.lines[1:] == [
        "Now: position (70.0, 70.0) mm",
        "This changed again. Look before you use yours.",
    ]
    assert use(changes, me, HELD) == [MINE]


def test_other_changes_of_the_item_are_not_shown_again(wire: Wire, ben: Peer, me: Peer) -> None:
    changes = away(wire, ben, me, [MINE], [THEIRS])
    ben.edit(Set("lens", {"name": "Ben's lens"}))
    wire.settle()
    assert not changes.show_again(me.replica.view)
    assert use(changes, me, HELD) == [MINE]


def test_list_that_is_opened_again_marks_what_changed(wire: Wire, ben: Peer, me: Peer) -> None:
    changes = away(wire, ben, me, [MINE], [THEIRS])
    ben.edit(Set("lens", {"pos": [70.0, 70.0]}))
    wire.settle()
    assert changes.show_again(me.replica.view)
    assert not changes.show_again(me.replica.view)
    assert [entry.again for entry in changes.entries] == [True]


def test_edit_of_what_was_removed_brings_it_back(wire: Wire, ben: Peer, me: Peer) -> None:
    changes = away(wire, ben, me, [MINE], [Remove("lens")])
    assert shown(changes) == [('"Lens"', ["Yours: position (10.0, 10.0) mm", "Ben removed it"])]
    assert changes.entries[0].brings_back
    record = Record("lens", "component", {"pos": [10.0, 10.0], "name": "Lens"})
    assert use(changes, me, HELD) == [put(record)]
    wire.settle()
    assert ben.screen == {"lens": record}


def test_it_is_back_already(wire: Wire, ben: Peer, me: Peer) -> None:
    """Somebody restored it meanwhile: the list shows that first; then using my entry edits the record."""
    changes = away(wire, ben, me, [MINE], [Remove("lens")])
    ben.edit(LENS)
    wire.settle()
    assert use(changes, me, HELD) == []
    assert [entry.brings_back for entry in changes.entries] == [False]
    assert use(changes, me, HELD) == [MINE]


def test_it_is_gone_meanwhile(wire: Wire, ben: Peer, me: Peer) -> None:
    changes = away(wire, ben, me, [MINE], [THEIRS])
    ben.edit(Remove("lens"))
    wire.settle()
    assert use(changes, me, HELD) == []
    assert changes.entries[0].sides.theirs == "Now: removed"
    assert isinstance(use(changes, me, HELD)[0], Put)


def test_removal_of_what_they_changed_is_listed(wire: Wire, ben: Peer, me: Peer) -> None:
    """SEEN-7: it would remove the whole record, and any change to the record updates the entry."""
    changes = away(wire, ben, me, [Remove("lens")], [THEIRS])
    assert shown(changes) == [('"Lens"', ["You removed it", "Ben changed it"])]
    ben.edit(Set("lens", {"name": "new"}))
    wire.settle()
    assert use(changes, me, HELD) == []
    assert changes.entries[0].sides.theirs == "Now: changed again"
    assert use(changes, me, HELD) == [Remove("lens")]
    assert changes.entries == []


def test_removal_of_what_is_gone_by_now_is_nothing_to_use(wire: Wire, ben: Peer, me: Peer) -> None:
    changes = away(wire, ben, me, [Remove("lens")], [THEIRS])
    ben.edit(Remove("lens"))
    wire.settle()
    changes.show_again(me.replica.view)
    [entry] = changes.entries
    assert (entry.can_use, entry.brings_back) == (False, False)
    assert use(changes, me, HELD) == []


def test_all_are_one_edit_without_what_changed_again(wire: Wire, ben: Peer, me: Peer) -> None:
    mirror = Put("mirror", "component", {"pos": [0.0, 0.0]})
    ben.edit(mirror, Put("grid", "component", {"pos": [0.0, 0.0]}))
    wire.settle()
    mine = [MINE, Set("mirror", {"pos": [1.0, 1.0]}), Set("grid", {"pos": [1.0, 1.0]})]
    theirs: list[Op] = [THEIRS, Remove("mirror"), Set("grid", {"pos": [2.0, 2.0]})]
    changes = away(wire, ben, me, mine, theirs)
    ben.edit(Set("grid", {"pos": [3.0, 3.0]}))
    wire.settle()
    ops = use(changes, me, *[entry.key for entry in changes.entries])
    assert ops == [Put("mirror", "component", {"pos": [1.0, 1.0]}), MINE]
    assert [(entry.id, entry.again) for entry in changes.entries] == [("grid", True)]
    assert list(me.replica.held) == ["grid"]


def test_more_that_is_held_of_an_item_joins_its_entry(wire: Wire, ben: Peer, me: Peer) -> None:
    changes = away(wire, ben, me, [MINE], [THEIRS])
    wire.lose(me)
    me.edit(Set("lens", {"name": "mine"}))
    ben.edit(Set("lens", {"name": "Ben's"}))
    wire.settle()
    wire.connect(me)
    assert changes.update(me.replica)
    assert shown(changes) == [
        (
            '"Ben\'s"',
            [
                'Yours: position (10.0, 10.0) mm, name "mine"',
                "Ben's: position (50.0, 50.0) mm, name \"Ben's\"",
            ],
        )
    ]


def replaced(kind: ConflictKind, mine: Op = MINE, **more: object) -> Conflict:
    """A conflict in which one of us replaced the other's unseen value."""
    record = Record("lens", "component", {"pos": [10.0, 10.0], "name": "Lens"})
    told = {"kind": kind, "by": "Ben", "names": ("pos",), "mine": mine, "theirs": THEIRS, "record": record}
    return Conflict(**{**told, "away": True, **more})  # type: ignore[arg-type]


def test_what_they_replaced_while_i_was_away_can_be_used(ben: Peer, wire: Wire, me: Peer) -> None:
    ben.edit(THEIRS)
    wire.settle()
    changes = Changes()
    changes.take(replaced(ConflictKind.REPLACED_MINE), me.replica.view)
    changes.update(me.replica)
    lines = ["Yours: position (10.0, 10.0) mm", "Ben's: position (50.0, 50.0) mm"]
    assert shown(changes) == [('"Lens"', lines)]
    assert use(changes, me, changes.entries[0].key) == [MINE]
    assert changes.entries == []


def test_what_they_removed_while_i_was_away_comes_back(ben: Peer, wire: Wire, me: Peer) -> None:
    ben.edit(Remove("lens"))
    wire.settle()
    changes = Changes()
    changes.take(replaced(ConflictKind.REPLACED_MINE, theirs=Remove("lens")), me.replica.view)
    assert changes.entries[0].brings_back
    [op] = use(changes, me, changes.entries[0].key)
    assert isinstance(op, Put)


def test_what_i_replaced_while_i_was_away_is_shown_alone(me: Peer) -> None:
    changes = Changes()
    changes.take(replaced(ConflictKind.REPLACED_THEIRS), me.replica.view)
    lines = ["Yours: position (10.0, 10.0) mm (stands)", "Ben's: position (50.0, 50.0) mm"]
    assert shown(changes) == [('"Lens"', lines)]
    [entry] = changes.entries
    assert not entry.can_use
    assert not changes.show_again(me.replica.view)
    assert use(changes, me, entry.key) == []
    changes.take(replaced(ConflictKind.REPLACED_THEIRS, theirs=None), me.replica.view)
    assert changes.entries[0].sides.theirs == "Ben's: changed"
    changes.dismiss([entry.key], me.replica)
    assert changes.entries == []


def test_values_that_are_not_known_cannot_be_used(me: Peer) -> None:
    """SYNC-9: the record was not here when its value was replaced."""
    changes = Changes()
    mine = Set("lens", {}, ["pos"])
    changes.take(replaced(ConflictKind.REPLACED_MINE, mine, record=None), me.replica.view)
    assert not changes.entries[0].can_use
    assert use(changes, me, changes.entries[0].key) == []


@pytest.mark.parametrize("kind", ConflictKind)
def test_what_happens_before_the_users_eyes_is_not_listed(me: Peer, kind: ConflictKind) -> None:
    changes = Changes()
    changes.take(replaced(kind, away=False), me.replica.view)
    assert changes.entries == []


def test_entries_of_an_item_stand_together_and_the_latest_counts(me: Peer) -> None:
    changes = Changes()
    other = Set("mirror", {"x": 1})
    changes.take(replaced(ConflictKind.REPLACED_MINE), me.replica.view)
    changes.take(replaced(ConflictKind.REPLACED_MINE, other), me.replica.view)
    changes.take(replaced(ConflictKind.REPLACED_MINE, names=("name",)), me.replica.view)
    assert [(entry.id, entry.key[2]) for entry in changes.entries] == [
        ("lens", ("pos",)),
        ("lens", ("name",)),
        ("mirror", ("pos",)),
    ]
    changes.take(replaced(ConflictKind.REPLACED_MINE, by="Eve"), me.replica.view)
    assert {entry.change.by for entry in changes.entries} == {"Ben", "Eve"}
    assert len(changes.entries) == 3
    changes.clear()
    assert changes.entries == []
