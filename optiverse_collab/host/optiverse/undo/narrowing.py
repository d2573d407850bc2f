"""Limits the host's undo commands to the user's changes.

A command of the host's holds more than that: all properties of its item, or all siblings of what was put
higher. Undone unchanged, it would undo what others did to the rest since.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from optiverse_collab.host.optiverse.undo.forgetting import imported_groups
from optiverse_collab.host.optiverse.upstream.contract import has
from optiverse_collab.host.optiverse.upstream.groups import GroupManager
from optiverse_collab.host.optiverse.upstream.item_names import item_names
from optiverse_collab.host.optiverse.upstream.items import Data, HasLock, HasState
from optiverse_collab.host.optiverse.upstream.layers import LayerState
from optiverse_collab.host.optiverse.upstream.undo import Command, Held, State, held_by
from optiverse_collab.host.optiverse.upstream.version import knows_layers

_UNITS = (("x", "y"), ("width", "height"))
"""Two names of one property."""

_AT_THE_END = 10**9


def narrow(command: Command) -> None:
    """Reduce a command's states of components and sources to its changes; they accept partial states."""
    held = held_by(command)
    for part in held.get("_commands", ()):
        narrow(part)
    base = item_names().BaseObj
    if "before_state" in held and isinstance(held.get("item"), base):
        held["before_state"], held["after_state"] = _changes(held["before_state"], held["after_state"])
    if "_entries" in held:
        held["_entries"] = [
            (item, *_changes(before, after)) if isinstance(item, base) else (item, before, after)
            for item, before, after in held["_entries"]
        ]


def refresh(command: Command) -> None:
    """Before undo or redo, refresh the parts of a command's saved state that it did not change itself."""
    held = held_by(command)
    for part in held.get("_commands", ()):
        refresh(part)
    _refresh_states(held)
    layers, manager = held.get("_layer_state"), held.get("_group_manager")
    if layers is not None:
        _refresh_siblings(held, layers)
        _refresh_grouping(held, layers)
        _refresh_snapshot(held.get("_snapshot") or {}, layers)
    if manager is not None:
        _detach_foreign_groups(command, manager)


def locked_in(command: Command) -> int:
    """How many items a command would move or turn that the host keeps in place, because they are locked."""
    held = held_by(command)
    if "_commands" in held:
        return sum(locked_in(part) for part in held["_commands"])
    if not {"old_pos", "old_rotation", "old_positions"} & held.keys():
        return 0
    items = held["items"] if "items" in held else [held["item"]]
    return sum(has(item, HasLock) and item._locked for item in items)


def finish_ungroup(command: Command) -> None:
    """Complete the host's incomplete undo of a command.

    Quirk: undoing "Ungroup" makes the group again and leaves its items where they are (0.3).
    """
    held = held_by(command)
    snapshot, layers = held.get("_snapshot"), held.get("_layer_state")
    node = None if snapshot is None or layers is None else layers.get_node(snapshot["uuid"])
    if snapshot is None or layers is None or node is None:
        return
    left_in = node.parent.uuid if node.parent else None
    for child in snapshot.get("children", ()):
        place = layers.get_parent_and_index(child["uuid"])
        if place is not None and place[0] == left_in:
            layers.move_node(child["uuid"], snapshot["uuid"], _AT_THE_END, emit=False)
    layers.changed.emit()


def _refresh_states(held: Held) -> None:
    """Let an edit of annotations keep the current values of their other properties."""
    entries: list[tuple[object, State, State]] = [*held.get("_entries", ())]
    if "before_state" in held:
        entries.append((held["item"], held["before_state"], held["after_state"]))
    elif "_before" in held and "_after" in held:
        entries.append((held["_item"], held["_before"], held["_after"]))
    for item, before, after in entries:
        if not isinstance(item, item_names().BaseObj) and has(item, HasState):
            _refresh_state(item, before, after)


def _refresh_state(item: HasState, before: State, after: State) -> None:
    now = item.capture_state()
    changed = {name for name in before if before[name] != after.get(name)}
    for unit in _UNITS:
        if changed & set(unit):
            changed |= set(unit)
    for name in before.keys() & now.keys() - changed:
        before[name] = after[name] = now[name]


def _refresh_siblings(held: Held, layers: LayerState) -> None:
    """Let a step of stacking move its own items alone, and put them back in the group where they are now.

    Quirk: the host knows the siblings in the groups where the items were first. Repeated after others put
    them into another group, the step moves them there, and undoing that would leave them moved.
    """
    if "_before_snapshot" in held:
        for id in held["_uuids"]:
            place = layers.get_parent_and_index(id)
            if place is not None:
                held["_before_snapshot"].setdefault(place[0], _children(layers, place[0]))
        held["_before_snapshot"] = {
            parent: _merged(before, _children(layers, parent), set(held["_uuids"]))
            for parent, before in held["_before_snapshot"].items()
        }


def _refresh_grouping(held: Held, layers: LayerState) -> None:
    """Let undoing a grouping put what is still in the group where it was before that."""
    if "_original_positions" not in held:
        return
    positions = held["_original_positions"]
    if held["_executed"]:
        inside = set(_children(layers, held["_group_uuid"]))
        held["_original_positions"] = {id: positions[id] for id in positions if id in inside}
    else:
        places = {id: layers.get_parent_and_index(id) for id in held["_item_uuids"]}
        held["_original_positions"] = {id: place for id, place in places.items() if place is not None}


def _detach_foreign_groups(command: Command, manager: GroupManager) -> None:
    """Let groups that others made in the groups of a command outlive those.

    Quirk: undoing a grouping, or an import, removes all groups in its groups (0.2).
    """
    held = held_by(command)
    own = held.get("_group")
    made = imported_groups(command) | (set() if own is None else {own.group_uuid})
    outside = held.get("_parent_group_uuid")
    for id, group in list(manager._groups.items()):
        if group.parent_group_uuid in made and id not in made:
            manager.set_group_parent(id, outside if outside in manager._groups else None)


def _refresh_snapshot(node: Data, layers: LayerState) -> None:
    """Let undoing "Ungroup" leave hidden, locked and named what is in the group now."""
    for child in node.get("children", ()):
        live = layers.get_node(child["uuid"])
        if live is not None:
            flags = {"collapsed": live.collapsed, "visible": live.visible, "locked": live.locked}
            child.update(flags, **({} if live.name is None else {"name": live.name}))
        _refresh_snapshot(child, layers)


def _children(layers: LayerState, parent: str | None) -> list[str]:
    node = layers.get_node(parent) if parent else None
    if parent and node is None:
        return []
    return [child.uuid for child in (node.children if node else layers.get_root_nodes())]


def _merged(before: list[str], now: list[str], mine: set[str]) -> list[str]:
    """The present siblings, but mine after the ones that they followed before."""
    order = [id for id in now if id not in mine]
    for index, id in enumerate(before):
        if id in mine and id in now:
            above = next((other for other in reversed(before[:index]) if other in order), None)
            order.insert(0 if above is None else order.index(above) + 1, id)
    return order


def _changes(before: State, after: State) -> tuple[State, State]:
    """The differences between two states of an item, by property.

    Quirk: in 0.3 a state has a z value, which follows from the tree of layers. It differs when something else
    was put higher or lower while a dialog was open.
    """
    follows = {"z_value"} if knows_layers() else set()
    names = [
        name
        for name in before
        if name in after and name not in follows and _plain(before[name]) != _plain(after[name])
    ]
    old, new = ({name: state[name] for name in names} for state in (before, after))
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
