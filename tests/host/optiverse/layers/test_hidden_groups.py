"""Groups without members, in both versions: docs/bench-format.md, "Groups without members"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from optiverse_collab.convert import bench_from_records
from optiverse_collab.core.records import Op, Put, Remove, Set
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from tests.helpers.optiverse_panel import Panel
from tests.helpers.optiverse_session import Participant, differences, rest, settle, truth
from tests.helpers.optiverse_user import User, clear
from tests.helpers.wire import Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Session = tuple[Wire, Participant, Participant]
Group = tuple[str, list[Any]]


def grouped(wire: Wire, ann: Participant, bob: Participant, name: str = "Telescope") -> Group:
    """A group made by Ann with two lenses in it."""
    x = 60.0 * len(ann.user.items())
    lenses = [ann.user.place("lens", x + 60.0 * i, 0.0) for i in range(2)]
    id = ann.panel.group(*lenses, name=name)
    assert id is not None
    rest(wire, ann, bob)
    return id, lenses


def check(wire: Wire, ann: Participant, bob: Participant, *groups: str) -> None:
    """Check that all windows, files and readers have exactly these groups, and that nobody removed one."""
    rest(wire, ann, bob)
    for one in (ann, bob):
        assert one.panel.groups() == sorted(groups)
        shown = "layer_state" if one.panel.has_layers else "groups"
        assert all(id in str(one.saved()[shown]) for id in groups)
    exported = bench_from_records(truth(wire))["groups"]
    assert sorted(group["group_uuid"] for group in exported) == sorted(groups)
    assert differences(wire, ann, bob) == []


def removed(wire: Wire) -> set[str]:
    """The ids of all records that were ever removed."""
    changes = [msgspec.json.decode(entry.ops, type=list[Op]) for entry in wire.journal]
    return {op.id for ops in changes for op in ops if isinstance(op, Remove)}


def delete(one: Participant, item: Any) -> None:
    one.user.delete(one.item(item.item_uuid))


def test_removing_the_last_member_hides_its_group(session: Session) -> None:
    """And undo restores it, in each of the ways to remove the last member."""
    wire, ann, bob = session
    id, lenses = grouped(wire, ann, bob)
    ann.user.delete(*lenses)
    check(wire, ann, bob)
    assert truth(wire)[id].props["name"] == "Telescope"
    assert removed(wire) == {lens.item_uuid for lens in lenses}
    ann.user.undo()
    check(wire, ann, bob, id)
    assert [bob.panel.parent(lens.item_uuid) for lens in lenses] == [id, id]
    assert bob.panel.name(id) == "Telescope"
    ann.user.redo()
    check(wire, ann, bob)
    assert id in truth(wire)


def test_members_that_leave_by_several_hands(session: Session) -> None:
    wire, ann, bob = session
    id, lenses = grouped(wire, ann, bob)
    delete(ann, lenses[0])
    delete(bob, lenses[1])
    check(wire, ann, bob)
    assert id in truth(wire)
    ann.user.undo()
    check(wire, ann, bob, id)
    bob.user.undo()
    check(wire, ann, bob, id)
    assert [ann.panel.parent(lens.item_uuid) for lens in lenses] == [id, id]


def test_one_puts_in_while_another_takes_the_last_out(session: Session) -> None:
    wire, ann, bob = session
    id, lenses = grouped(wire, ann, bob)
    mirror = ann.user.place("mirror", 0.0, 90.0)
    rest(wire, ann, bob)
    ann.user.delete(*lenses)
    bob.panel.move(mirror.item_uuid, id)
    check(wire, ann, bob, id)
    assert ann.panel.parent(mirror.item_uuid) == bob.panel.parent(mirror.item_uuid) == id
    assert bob.panel.name(id) == "Telescope"


def _move_out(one: Participant, lens: Any, other: str) -> None:
    one.panel.move(lens.item_uuid, None)


def _move_on(one: Participant, lens: Any, other: str) -> None:
    one.panel.move(lens.item_uuid, other)


@pytest.mark.parametrize("move", [_move_out, _move_on])
def test_moving_the_last_member_away(session: Session, move: Callable[[Participant, Any, str], None]) -> None:
    """It can be undone even after somebody else emptied the group, and after it was renamed."""
    wire, ann, bob = session
    id, lenses = grouped(wire, ann, bob)
    other, _ = grouped(wire, ann, bob, "Arm")
    before = truth(wire)[id].props["order"]
    move(ann, lenses[0], other)
    check(wire, ann, bob, id, other)
    bob.replica.edit([Set(id, {"name": "Beam expander"})])
    bob.host.apply([Set(id, {"name": "Beam expander"})])
    move(bob, lenses[1], other)
    check(wire, ann, bob, other)
    ann.user.undo()
    check(wire, ann, bob, id, other)
    assert [ann.panel.parent(lens.item_uuid) == id for lens in lenses] == [True, False]
    bob.user.undo()
    check(wire, ann, bob, id, other)
    assert [ann.panel.parent(lens.item_uuid) for lens in lenses] == [id, id]
    assert truth(wire)[id].props["name"] == ann.panel.name(id) == "Beam expander"
    assert truth(wire)[id].props["order"] == before
    assert removed(wire) == set()


def test_groups_that_hold_nothing_but_empty_groups(session: Session) -> None:
    wire, ann, bob = session
    outer, lenses = grouped(wire, ann, bob)
    inner = Put("inner", "group", {"name": "Inner", "parent": outer, "order": 0.0})
    ops: list[Op] = [inner, *(Set(lens.item_uuid, {"parent": "inner"}) for lens in lenses)]
    bob.replica.edit(ops)
    bob.host.apply(ops)
    check(wire, ann, bob, outer, "inner")
    ann.user.delete(*lenses)
    check(wire, ann, bob)
    ann.user.undo()
    check(wire, ann, bob, outer, "inner")
    assert ann.panel.parent("inner") == bob.panel.parent("inner") == outer
    assert [bob.panel.parent(lens.item_uuid) for lens in lenses] == ["inner", "inner"]


def test_users_remove_a_group_by_ungrouping_it(session: Session) -> None:
    wire, ann, bob = session
    id, _ = grouped(wire, ann, bob)
    bob.panel.ungroup(id)
    check(wire, ann, bob)
    assert removed(wire) == {id}


def test_undoing_a_grouping_removes_the_hidden_group(session: Session) -> None:
    """Somebody else removed its members; the user wants the group to go anyway."""
    wire, ann, bob = session
    id, lenses = grouped(wire, ann, bob)
    bob.panel.move(lenses[0].item_uuid, None)
    bob.panel.move(lenses[1].item_uuid, None)
    check(wire, ann, bob)
    assert id in truth(wire)
    ann.user.undo()
    check(wire, ann, bob)
    assert id not in truth(wire)
    assert removed(wire) == {id}


def test_undoing_a_grouping_whose_members_others_grouped(session: Session) -> None:
    """The group goes; the one that the others made stays."""
    wire, ann, bob = session
    id, lenses = grouped(wire, ann, bob)
    inner = bob.panel.group(*(bob.item(lens.item_uuid) for lens in lenses), name="Bob's")
    assert inner is not None
    rest(wire, ann, bob)
    ann.user.undo()
    rest(wire, ann, bob)
    assert differences(wire, ann, bob) == []
    assert [ann.panel.parent(lens.item_uuid) for lens in lenses] == [inner, inner]
    assert (id in truth(wire)) == (id in ann.panel.groups())


def test_others_remove_a_hidden_group(session: Session) -> None:
    wire, ann, bob = session
    id, lenses = grouped(wire, ann, bob)
    ann.user.delete(*lenses)
    rest(wire, ann, bob)
    bob.replica.edit([Remove(id)])
    bob.host.apply([Remove(id)])
    check(wire, ann, bob)
    assert id not in truth(wire)
    assert id not in ann.host.records()


def test_hidden_groups_travel_to_who_joins_later(session: Session, windows: list[Any]) -> None:
    wire, ann, bob = session
    id, lenses = grouped(wire, ann, bob)
    ann.user.delete(*lenses)
    rest(wire, ann, bob)
    clear(windows[2])
    cem = Participant(wire, "cem", windows[2])
    try:
        cem.capture.merge(())
        rest(wire, ann, bob, cem)
        assert cem.panel.groups() == []
        bob.user.undo()
        ann.user.undo()
        rest(wire, ann, bob, cem)
        assert ann.panel.groups() == cem.panel.groups() == [id]
        assert differences(wire, ann, bob, cem) == []
    finally:
        cem.host.close()
        clear(windows[2])


def test_opening_another_file_forgets_hidden_groups(session: Session) -> None:
    wire, ann, bob = session
    id, lenses = grouped(wire, ann, bob)
    ann.user.delete(*lenses)
    rest(wire, ann, bob)
    assert id in ann.host.records()
    clear(ann.window)
    assert id not in ann.host.records()
    settle(wire, ann, bob)


def test_a_window_is_left_without_hidden_groups(window: Any) -> None:
    """That includes groups from before the session; afterwards its undo steps are the host's alone."""
    user, panel = User(window), Panel(window)
    lenses = [user.place("lens", 60.0 * i, 0.0) for i in range(2)]
    id = panel.group(*lenses)
    assert id is not None
    host = OptiverseHost(window)
    user.delete(*lenses)
    assert host.records()[id].kind == "group"
    host.close()
    assert panel.groups() == []
    user.undo()
    assert panel.groups() == [id]
    assert [panel.parent(lens.item_uuid) for lens in lenses] == [id, id]
    clear(window)


def test_empty_groups_of_before_are_hidden_too(window: Any) -> None:
    user, panel = User(window), Panel(window)
    lenses = [user.place("lens", 60.0 * i, 0.0) for i in range(2)]
    id = panel.group(*lenses)
    assert id is not None
    for lens in lenses:  # as some context menus do
        window.scene.removeItem(lens)
    host = OptiverseHost(window)
    assert list(host.records()) == [id]
    assert panel.groups() == []
    host.close()
    clear(window)
