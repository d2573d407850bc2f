"""Every undo command of the host, undone and redone after others edited the same bench."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.convert import tree_of
from optiverse_collab.convert.kinds import GROUP
from optiverse_collab.core.records import Record
from tests.helpers.optiverse_commands import Step, command_names, names_in
from tests.helpers.optiverse_session import TOLD, Participant, differences, rest, settle, truth, visible
from tests.helpers.optiverse_undo_table import COMMANDS, IN_02, MEANWHILES, every_cell
from tests.helpers.wire import Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.usefixtures("no_questions"),
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Session = tuple[Wire, Participant, Participant]
Bench = dict[str, Record]
STACKING = {"order"} if IN_02 else {"order", "z_value"}
"""Numbers that mean nothing alone: only the order that follows from them is compared."""
HELD_BY_LOCK = {"pos", "angle_deg"}
"""What the host doesn't change in a locked item, even in an undo."""
LEFT_BY_HOST = {"ToggleLockCommand": {"locked", "layer_locked"}}
"""What the host alone doesn't undo: the locks of the items in a group, when the group's own is undone."""
PUT_BACK_ELSEWHERE = {"RemoveMultipleItemsCommand"}
"""The host alone puts items back one by one, in no particular order, each at its old number."""


def test_no_command_of_the_host_is_left_out() -> None:
    elsewhere = set() if IN_02 else {"UpdateLinkOffsetCommand"}  # test_linked_files.py
    assert command_names() == COMMANDS.keys() | elsewhere


@every_cell
def test_taking_back_and_repeating_a_step_is_about_nothing_else(
    session: Session, name: str, step: Step, meanwhile: str
) -> None:
    wire, ann, bob = session
    parts = step(ann)
    next(parts)
    rest(wire, ann, bob)
    ann.window.undo_stack.clear()
    before = dict(truth(wire))
    next(parts, None)
    settle(wire, ann, bob)
    [command] = ann.window.undo_stack._undo_stack
    assert name in names_in(command)
    after = dict(truth(wire))
    assert after != before

    MEANWHILES[meanwhile](bob)
    rest(wire, ann, bob)
    now = dict(truth(wire))
    if not ann.window.undo_stack.can_undo():
        assert not is_left(name, before, after, visible(wire))
        before = after  # there is nothing to undo
    ann.user.undo()
    settle(wire, ann, bob)
    undone = dict(truth(wire))
    check_step(name, before, after, now, undone, after)
    gone = after.keys() - now.keys()
    before, after = ({id: bench[id] for id in bench if id not in gone} for bench in (before, after))
    ann.user.redo()
    settle(wire, ann, bob)
    check_step(name, after, before, undone, dict(truth(wire)), undone)
    ann.user.undo()
    rest(wire, ann, bob)

    assert differences(wire, ann, bob) == []
    assert same(truth(wire), undone)
    warnings = ann.log("WARNING", "ERROR")
    assert [text for text in warnings if now == after or not text.endswith(TOLD)] == []


def check_step(name: str, before: Bench, after: Bench, now: Bench, undone: Bench, left: Bench) -> None:
    """Check a step of undo.

    Args:
        name: the name of the command.
        before: the bench before the step that is undone …
        after: … and after it.
        now: the bench after others edited it.
        undone: the bench after the undo.
        left: the bench in which the user left it; any difference in `now` was made by others.
    """
    made = after.keys() - before.keys()
    is_kept = any(
        is_changed(left[id], now[id]) or is_used(id, left, now) for id in made & left.keys() & now.keys()
    )
    for id in before.keys() | after.keys() | now.keys() | undone.keys():
        if id in after and id not in now:
            assert id not in undone, f"{id} came back"
        elif id in made:
            assert (id in undone) == is_kept, f"{id}: others changed what the step had made: {is_kept}"
        elif id not in undone and id in now and now[id].kind == GROUP:
            # The host removes a group when its last item is deleted.
            assert not undone.keys() & set(tree(now).get(id, [])), f"{id} disappeared"
        elif id in before and id not in after:
            if id in undone or not is_without_members(id, before, after, now):
                assert undone[id].kind == before[id].kind, f"{id} did not come back"
        else:
            by_host = LEFT_BY_HOST.get(name, set()) | (HELD_BY_LOCK if now[id].props.get("locked") else set())
            if id in left and left[id].props.get("order") != now[id].props.get("order"):
                by_host = by_host | {"parent", "z_value"}  # both are one unit
            if is_kept and now[id].props.get("parent") in made:
                by_host = by_host | {"parent"}  # it stays in the group that stays
            # The step may have removed it from the group in which it is now.
            is_alone = now[id].props.get("parent") not in {None, *undone}
            skipped = STACKING | ({"parent"} if is_alone else set())
            check_properties(before.get(id), after.get(id), now[id], undone[id], by_host, skipped)
    if now == after and name not in PUT_BACK_ELSEWHERE and not IN_02:
        assert tree(undone) == tree(before)
    check_order(before, after, now, undone)


