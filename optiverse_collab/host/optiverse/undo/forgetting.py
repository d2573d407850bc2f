"""Takes what others removed out of the host's undo commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_ITEM = ("item", "_item", "_node")
_SUBJECT = ("_uuid", "_link_uuid", "_item_uuid", "_target_group_uuid")
_LISTS = ("items", "_items", "_entries", "_commands", "_item_uuids", "_uuids")


def ids_of(command: Any) -> Iterator[str]:
    """The ids of the items and groups that a command speaks of."""
    state = vars(command)
    for name in ("_uuid", "_link_uuid", "_group_uuid"):
        if isinstance(state.get(name), str):
            yield state[name]
    for name in _ITEM:
        yield from _own_id(state.get(name))
    for part in state.get("_commands", ()):
        yield from ids_of(part)
    for name in (*_LISTS, "_cascade_labels"):
        for part in state.get(name) or ():
            yield from _own_id(part)


def _own_id(part: Any) -> Iterator[str]:
    """The id of an item, of a node, of an entry that begins with an item, or the id itself."""
    if isinstance(part, tuple):
        part = part[0]
    id = part if isinstance(part, str) else getattr(part, "item_uuid", getattr(part, "uuid", None))
    if isinstance(id, str):
        yield id


def without(command: Any, gone: set[str]) -> bool:
    """Take what is gone out of a command; returns whether it is still about something."""
    state = vars(command)
    if any(state.get(name) in gone for name in _SUBJECT if isinstance(state.get(name), str)):
        return False
    if any(not gone.isdisjoint(_own_id(state.get(name))) for name in _ITEM):
        return False
    if not gone.isdisjoint(_own_id(state.get("_autolabel_owner"))):
        command._autolabel_owner = None
    if not _without_groups(command, gone):
        return False
    for name in (*_LISTS, "_cascade_labels"):
        listed = state.get(name)
        if not isinstance(listed, list) or not listed:
            continue
        if name == "_commands":
            kept = [part for part in listed if without(part, gone)]
        else:
            kept = [part for part in listed if gone.isdisjoint(_own_id(part))]
        if name in _LISTS and not kept and not imported_groups(command) - gone:
            return False
        setattr(command, name, kept)
    for id in gone & state.get("_original_positions", {}).keys():
        del command._original_positions[id]
    if isinstance(state.get("_snapshot"), dict):
        _prune(command._snapshot, gone)
    return True


def _without_groups(command: Any, gone: set[str]) -> bool:
    """Let a command make no group anew that others removed; returns whether it is about more than that."""
    state = vars(command)
    group = state.get("_group_uuid") or getattr(state.get("_group"), "group_uuid", None)
    if group in gone and not {"item", "items"} & state.keys():
        return False
    if state.get("_group_uuid") in gone:
        command._group_uuid = command._group_data = None
    for name in ("_parent_group_uuid", "_previous_group_uuid"):
        if state.get(name) in gone:
            setattr(command, name, None)
    if isinstance(state.get("_imported_groups_data"), list):
        command._imported_groups_data = [
            data for data in state["_imported_groups_data"] if data.get("group_uuid") not in gone
        ]
    if "_item_groups" in state:
        command._item_groups = {id: group for id, group in command._item_groups.items() if group not in gone}
        command._group_data = {id: data for id, data in command._group_data.items() if id not in gone}
    return True


def take_away(command: Any, gone: set[str]) -> None:
    """Take away groups that a repeated command made anew, though others had removed them.

    Quirk: repeating "Import as layer" makes its groups from a copy (0.2).
    """
    for id in imported_groups(command) & gone:
        command._group_manager.delete_group(id, keep_items=True)


def imported_groups(command: Any) -> set[str]:
    """The ids of the groups that "Import as layer" makes."""
    state = vars(command)
    listed = [*state.get("_imported_groups_data", ()), state.get("_parent_group_data")]
    return {data["group_uuid"] for data in listed if data is not None}


def _prune(node: dict[str, Any], gone: set[str]) -> None:
    children = [child for child in node.get("children", ()) if child["uuid"] not in gone]
    if "children" in node:
        node["children"] = children
    for child in children:
        _prune(child, gone)
