"""Two real windows edit one bench, with the mouse, the menus and the dialogs that users have."""

from __future__ import annotations

import pytest

from optiverse_collab.core.protocol.origins import origin_of
from tests.helpers.optiverse_session import Participant, differences, rest, settle, truth
from tests.helpers.wire import Wire

# Without a screen, Qt says what it can't do; the host's ruler picture is larger than Qt likes.
pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Session = tuple[Wire, Participant, Participant]


def test_placing_moving_turning_editing_and_deleting_travel(session: Session) -> None:
    wire, ann, bob = session
    lens = ann.user.place("lens", 10.0, 20.0)
    source = ann.user.place("source", -100.0, 0.0)
    settle(wire, ann, bob)
    assert {type(item).__name__ for item in bob.user.items()} == {"ComponentItem", "SourceItem"}
    ann.user.select(lens)
    ann.user.drag(lens, 40, 30)
    ann.user.turn(lens, 0, 30)
    ann.user.edit(source, {0: -123.456, 3: 7.5})
    settle(wire, ann, bob)
    twin, glow = bob.item(lens.item_uuid), bob.item(source.item_uuid)
    assert twin.pos() == lens.pos()
    assert twin.rotation() % 360 == pytest.approx(lens.rotation() % 360)
    assert lens.pos().x() == 50.0
    assert lens.rotation() != 0.0
    assert glow.to_dict() | {"z_value": 0} == source.to_dict() | {"z_value": 0}
    assert glow.params.x_mm == -123.456
    bob.user.delete(twin)
    rest(wire, ann, bob)
    assert [item.item_uuid for item in ann.user.items()] == [source.item_uuid]
    assert differences(wire, ann, bob) == []


def test_undo_and_redo_travel_and_are_the_users_own(session: Session) -> None:
    wire, ann, bob = session
    lens = ann.user.place("lens", 0.0, 0.0)
    settle(wire, ann, bob)
    bob.user.undo()
    settle(wire, ann, bob)
    assert ann.user.items() == [lens]
    ann.user.undo()
    settle(wire, ann, bob)
    assert bob.user.items() == []
    ann.user.redo()
    rest(wire, ann, bob)
    assert [item.item_uuid for item in bob.user.items()] == [lens.item_uuid]
    assert differences(wire, ann, bob) == []


def test_what_others_do_adds_no_step_of_undo_and_makes_no_echo(session: Session) -> None:
    wire, ann, bob = session
    lens = ann.user.place("lens", 0.0, 0.0)
    settle(wire, ann, bob)
    ann.user.drag(lens, 33, 0)
    rest(wire, ann, bob)
    assert bob.window.undo_stack._undo_stack == []
    assert {wire.origin_of(entry) for entry in wire.journal} == {origin_of(ann.replica.client_id)}


def test_the_object_and_its_selection_stay_when_others_edit_it(session: Session) -> None:
    wire, ann, bob = session
    lens = ann.user.place("lens", 0.0, 0.0)
    settle(wire, ann, bob)
    twin = bob.item(lens.item_uuid)
    params = twin.params
    bob.user.select(twin)
    ann.user.edit(lens, {0: 5.0, 2: 45.0, 3: 50.0})
    settle(wire, ann, bob)
    assert bob.window.scene.selectedItems() == [twin]
    assert twin.params is params
    assert [part.to_dict() for part in params.interfaces] == [
        part.to_dict() for part in lens.params.interfaces
    ]
    assert params.object_height_mm == 50.0


