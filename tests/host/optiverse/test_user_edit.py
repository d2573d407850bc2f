"""A step by the user that the editor has no command for."""

from __future__ import annotations

from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.host.optiverse.user_edit import UserEdit

LENS = Record("lens", "component", {"x": 1, "y": 2})


def edit(*ops: Op) -> tuple[UserEdit, list[Op]]:
    """An edit of a bench with a lens, and the list that it writes to."""
    written: list[Op] = []
    return UserEdit(written.extend, {"lens": LENS}, ops), written


def test_undo_goes_back_to_what_was_changed_alone() -> None:
    command, written = edit(Set("lens", {"x": 5, "y": 2}, ["z"]))
    command.execute()
    command.undo()
    assert written == [Set("lens", {"x": 5}), Set("lens", {"x": 1})]


def test_what_was_made_is_removed_and_the_other_way_round() -> None:
    command, written = edit(Remove("lens"), Put("mirror", "component"))
    command.execute()
    command.undo()
    made, back = Put("mirror", "component"), Put("lens", "component", LENS.props)
    assert written == [Remove("lens"), made, Remove("mirror"), back]


def test_what_the_guard_takes_out_is_left_alone() -> None:
    """`optiverse_collab.host.optiverse.undo.forgetting` finds the ids by the name of the attribute."""
    command, written = edit(Set("lens", {"x": 5}), Put("mirror", "component"))
    vars(command)["_uuids"] = ["mirror"]
    command.undo()
    assert written == [Remove("mirror")]


def test_it_is_never_merged() -> None:
    command, _ = edit(Remove("lens"))
    assert command.id() == -1
    assert not command.merge_with(command)
