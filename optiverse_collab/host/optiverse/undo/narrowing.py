"""Keeps the host's undo commands to what the user changed.

A command of the host's holds more than that: all properties of its item, or all siblings of what was put
higher. Taken back as it is, it would undo what others did to the rest since.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from optiverse_collab.host.optiverse.undo.forgetting import imported_groups
from optiverse_collab.host.optiverse.upstream import installed as stock

_UNITS = (("x", "y"), ("width", "height"))
"""What stands under two names and is one property."""


def narrow(command: Any) -> None:
    """Leave in a command what it changes of components and sources; they take half a state."""
    state = vars(command)
    for part in state.get("_commands", ()):
        narrow(part)
    base = stock.load().BaseObj
    if "before_state" in state and isinstance(state.get("item"), base):
        command.before_state, command.after_state = _changes(command.before_state, command.after_state)
    if "_entries" in state:
        command._entries = [
            (item, *_changes(before, after)) if isinstance(item, base) else (item, before, after)
            for item, before, after in command._entries
        ]


def refresh(command: Any) -> None:
    """Let a command that is about to be taken back, or repeated, leave as it is now what it didn't change."""
    state = vars(command)
    for part in state.get("_commands", ()):
        refresh(part)
    base = stock.load().BaseObj
    if "before_state" in state and not isinstance(state.get("item"), base):
        _refresh_states(state["item"], command.before_state, command.after_state)
    elif "_before" in state and "_after" in state:
        _refresh_states(state["_item"], command._before, command._after)
    for item, before, after in state.get("_entries", ()):
        if not isinstance(item, base):
            _refresh_states(item, before, after)
    if "_before_snapshot" in state:
        command._before_snapshot = {
            parent: _merged(before, _children(command._layer_state, parent), set(command._uuids))
            for parent, before in command._before_snapshot.items()
        }
    if "_original_positions" in state:
        _refresh_grouping(command)
    if isinstance(state.get("_snapshot"), dict) and "_layer_state" in state:
        _refresh_snapshot(command._snapshot, command._layer_state)
    if state.get("_group_manager") is not None:
        _detach_foreign_groups(command)


def locked_in(command: Any) -> int:
    """How many items a command would move or turn, and the host lets it not, because they are locked."""
    state = vars(command)
    if "_commands" in state:
        return sum(locked_in(part) for part in state["_commands"])
    if not {"old_pos", "old_rotation", "old_positions"} & state.keys():
        return 0
    items = state["items"] if "items" in state else [state["item"]]
    return sum(bool(getattr(item, "_locked", False)) for item in items)


def _refresh_grouping(command: Any) -> None:
    """Let taking back a grouping put what is still in the group where it was before that."""
    layers, positions = command._layer_state, command._original_positions
    if command._executed:
        inside = set(_children(layers, command._group_uuid))
        command._original_positions = {id: positions[id] for id in positions if id in inside}
    else:
        places = {id: layers.get_parent_and_index(id) for id in command._item_uuids}
        command._original_positions = {id: place for id, place in places.items() if place is not None}


def _detach_foreign_groups(command: Any) -> None:
    """Let groups that others made in the groups of a command outlive those.

    Quirk: taking back a grouping, or an import, takes away all groups in its groups (0.2).
    """
    manager, state = command._group_manager, vars(command)
    made = imported_groups(command) | {group.group_uuid for group in [state.get("_group")] if group}
    outside = state.get("_parent_group_uuid")
    for id, group in list(manager._groups.items()):
        if group.parent_group_uuid in made and id not in made:
            manager.set_group_parent(id, outside if outside in manager._groups else None)


def _refresh_snapshot(node: dict[str, Any], layers: Any) -> None:
    """Let taking back "Ungroup" leave hidden, locked and named what is in the group now."""
    for child in node.get("children", ()):
        live = layers.get_node(child["uuid"])
        if live is not None:
            flags = {"collapsed": live.collapsed, "visible": live.visible, "locked": live.locked}
            child.update(flags, **({} if live.name is None else {"name": live.name}))
        _refresh_snapshot(child, layers)


def _refresh_states(item: Any, before: dict[str, Any], after: dict[str, Any]) -> None:
    now = item.capture_state()
    changed = {name for name in before if before[name] != after.get(name)}
    for unit in _UNITS:
        if changed & set(unit):
            changed |= set(unit)
    for name in before.keys() & now.keys() - changed:
        before[name] = after[name] = now[name]


def _children(layer_state: Any, parent: str | None) -> list[str]:
    node = layer_state.get_node(parent) if parent else None
    if parent and node is None:
        return []
    return [child.uuid for child in (node.children if node else layer_state.get_root_nodes())]


def _merged(before: list[str], now: list[str], mine: set[str]) -> list[str]:
    """The siblings as they are now, but mine after the ones that they followed before."""
    order = [id for id in now if id not in mine]
    for index, id in enumerate(before):
        if id in mine and id in now:
            above = next((other for other in reversed(before[:index]) if other in order), None)
            order.insert(0 if above is None else order.index(above) + 1, id)
    return order


def finish_ungroup(command: Any) -> None:
    """Finish what the host leaves undone when it takes back a command.

    Quirk: taking back "Ungroup" makes the group anew and leaves its items where they are (0.3).
    """
    state = vars(command)
    snapshot, layers = state.get("_snapshot"), state.get("_layer_state")
    if not isinstance(snapshot, dict) or layers is None or layers.get_node(snapshot["uuid"]) is None:
        return
    node = layers.get_node(snapshot["uuid"])
    left_in = node.parent.uuid if node.parent else None
    for child in snapshot.get("children", ()):
        place = layers.get_parent_and_index(child["uuid"])
        if place is not None and place[0] == left_in:
            layers.move_node(child["uuid"], snapshot["uuid"], 10**9, emit=False)
    layers.changed.emit()


def _changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs between two states of an item, at the grain of a property.

    Quirk: in 0.3 a state has a z value, which follows from the tree of layers. It differs when something else
    was put higher or lower while a dialog was open.
    """
    follows = {"z_value"} if hasattr(stock.load(), "LayerTreeState") else set()
    names = [
        name
        for name in before
        if name in after and name not in follows and _plain(before[name]) != _plain(after[name])
    ]
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
