"""Undo affects the user's own changes alone: it reverts what a step changed, not what others did since."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.convert import tree_of
from optiverse_collab.core.records import Put, Remove, Set
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from tests.helpers.optiverse_drawing import Drawing
from tests.helpers.optiverse_panel import Panel
from tests.helpers.optiverse_session import Participant, differences, rest, settle, truth
from tests.helpers.optiverse_user import clear
from tests.helpers.wire import Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Session = tuple[Wire, Participant, Participant]


def tree(wire: Wire) -> dict[str | None, list[str]]:
    """Each group, and the ids of its items from top to bottom."""
    return {parent: [record.id for record in records] for parent, records in tree_of(truth(wire)).items()}


def test_steps_from_before_the_guard_are_narrowed_too(window: Any) -> None:
    user = Drawing(window)
    source = user.place("source", 0.0, 0.0)
    user.edit(source, {3: 20.0})
    host = OptiverseHost(window)
    host.apply([Set(source.item_uuid, {"pos": [77.0, 0.0]})])
    user.undo()
    host.close()
    assert (source.params.size_mm, source.params.x_mm) == (10.0, 77.0)
    clear(window)


def test_example_in_the_module_is_true(host: OptiverseHost, window: Any) -> None:
    user = Drawing(window)
    lens = user.place("lens", 0.0, 0.0)
    id = lens.item_uuid
    before = host.records([id])[id].props
    user.edit(lens, {2: before["angle_deg"] + 45.0})
    turned = host.records([id])[id].props
    assert {name for name in turned if turned[name] != before[name]} == {"angle_deg"}
    host.apply([Set(id, {"name": "B"})])
    user.undo()
    assert host.records([id])[id].props == {**before, "name": "B"}
    user.redo()
    host.apply([Remove(id)])
    assert not window.undo_stack.can_redo()
    assert user.items() == []


def test_an_edit_of_a_rectangle_leaves_its_place_to_others(session: Session) -> None:
    wire, ann, bob = session
    box = ann.user.draw("rectangle", (0.0, 0.0))
    if not hasattr(box, "capture_state"):
        pytest.skip("in Optiverse 0.2 editing a rectangle is no undo step")
    size = box.to_dict()["width_mm"]
    ann.user.edit(box, {3: size + 5.0})
    assert box.to_dict()["width_mm"] == size + 5.0
    settle(wire, ann, bob)
    bob.user.drawn("rectangle")[0].setPos(33.0, 44.0)
    rest(wire, ann, bob)
    ann.user.undo()
    rest(wire, ann, bob)
    assert (box.to_dict()["width_mm"], box.pos().x(), box.pos().y()) == (size, 33.0, 44.0)
    assert differences(wire, ann, bob) == []


def test_a_step_of_stacking_leaves_others_where_they_were_put(session: Session) -> None:
    wire, ann, bob = session
    first, second, third = (ann.user.place("lens", 60.0 * i, 0.0) for i in range(3))
    settle(wire, ann, bob)
    ann.user.restack(first, 0)
    settle(wire, ann, bob)
    id = bob.panel.group(*(bob.item(item.item_uuid) for item in (second, third)))
    rest(wire, ann, bob)
    ann.user.undo()
    rest(wire, ann, bob)
    assert [ann.panel.parent(item.item_uuid) for item in (first, second, third)] == [None, id, id]
    assert differences(wire, ann, bob) == []


def test_stacking_leaves_what_others_put_into_a_group_there(session: Session) -> None:
    wire, ann, bob = session
    if not ann.panel.has_layers:
        pytest.skip("in Optiverse 0.2 stacking is not about groups")
    first, second, _ = (ann.user.place("lens", 60.0 * i, 0.0) for i in range(3))
    settle(wire, ann, bob)
    ann.user.restack(first, 0)
    settle(wire, ann, bob)
    both = [bob.item(item.item_uuid) for item in (first, second)]
    bob.panel.group(*both)
    bob.user.restack(both[1], 0)
    rest(wire, ann, bob)
    theirs = tree(wire)
    for press in (ann.user.undo, ann.user.redo):
        press()
        settle(wire, ann, bob)
        assert tree(wire) == theirs
    assert differences(wire, ann, bob) == []


def test_undoing_a_grouping_leaves_what_others_moved(session: Session) -> None:
    wire, ann, bob = session
    lenses = [ann.user.place("lens", 60.0 * i, 0.0) for i in range(4)]
    one = ann.panel.group(*lenses[:2])
    settle(wire, ann, bob)
    two = bob.panel.group(*(bob.item(item.item_uuid) for item in lenses[2:]))
    bob.panel.move(lenses[0].item_uuid, two)
    rest(wire, ann, bob)
    assert one in ann.panel.groups()
    ann.user.undo()
    rest(wire, ann, bob)
    assert [ann.panel.parent(item.item_uuid) for item in lenses] == [two, None, two, two]
    assert differences(wire, ann, bob) == []


def test_a_group_that_others_removed_does_not_come_back(window: Any) -> None:
    user, panel = Drawing(window), Panel(window)
    items = [user.place("lens", 60.0 * i, 0.0) for i in range(3)]
    host = OptiverseHost(window)
    id = panel.group(*items)
    assert id is not None
    user.delete(items[0])
    host.apply([Remove(id)])
    for _ in range(6):
        user.undo()
    for _ in range(6):
        user.redo()
    assert panel.groups() == []
    warnings = [one.message for one in window.log_service.get_messages(category="Collaboration")]
    assert not [text for text in warnings if "could not undo or redo" in text]
    host.close()
    clear(window)


def test_taking_back_an_ungrouping_puts_the_items_into_the_group(window: Any) -> None:
    """Without our help, the host of 0.3.4 raises, and leaves the items outside."""
    user, panel = Drawing(window), Panel(window)
    items = [user.place("lens", 60.0 * i, 0.0) for i in range(3)]
    host = OptiverseHost(window)
    id = panel.group(*items[:2])
    assert id is not None
    panel.ungroup(id)
    host.apply([Put("other", "group", {"name": "Other"}), Set(items[0].item_uuid, {"parent": "other"})])
    user.undo()
    assert [panel.parent(item.item_uuid) for item in items[1:]] == [id, None]
    if panel.has_layers:
        assert panel.parent(items[0].item_uuid) == "other"
    host.close()
    clear(window)


def test_taking_back_a_move_is_not_snapped_to_what_others_moved(session: Session) -> None:
    wire, ann, bob = session
    lens, other = ann.user.place("lens", 0.0, 0.0), ann.user.place("lens", 100.0, 50.0)
    ann.window.magnetic_snap = True
    ann.user.select(lens)
    ann.user.drag(lens, 60, -30)
    settle(wire, ann, bob)
    bob.item(other.item_uuid).setPos(100.0, 4.0)
    settle(wire, ann, bob)
    ann.user.undo()
    rest(wire, ann, bob)
    assert (lens.pos().x(), lens.pos().y()) == (0.0, 0.0)
    assert ann.window.magnetic_snap
    assert differences(wire, ann, bob) == []


def test_a_step_says_so_when_a_lock_holds_it_up(session: Session) -> None:
    wire, ann, bob = session
    lens = ann.user.place("lens", 0.0, 0.0)
    ann.user.select(lens)
    ann.user.drag(lens, 60, -30)
    settle(wire, ann, bob)
    there = lens.pos()
    bob.user.lock(bob.item(lens.item_uuid), True)
    rest(wire, ann, bob)
    ann.user.undo()
    rest(wire, ann, bob)
    assert lens.pos() == there
    assert ann.log("WARNING") == ["1 locked item did not move."]
    assert differences(wire, ann, bob) == []
