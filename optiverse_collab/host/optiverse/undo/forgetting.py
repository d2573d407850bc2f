"""Removes deleted items from the host's undo commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from optiverse_collab.host.optiverse.upstream.items import Data
from optiverse_collab.host.optiverse.upstream.undo import Command, held_by

_ITEM: tuple[Literal["item", "_item", "_node"], ...] = ("item", "_item", "_node")
"""Attributes that hold the items of a command."""

_SUBJECT: tuple[Literal["_uuid", "_link_uuid", "_item_uuid", "_target_group_uuid"], ...] = (
    "_uuid",
    "_link_uuid",
    "_item_uuid",
    "_target_group_uuid",
)
"""Attributes that hold the id of a command's item."""

_NAMED: tuple[Literal["_uuid", "_link_uuid", "_group_uuid"], ...] = ("_uuid", "_link_uuid", "_group_uuid")
"""Attributes that hold an id of which the command holds nothing else."""

_List = Literal["items", "_items", "_entries", "_commands", "_item_uuids", "_uuids", "_cascade_labels"]

_LISTS: tuple[_List, ...] = ("items", "_items", "_entries", "_commands", "_item_uuids", "_uuids")
"""Attributes that list the items of a command."""

_EVERY_LIST: tuple[_List, ...] = (*_LISTS, "_cascade_labels")


def ids_of(command: Command) -> Iterator[str]:
    """The ids of a command's items and groups."""
    held = held_by(command)
    for named in _NAMED:
        yield from _id_of(held.get(named))
    for item in _ITEM:
        yield from _id_of(held.get(item))
    made = held.get("_group")
    yield from imported_groups(command) | (set() if made is None else {made.group_uuid})
    for inner in held.get("_commands", ()):
        yield from ids_of(inner)
    for listed in _EVERY_LIST:
        for part in held.get(listed) or ():
            yield from _id_of(part)


def _id_of(part: object) -> Iterator[str]:
    """The id of an item, of a node, of an entry that begins with an item, or the id itself."""
    if isinstance(part, tuple):
        part = part[0]
    id = part if isinstance(part, str) else getattr(part, "item_uuid", getattr(part, "uuid", None))
    if isinstance(id, str):
        yield id


def without(command: Command, gone: set[str]) -> bool:
    """Remove deleted items from a command; return whether anything is left."""
    held = held_by(command)
    if any(held.get(name) in gone for name in _SUBJECT):
        return False
    if any(held_by(part).get("_link_uuid") in gone for part in held.get("_commands", ())):
        return False  # its other parts move the items of the linked file, which are nobody's edit
    if any(not gone.isdisjoint(_id_of(held.get(name))) for name in _ITEM):
        return False
    if not gone.isdisjoint(_id_of(held.get("_autolabel_owner"))):
        held["_autolabel_owner"] = None
    if not _without_groups(command, gone):
        return False
    if not all(_without_parts(command, name, gone) for name in _EVERY_LIST if held.get(name)):
        return False
    for id in gone & held.get("_original_positions", {}).keys():
        del held["_original_positions"][id]
    snapshot = held.get("_snapshot")
    if snapshot is not None:
        _prune(snapshot, gone)
    return True


def _without_parts(command: Command, name: _List, gone: set[str]) -> bool:
    """Remove deleted items from one list of a command; return whether anything is left."""
    held = held_by(command)
    if name == "_commands":
        left: list[Any] = [part for part in held["_commands"] if without(part, gone)]
    else:
        left = [part for part in held[name] if gone.isdisjoint(_id_of(part))]
    if name in _LISTS and not left and not imported_groups(command) - gone:
        return False
    vars(command)[name] = left
    return True


def _without_groups(command: Command, gone: set[str]) -> bool:
    """Stop a command from recreating groups that others removed; return whether anything else is left."""
    held = held_by(command)
    made = held.get("_group")
    group = held.get("_group_uuid") or (made.group_uuid if made is not None else None)
    if group in gone and not {"item", "items"} & held.keys():
        return False
    if held.get("_group_uuid") in gone:
        held["_group_uuid"] = held["_group_data"] = None
    if held.get("_parent_group_uuid") in gone:
        held["_parent_group_uuid"] = None
    if held.get("_previous_group_uuid") in gone:
        held["_previous_group_uuid"] = None
    if "_imported_groups_data" in held:
        held["_imported_groups_data"] = [
            data for data in held["_imported_groups_data"] if data.get("group_uuid") not in gone
        ]
    if "_item_groups" in held:
        held["_item_groups"] = {id: group for id, group in held["_item_groups"].items() if group not in gone}
        groups = held.get("_group_data") or {}
        held["_group_data"] = {id: data for id, data in groups.items() if id not in gone}
    return True


def remove_recreated_groups(command: Command, gone: set[str]) -> None:
    """Remove the groups that a repeated command recreated although others had removed them.

    Quirk: repeating "Import as layer" makes its groups from a copy (0.2).
    """
    manager = held_by(command).get("_group_manager")
    if manager is not None:
        for id in imported_groups(command) & gone:
            manager.delete_group(id, keep_items=True)


def imported_groups(command: Command) -> set[str]:
    """The ids of the groups that "Import as layer" makes."""
    held = held_by(command)
    listed = [*held.get("_imported_groups_data", ()), held.get("_parent_group_data")]
    return {data["group_uuid"] for data in listed if data is not None}


def _prune(node: Data, gone: set[str]) -> None:
    children = [child for child in node.get("children", ()) if child["uuid"] not in gone]
    if "children" in node:
        node["children"] = children
    for child in children:
        _prune(child, gone)
