"""If an edit replaced a value that its user had not seen, undoing it restores that value (SEEN-3)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.effects import Conflict, ConflictKind
from optiverse_collab.core.records import Remove
from tests.helpers.wire import Peer, Wire
from tests.window.capturing import Window, at, hears_later, pos, settle


@pytest.mark.parametrize("waits", [False, True], ids=["told before undo", "told after undo"])
def test_undo_goes_back_to_the_value_that_was_not_seen(
    wire: Wire, ann: Window, ben: Peer, waits: bool
) -> None:
    """SEEN-3, SEEN-5: and not to the user's own older value."""
    ben.edit(pos(50.0))
    hears_later(wire, ben)
    ann.host.user_commands(pos(10.0))
    if not waits:
        settle(wire, ann)
        assert at(ann) == 10.0
    ann.host.user_undoes()
    settle(wire, ann)
    assert ConflictKind.REPLACED_THEIRS in [conflict.kind for conflict in ann.told(Conflict)]
    assert (at(ann), at(ben)) == (50.0, 50.0)
    ann.host.user_redoes()
    settle(wire, ann)
    assert (at(ann), at(ben)) == (10.0, 10.0)
    ann.host.user_undoes()
    settle(wire, ann)
    assert (at(ann), at(ben)) == (50.0, 50.0)


def test_drag_that_replaced_unseen_values_is_undone_to_the_last(wire: Wire, ann: Window, ben: Peer) -> None:
    """SEEN-1: the item under the mouse still shows its old state."""
    before = {"lens": ann.host.bench["lens"]}
    ann.host.in_hand = {"lens"}
    for x in (1.0, 2.0):
        ann.host.user_does(pos(x))
        settle(wire, ann)
        ben.edit(pos(50.0 + x))
        settle(wire, ann)
    ann.host.user_does(pos(3.0))
    ann.host.in_hand = set()
    ann.host.user_did(before)
    settle(wire, ann)
    assert (at(ann), at(ben)) == (3.0, 3.0)
    ann.host.user_undoes()
    settle(wire, ann)
    assert (at(ann), at(ben)) == (52.0, 52.0)


def test_deleted_record_comes_back_as_others_left_it(wire: Wire, ann: Window, ben: Peer) -> None:
    """SEEN-3: its removal replaced a value that the user had not seen."""
    ben.edit(pos(50.0))
    hears_later(wire, ben)
    ann.host.user_commands(Remove("lens"))
    settle(wire, ann)
    assert ben.screen == {}
    ann.host.user_undoes()
    settle(wire, ann)
    assert (at(ann), at(ben)) == (50.0, 50.0)
    ann.host.user_redoes()
    settle(wire, ann)
    assert ann.host.bench == ben.screen == {}


def test_record_that_is_back_already_becomes_as_others_left_it(wire: Wire, ann: Window, ben: Peer) -> None:
    """SEEN-3: when its user learns that the removal had replaced a value."""
    ben.edit(pos(50.0))
    hears_later(wire, ben)
    ann.host.user_commands(Remove("lens"))
    ann.host.user_undoes()
    assert at(ann) == 0.0
    settle(wire, ann)
    assert (at(ann), at(ben)) == (50.0, 50.0)


def test_what_is_in_hand_is_not_put_right(wire: Wire, ann: Window, ben: Peer) -> None:
    """The user has continued to edit it."""
    ben.edit(pos(50.0))
    hears_later(wire, ben)
    ann.host.user_commands(pos(10.0))
    ann.host.user_undoes()
    ann.host.in_hand = {"lens"}
    settle(wire, ann)
    assert at(ann) == 0.0
    ann.host.user_does(pos(2.0))
    ann.host.in_hand = set()
    settle(wire, ann)
    assert (at(ann), at(ben)) == (2.0, 2.0)