def test_moves_by_others_are_neither_snapped_nor_refused(session: Session) -> None:
    """The host snaps every move to the axes of other items, and locked items refuse to move."""
    wire, ann, bob = session
    lens, mirror = ann.user.place("lens", 0.0, 0.0), ann.user.place("mirror", 100.0, 0.0)
    settle(wire, ann, bob)
    bob.window.magnetic_snap, ann.window.magnetic_snap = True, False
    bob.user.lock(bob.item(mirror.item_uuid), True)
    bob.user.lock(bob.item(mirror.item_uuid), False)
    bob.user.lock(bob.item(mirror.item_uuid), True)
    mirror.setPos(101.0, 0.25)
    settle(wire, ann, bob)
    rest(wire, ann, bob)
    assert ann.item(mirror.item_uuid).is_locked()
    assert bob.item(mirror.item_uuid).pos() == mirror.pos()
    lens.setPos(0.3, 0.3)
    settle(wire, ann, bob)
    assert (bob.item(lens.item_uuid).pos().x(), bob.item(lens.item_uuid).pos().y()) == (0.3, 0.3)


def test_undo_of_steps_about_what_others_removed(session: Session) -> None:
    """They don't raise and don't restore the item; the steps about other items are still there."""
    wire, ann, bob = session
    lens, mirror = ann.user.place("lens", 0.0, 0.0), ann.user.place("mirror", 100.0, 0.0)
    ann.user.drag(lens, 30, 30)
    ann.user.select(lens, mirror)
    ann.user.drag(lens, 30, 30)
    ann.user.edit(lens, {0: 1.0})
    settle(wire, ann, bob)
    at = mirror.pos()
    bob.user.delete(bob.item(lens.item_uuid))
    settle(wire, ann, bob)
    for _ in range(6):
        ann.user.undo()
    settle(wire, ann, bob)
    assert ann.user.items() == bob.user.items() == []
    for _ in range(6):
        ann.user.redo()
    rest(wire, ann, bob)
    assert [item.item_uuid for item in ann.user.items()] == [mirror.item_uuid]
    assert mirror.pos() == at
    assert differences(wire, ann, bob) == []


def test_undo_of_an_edit_leaves_alone_what_others_did(session: Session) -> None:
    wire, ann, bob = session
    source = ann.user.place("source", 0.0, 0.0)
    ann.user.edit(source, {3: 20.0})
    settle(wire, ann, bob)
    bob.user.edit(bob.item(source.item_uuid), {0: 77.0})
    settle(wire, ann, bob)
    ann.user.undo()
    settle(wire, ann, bob)
    assert (source.params.size_mm, source.params.x_mm) == (10.0, 77.0)


def test_what_is_dragged_waits_for_the_release(session: Session) -> None:
    wire, ann, bob = session
    lens = ann.user.place("lens", 0.0, 0.0)
    settle(wire, ann, bob)
    twin = bob.item(lens.item_uuid)
    ann.user.press(lens)
    ann.user.pull(20, 0)
    assert list(ann.host.held()) == [lens.item_uuid]
    bob.user.edit(twin, {2: 30.0})
    settle(wire, ann, bob)
    assert lens.rotation() == 0.0
    assert twin.pos().x() == 20.0
    ann.user.pull(20, 0)
    ann.user.release()
    assert not ann.host.held()
    rest(wire, ann, bob)
    assert (lens.pos().x(), lens.rotation()) == (twin.pos().x(), twin.rotation()) == (40.0, -30.0)
    assert differences(wire, ann, bob) == []


def test_only_what_moves_in_the_stack_is_sent(session: Session) -> None:
    """0.3 renumbers all items after each change of its layers."""
    wire, ann, bob = session
    first, second, third = (ann.user.place("lens", 50.0 * i, 0.0) for i in range(3))
    rest(wire, ann, bob)
    before = {id: record.props for id, record in truth(wire).items()}
    ann.user.delete(first)
    rest(wire, ann, bob)
    assert truth(wire)[second.item_uuid].props == before[second.item_uuid]
    assert truth(wire)[third.item_uuid].props == before[third.item_uuid]
    ann.user.restack(second, 0)
    rest(wire, ann, bob)
    assert truth(wire)[third.item_uuid].props == before[third.item_uuid]
    assert truth(wire)[second.item_uuid].props["z_value"] > before[third.item_uuid]["z_value"]
    twins = [bob.item(item.item_uuid) for item in (second, third)]
    assert [twin.zValue() for twin in twins] == [second.zValue(), third.zValue()]
    assert differences(wire, ann, bob) == []
