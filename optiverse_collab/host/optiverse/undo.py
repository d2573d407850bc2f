"""Keeps a window's undo stack true while others edit the same bench.

The host's commands hold on to the objects they changed. Two things go wrong when a bench has more than
one editor, and both are put right here, at the user's own commands, without a step of ours:

- A command speaks of an item that another participant removed. Undoing an `AddItemCommand` would remove
  it once more, and redoing it would bring it back unasked; undoing a `CreateGroupCommand` would leave a
  line in the layer panel without an item. So `forget` takes that item out of every command, and
  a command that is about nothing else leaves the stack.
- A `PropertyChangeCommand` holds all properties of its item before and after, also those that it
  didn't change, and would undo what others did to them since. So what is alike before and after is
  taken out of it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator
from typing import Any

from optiverse_collab.host.optiverse import stock

_ITEM = ("item", "_item", "_node")
_LISTS = ("items", "_entries", "_commands", "_item_uuids", "_uuids", "_cascade_labels")
_NEEDED = _LISTS[:-1]


class UndoGuard:
    """Watches over one undo stack.

    Args:
        stack: the window's `UndoStack`.
        changed: called with the ids that a command speaks of, after it was pushed, undone or redone.
    """

    def __init__(self, stack: Any, changed: Callable[[Collection[str]], None]) -> None:
        self._stack = stack
        self._changed = changed
        self._gone: set[str] = set()
        stack.commandPushed.connect(self._pushed)
        # Quirk: the stack has no signal for undo and redo. Nobody but its window calls them.
        stack.undo, stack.redo = self._undo, self._redo

    def close(self) -> None:
        """Leave the stack as it was."""
        self._stack.commandPushed.disconnect(self._pushed)
        del self._stack.undo, self._stack.redo

    def forget(self, ids: Collection[str]) -> None:
        """Others removed these items: no step of the user's is about them any more."""
        self._gone.update(ids)
        could_undo, could_redo = self._stack.can_undo(), self._stack.can_redo()
        for commands in (self._stack._undo_stack, self._stack._redo_stack):
            commands[:] = [command for command in commands if _without(command, set(ids))]
        if could_undo and not self._stack.can_undo():
            self._stack.canUndoChanged.emit(False)
        if could_redo and not self._stack.can_redo():
            self._stack.canRedoChanged.emit(False)

    def expect(self, id: str) -> None:
        """An item with this id is on the bench again."""
        self._gone.discard(id)

    def _pushed(self) -> None:
        commands = self._stack._undo_stack
        if not commands:
            return
        ids = set(ids_of(commands[-1]))
        _narrow(commands[-1])
        # A dialog that was open while its item was removed ends with a command about it.
        if ids & self._gone:
            self.forget(ids & self._gone)
        self._changed(ids)

    def _undo(self) -> None:
        ids = set(ids_of(self._stack._undo_stack[-1])) if self._stack.can_undo() else set()
        type(self._stack).undo(self._stack)
        self._changed(ids)

    def _redo(self) -> None:
        ids = set(ids_of(self._stack._redo_stack[-1])) if self._stack.can_redo() else set()
        type(self._stack).redo(self._stack)
        self._changed(ids)


def ids_of(command: Any) -> Iterator[str]:
    """The ids of the items and groups that a command speaks of."""
    state = vars(command)
    for name in ("_uuid", "_group_uuid"):
        if isinstance(state.get(name), str):
            yield state[name]
    for name in _ITEM:
        yield from _own_id(state.get(name))
    for part in state.get("_commands", ()):
        yield from ids_of(part)
    for name in ("items", "_entries", "_item_uuids", "_uuids", "_cascade_labels"):
        for part in state.get(name) or ():
            yield from _own_id(part)


def _own_id(part: Any) -> Iterator[str]:
    """The id of an item, of a node, of an entry that begins with an item, or the id itself."""
    if isinstance(part, tuple):
        part = part[0]
    id = part if isinstance(part, str) else getattr(part, "item_uuid", getattr(part, "uuid", None))
    if isinstance(id, str):
        yield id


def _without(command: Any, gone: set[str]) -> bool:
    """Take what is gone out of a command; returns whether it is still about something."""
    state = vars(command)
    if state.get("_uuid") in gone or any(not gone.isdisjoint(_own_id(state.get(name))) for name in _ITEM):
        return False
    if not gone.isdisjoint(_own_id(state.get("_autolabel_owner"))):
        command._autolabel_owner = None
    for name in _LISTS:
        listed = state.get(name)
        if not isinstance(listed, list) or not listed:
            continue
        if name == "_commands":
            kept = [part for part in listed if _without(part, gone)]
        else:
            kept = [part for part in listed if gone.isdisjoint(_own_id(part))]
        if name in _NEEDED and not kept:
            return False
        setattr(command, name, kept)
    for id in gone & state.get("_original_positions", {}).keys():
        del command._original_positions[id]
    if isinstance(state.get("_snapshot"), dict):
        _prune(command._snapshot, gone)
    return True


def _prune(node: dict[str, Any], gone: set[str]) -> None:
    children = [child for child in node.get("children", ()) if child["uuid"] not in gone]
    if "children" in node:
        node["children"] = children
    for child in children:
        _prune(child, gone)


def _narrow(command: Any) -> None:
    state = vars(command)
    for part in state.get("_commands", ()):
        _narrow(part)
    base = stock.load().BaseObj
    if "before_state" in state and isinstance(state.get("item"), base):
        command.before_state, command.after_state = _changes(command.before_state, command.after_state)
    if "_entries" in state:
        command._entries = [
            (item, *_changes(before, after)) if isinstance(item, base) else (item, before, after)
            for item, before, after in command._entries
        ]


def _changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs between two states of an item, at the grain of a property."""
    names = [name for name in before if name in after and _plain(before[name]) != _plain(after[name])]
    narrow = ({name: state[name] for name in names} for state in (before, after))
    old, new = narrow
    if "params" in names:
        old["params"], new["params"] = _changes(before["params"], after["params"])
    return old, new


def _plain(value: Any) -> Any:
    """A value for comparison: executing a command turns the interfaces in its state into objects."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return value
