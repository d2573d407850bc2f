"""One user step for every undo command of the real Optiverse.

A step is a generator: before its `yield` it prepares the bench, after it the user does the one thing whose
undo command is asked for.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from PyQt6.QtCore import QPointF
from PyQt6.QtWidgets import QFileDialog

from tests.helpers.optiverse_session import Participant
from tests.helpers.optiverse_user import answer, events

Step = Callable[[Participant], Iterator[None]]


def command_names() -> set[str]:
    """The names of all undo commands in the host."""
    module = import_module("optiverse.core.undo_commands")
    return {
        name
        for name, one in vars(module).items()
        if inspect.isclass(one) and issubclass(one, module.Command) and one is not module.Command
    }


def names_in(command: Any) -> set[str]:
    """The names of a command and of all commands in it."""
    parts = [names_in(part) for part in getattr(command, "_commands", ())]
    return {type(command).__name__}.union(*parts)


def _lenses(one: Participant, count: int = 3) -> list[Any]:
    return [one.user.place("lens", 60.0 * number - 60.0, 0.0) for number in range(count)]


def _add(one: Participant) -> Iterator[None]:
    _lenses(one, 1)
    yield
    one.user.place("mirror", 90.0, 30.0)


def _label(one: Participant) -> Iterator[None]:
    [lens] = _lenses(one, 1)
    yield
    lens._toggle_autolabel()


def _remove(one: Participant) -> Iterator[None]:
    first, *_ = lenses = _lenses(one)
    one.panel.group(*lenses[:2])
    yield
    one.user.delete(first)


def _remove_labelled(one: Participant) -> Iterator[None]:
    first, *_ = _lenses(one)
    first._toggle_autolabel()
    events()
    yield
    one.user.delete_by_menu(first)


def _remove_the_last_of_a_group(one: Participant) -> Iterator[None]:
    first, second, _ = _lenses(one)
    one.panel.group(first, second)
    one.user.delete(second)
    yield
    one.user.delete(first)


def _remove_many(one: Participant) -> Iterator[None]:
    lenses = _lenses(one, 4)
    one.panel.group(*lenses[:2])
    note = one.user.draw("text", (0.0, 60.0))
    yield
    one.user.delete(*lenses[:3], note)


def _move(one: Participant) -> Iterator[None]:
    first, *_ = _lenses(one)
    yield
    one.user.select(first)
    one.user.drag(first, 33, 44)


def _move_many(one: Participant) -> Iterator[None]:
    first, second, _ = _lenses(one)
    yield
    one.user.select(first, second)
    one.user.drag(first, 33, 44)


def _add_many(one: Participant) -> Iterator[None]:
    one.user.place("source", -200.0, 0.0)
    one.user.place("beamsplitter", -100.0, 0.0)
    yield
    one.user.measure()


def _paste(one: Participant) -> Iterator[None]:
    first, second, _ = _lenses(one)
    note = one.user.draw("text", (0.0, 60.0))
    yield
    one.user.copy_and_paste(first, second, note)


def _edit_source(one: Participant) -> Iterator[None]:
    source = one.user.place("source", -100.0, 0.0)
    _lenses(one)
    yield
    one.user.edit(source, {3: 20.0, 5: 3.0})


def _edit_lens(one: Participant) -> Iterator[None]:
    first, *_ = _lenses(one)
    yield
    one.user.edit(first, {3: 20.0})


def _bend(one: Participant) -> Iterator[None]:
    ruler = one.user.draw("ruler", (0.0, 60.0), (50.0, 60.0), (90.0, 80.0))
    _lenses(one)
    yield
    ruler._add_bend_at_nearest_segment(QPointF(10.0, 0.0))


def _turn(one: Participant) -> Iterator[None]:
    first, *_ = _lenses(one)
    yield
    one.user.select(first)
    one.user.turn(first, 0, 40)


def _turn_many(one: Participant) -> Iterator[None]:
    first, second, _ = _lenses(one)
    yield
    one.user.select(first, second)
    one.user.turn(first, 0, 40)


def _edit_many(one: Participant) -> Iterator[None]:
    first, *_ = _lenses(one)
    one.user.edit(first, {3: 33.0})
    yield

    def apply(dialog: Any) -> None:
        for box in dialog._property_checks.values():
            box.setChecked(True)
        dialog._rb_all.setChecked(True)
        dialog.accept()

    answer(lambda: one.window.apply_component_properties_to_all(first), apply)


def _into_a_group(one: Participant) -> Iterator[None]:
    first, second, third, _ = _lenses(one, 4)
    id = one.panel.group(first, second)
    yield
    one.panel.move(third.item_uuid, id)


def _out_of_a_group(one: Participant) -> Iterator[None]:
    first, second, third, _ = _lenses(one, 4)
    one.panel.group(first, second, third)
    yield
    one.panel.move(first.item_uuid, None)


def _group(one: Participant) -> Iterator[None]:
    first, second, _ = _lenses(one)
    yield
    one.panel.group(first, second)


def _ungroup(one: Participant) -> Iterator[None]:
    first, second, _ = _lenses(one)
    id = one.panel.group(first, second)
    assert id is not None
    yield
    one.panel.ungroup(id)


def _rename(one: Participant) -> Iterator[None]:
    first, second, _ = _lenses(one)
    id = one.panel.group(first, second)
    assert id is not None
    yield
    one.panel.rename(id, "Telescope")


def _rename_lens(one: Participant) -> Iterator[None]:
    first, *_ = _lenses(one)
    yield
    one.panel.rename(first.item_uuid, "Eyepiece")


def _hide(one: Participant) -> Iterator[None]:
    first, second, third = _lenses(one)
    id = one.panel.group(first, second)
    assert id is not None
    one.panel.toggle(third.item_uuid, "VISIBLE")
    yield
    one.panel.toggle(id, "VISIBLE")


def _lock(one: Participant) -> Iterator[None]:
    first, second, third = _lenses(one)
    one.panel.group(first, second)
    one.panel.toggle(third.item_uuid, "LOCKED")
    yield
    one.panel.toggle(first.item_uuid, "LOCKED")


def lock_a_group(one: Participant) -> Iterator[None]:
    """Lock a group, and with it the items in it."""
    first, second, _ = _lenses(one)
    id = one.panel.group(first, second)
    assert id is not None
    yield
    one.panel.toggle(id, "LOCKED")


def _restack(one: Participant) -> Iterator[None]:
    first, *_ = _lenses(one, 4)
    yield
    one.user.restack(first, 0)


def _write(one: Participant) -> Iterator[None]:
    note = one.user.draw("text", (0.0, 60.0))
    _lenses(one)
    yield
    one.user.write(note, "f = 50 mm")


def _edit_rectangle(one: Participant) -> Iterator[None]:
    box = one.user.draw("rectangle", (0.0, 60.0))
    _lenses(one)
    yield
    one.user.edit(box, {3: 55.0})


def _import(one: Participant) -> Iterator[None]:
    first, second, _ = _lenses(one)
    one.panel.group(first, second)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "telescope.json"
        path.write_text(json.dumps(one.saved()), "utf-8")
        one.user.delete(*one.user.items())
        _lenses(one, 2)
        yield
        with patch.object(QFileDialog, "getOpenFileName", lambda *args: (str(path), "")):
            one.window.act_import_as_layer.trigger()
    events()


BOTH: dict[str, list[Step]] = {
    "AddItemCommand": [_add],
    "RemoveItemCommand": [_remove, _remove_the_last_of_a_group],
    "MoveItemCommand": [_move],
    "AddMultipleItemsCommand": [_add_many],
    "RemoveMultipleItemsCommand": [_remove_many],
    "PasteItemsCommand": [_paste],
    "PropertyChangeCommand": [_edit_source, _edit_lens, _bend],
    "RotateItemCommand": [_turn],
    "RotateItemsCommand": [_turn_many],
    "CreateGroupCommand": [_group],
    "DeleteGroupCommand": [_ungroup],
    "ZOrderCommand": [_restack],
}
"""For commands that both versions have: name → the steps that push them."""

LAYERS: dict[str, list[Step]] = {
    **BOTH,
    "AddItemCommand": [_add, _label],
    "RemoveItemCommand": [*BOTH["RemoveItemCommand"], _remove_labelled],
    "BatchCommand": [_move_many],
    "BatchPropertyChangeCommand": [_edit_many],
    "MoveNodeCommand": [_into_a_group, _out_of_a_group],
    "RenameNodeCommand": [_rename, _rename_lens],
    "ToggleVisibilityCommand": [_hide],
    "ToggleLockCommand": [_lock, lock_a_group],
    "TextEditCommand": [_write],
    "RectangleChangeCommand": [_edit_rectangle],
}
"""The same for 0.3. A step with a linked file is in tests/host/optiverse/layers/test_linked_files.py."""

GROUPS: dict[str, list[Step]] = {
    **BOTH,
    "AddItemToGroupCommand": [_into_a_group],
    "RemoveItemFromGroupCommand": [_out_of_a_group],
    "ImportAsLayerCommand": [_import],
}
"""The same for 0.2."""