def is_without_members(group: str, before: Bench, after: Bench, now: Bench) -> bool:
    """Whether a group that a step restores would be empty: others moved all of its members."""
    members = tree(before).get(group, [])
    return before[group].kind == GROUP and all(place(after, id) != place(now, id) for id in members)


def is_left(name: str, before: Bench, after: Bench, now: Bench) -> bool:
    """Whether anything that a step did still stands, so that undo could revert it."""
    if before.keys() - after.keys():
        return True
    for id in after.keys() & now.keys():
        props = before[id].props if id in before else {}
        for prop in (props.keys() | after[id].props.keys()) - STACKING - LEFT_BY_HOST.get(name, set()):
            is_so = after[id].props.get(prop) == now[id].props.get(prop) != props.get(prop)
            if is_so and (prop != "parent" or props.get(prop) in {None, *now}):
                return True
    return False


def check_properties(
    before: Record | None,
    after: Record | None,
    now: Record,
    undone: Record,
    left: set[str],
    skipped: set[str],
) -> None:
    """Check that a step reverted the properties that it changed, and no others.

    Args:
        left: the properties that it may leave unchanged.
        skipped: the properties that are not compared.
    """
    assert undone is not None
    assert now is not None
    for name in (now.props.keys() | undone.props.keys()) - skipped:
        old, mine, theirs, result = (
            one.props.get(name) if one is not None else None for one in (before, after, now, undone)
        )
        if old == mine:
            assert result == theirs, f"{name} of {now.id} changed, though the user did not change it"
        elif mine == theirs and name not in left:
            assert result == old, f"{name} of {now.id} was not undone"
        elif mine == theirs or name == "z_value":  # which alone never conflicts (SEEN-6)
            assert result in (old, theirs), f"{name} of {now.id} is neither the user's nor the others'"
        else:
            assert result == theirs, f"{name} of {now.id} was set by others"


def is_used(group: str, left: Bench, now: Bench) -> bool:
    """Whether others put something into a group, or moved something in it."""
    inside = [record for record in now.values() if record.props.get("parent") == group]
    return any(place(left, record.id) != place(now, record.id) for record in inside)


def is_changed(mine: Record, theirs: Record) -> bool:
    """Whether others changed a record."""
    names = (mine.props.keys() | theirs.props.keys()) - {"z_value"}
    return any(mine.props.get(name) != theirs.props.get(name) for name in names)


def check_order(before: Bench, after: Bench, now: Bench, undone: Bench) -> None:
    """Check that the order of items that the step didn't move is unchanged."""
    moved = {id for id in before.keys() | after.keys() if place(before, id) != place(after, id)}
    for parent, ids in tree(now).items():
        still = [id for id in ids if id not in moved and id in tree(undone).get(parent, [])]
        assert [id for id in tree(undone).get(parent, []) if id in still] == still


def tree(bench: Bench) -> dict[str | None, list[str]]:
    """Each parent, and the ids of its items from top to bottom."""
    return {
        parent: [record.id for record in records] for parent, records in tree_of(bench).items() if records
    }


def place(bench: Bench, id: str) -> tuple[Any, ...] | None:
    """The place that a record states."""
    record = bench.get(id)
    return None if record is None else (record.props.get("parent"), record.props.get("order"))


def same(one: Bench, other: Bench) -> bool:
    """Whether two benches are the same, however the places in an order are numbered."""

    def plain(bench: Bench) -> Any:
        props = {
            id: (record.kind, {name: value for name, value in record.props.items() if name not in STACKING})
            for id, record in bench.items()
        }
        return props, tree(bench)

    return bool(plain(one) == plain(other))
