"""Reads the tree of groups and layers from a file, in either of its two forms.

Optiverse 0.2 writes ``groups``, a flat list that names its items; the stacking follows from
`z_value`. Optiverse 0.3 writes ``layer_state``, a tree of everything from top to bottom. In a
file that has both (as we write it), ``layer_state`` counts, and ``groups`` only for the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

from optiverse_collab.convert.elsewhere import original
from optiverse_collab.convert.identity import Ids
from optiverse_collab.convert.kinds import LAYER, escaped
from optiverse_collab.convert.layers import FLAGS, holders, resolved, z_value
from optiverse_collab.convert.shapes import is_link

GROUP_TAKEN = frozenset(("parent", "order", "link", "absent_items", "linked_cache"))
"""Names with another meaning in the record of a group than in a file."""

_DEFAULTS = {**FLAGS, "z_base": 0}
"""The defaults of a group or a layer, which a record leaves out."""

_TREE_SAYS = ("name", *FLAGS)


class Entry(NamedTuple):
    """An item of a file.

    Attributes:
        id: its record's.
        kind: its record's.
        item: the entry of the file.
    """

    id: str
    kind: str
    item: dict[str, Any]


class Layers(NamedTuple):
    """The groups and layers of a file.

    Attributes:
        groups: group id → its properties, without its place.
        notes: item id → the item's properties in the tree, under names that start with `LAYER`.
        places: id of an item or a group → parent id (None at the root), and order.
        group_ids: the id of a group in the file → its record's id.
    """

    groups: dict[str, dict[str, Any]]
    notes: dict[str, dict[str, Any]]
    places: dict[str, tuple[str | None, float]]
    group_ids: dict[str, str]


def read_layers(
    bench: Mapping[str, Any],
    entries: Sequence[Entry],
    ids: Ids,
    with_more: Collection[str],
    warnings: list[str],
) -> Layers:
    """Read ``layer_state`` and ``groups`` of a file.

    Items that neither of them places lie on top of the rest of the root, ordered by
    `z_value` (as Optiverse 0.3.4 reads files of 0.2). Groups without members are left out.

    Args:
        bench: the file.
        entries: the items of the file, in the order in which Optiverse loads them.
        ids: assigns ids to groups.
        with_more: ids of groups that have other members than the items of the file.
        warnings: gets a sentence for every unusable entry.
    """
    reader = _Reader(entries, ids, warnings)
    reader.read_tree(bench.get("layer_state"))
    reader.read_groups(bench.get("groups"))
    reader.settle(with_more)
    return Layers(reader.groups, reader.notes, reader.places(), reader.group_ids)


class _Reader:
    def __init__(self, entries: Sequence[Entry], ids: Ids, warnings: list[str]) -> None:
        self.entries = {entry.id: entry for entry in entries}
        self.ids = ids
        self.warnings = warnings
        self.groups: dict[str, dict[str, Any]] = {}
        self.notes: dict[str, dict[str, Any]] = {}
        self.group_ids: dict[str, str] = {}
        self.parents: dict[str, str | None] = {}
        self.absent: set[str] = set()
        self.in_tree: list[str] = []
        self.in_list: list[str] = []

    def read_tree(self, state: Any) -> None:
        """Read ``layer_state``, if there is one."""
        if not state:
            return
        nodes = state.get("nodes") if isinstance(state, dict) else None
        if not isinstance(nodes, list) or state.get("version") != 1:
            self.warnings.append(
                "The layers of this file are in an unknown form; groups and order are taken from the rest."
            )
            return
        pending: list[tuple[Any, str | None]] = [(node, None) for node in reversed(nodes)]
        while pending:
            node, parent = pending.pop()
            if not isinstance(node, dict):
                self.warnings.append(f"Left out of the layers: {str(node)[:40]!r} is not an object.")
                continue
            is_item = node.get("type") == "item"
            below = self._take_item(node, parent) if is_item else self._take_group(node, parent)
            children = node.get("children")
            if isinstance(children, list):
                pending.extend((child, below) for child in reversed(children))

    def _take_item(self, node: dict[str, Any], parent: str | None) -> str | None:
        """Read the node of an item; returns the id under which its children are."""
        uuid = node.get("uuid")
        if not _is_key(uuid):
            self.warnings.append("Left out of the layers: an item without an id.")
            return parent
        if uuid not in self.entries:
            self._add_absent(node, uuid, parent)
            return parent
        if uuid in self.parents:
            self.warnings.append(f"The item {uuid!r} appears twice in the layers; the first place counts.")
            return parent
        self.notes[uuid] = {
            LAYER + name: value
            for name, value in node.items()
            if name not in ("uuid", "type", "children") and not _is_default(name, value)
        }
        self.parents[uuid] = parent
        self.in_tree.append(uuid)
        return uuid

    def _add_absent(self, node: dict[str, Any], uuid: str, group: str | None) -> None:
        """Keep a group's node of an item that is not in the file, for example of a linked file."""
        if group in self.groups and uuid not in self.absent:
            self.absent.add(uuid)
            kept = {"uuid": uuid, "type": "item"}
            if "link" in self.groups[group]:
                kept = {name: value for name, value in node.items() if not _is_default(name, value)}
                kept.pop("children", None)
            self.groups[group].setdefault("absent_items", []).append(kept)

    def _take_group(self, node: dict[str, Any], parent: str | None) -> str:
        content = {name: value for name, value in node.items() if name != "children"}
        id = self._claim(node.get("uuid"), content)
        props = _group_props(node, ("uuid", "children", "link_metadata"))
        if props.get("type") == "group":
            del props["type"]
        if "link_metadata" in node:
            props["link"] = _with_original_path(node["link_metadata"])
        self.groups[id] = props
        self.parents[id] = parent
        self.in_tree.append(id)
        return id

    def _claim(self, stated: Any, content: dict[str, Any]) -> str:
        id = self.ids.claim(stated, content, f"group {content.get('name')!r}")
        if isinstance(stated, str) and stated:
            self.group_ids.setdefault(stated, id)
        return id

    def read_groups(self, groups: Any) -> None:
        """Read ``groups``, except those already in the tree."""
        if groups is None:
            return
        if not isinstance(groups, list):
            self.warnings.append("The groups of this file are not a list; they are left out.")
            return
        in_tree = dict(self.group_ids)
        members: dict[str, str] = {}
        outer: dict[str, Any] = {}
        for group in groups:
            if not isinstance(group, dict):
                self.warnings.append(f"Left out of the groups: {str(group)[:40]!r} is not an object.")
                continue
            stated = group.get("group_uuid")
            id = in_tree.pop(stated, None) if _is_key(stated) else None
            props = _group_props(group, ("group_uuid", "item_uuids", "parent_group_uuid"))
            if id is not None:
                more = {name: value for name, value in props.items() if name not in _TREE_SAYS}
                self.groups[id] = {**more, **self.groups[id]}
            else:
                id = self._claim(stated, group)
                self.groups[id] = props
                self.in_list.append(id)
                outer[id] = group.get("parent_group_uuid")
            named = group.get("item_uuids")
            for uuid in filter(_is_key, named if isinstance(named, list) else ()):
                if uuid in self.entries:
                    members.setdefault(uuid, id)
                else:
                    self._add_absent({"uuid": uuid, "type": "item"}, uuid, id)
        for id, uuid in outer.items():
            self.parents[id] = self.group_ids.get(uuid) if _is_key(uuid) else None
        for uuid, id in members.items():
            self.parents.setdefault(uuid, id)

    def settle(self, with_more: Collection[str]) -> None:
        """Build a tree from the entries, without groups that have no members."""
        self.parents = resolved({**dict.fromkeys(self.entries), **self.parents})
        groups = self.groups
        full = {id for id in groups if is_link(groups[id].get("link")) or id in with_more}
        full |= holders([*full, *self.entries], self.parents)
        self.groups = {id: props for id, props in groups.items() if id in full}

    def places(self) -> dict[str, tuple[str | None, float]]:
        """The places of everything; entries outside the tree lie on top of the others."""
        in_tree = set(self.in_tree)
        loaded = [entry for entry in self.entries.values() if entry.id not in in_tree]
        # Of items at the same height, the one that was loaded last lies on top.
        loaded.reverse()
        loaded.sort(key=lambda entry: -z_value(entry.kind, entry.item))
        counts: dict[str | None, int] = {}
        places: dict[str, tuple[str | None, float]] = {}
        for id in (*self.in_list, *(entry.id for entry in loaded), *self.in_tree):
            if id in self.groups or id in self.entries:
                parent = self.parents[id]
                place = counts.get(parent, 0)
                counts[parent] = place + 1
                places[id] = (parent, float(place))
        return places


def _is_key(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and value != ""


def _is_default(name: str, value: Any) -> bool:
    return name in _DEFAULTS and value == _DEFAULTS[name]


def _with_original_path(link: Any) -> Any:
    if not is_link(link):
        return link
    return {**link, "source_path": original(link["source_path"])}


def _group_props(group: Mapping[str, Any], placed: tuple[str, ...]) -> dict[str, Any]:
    return {
        escaped(name, GROUP_TAKEN): value
        for name, value in group.items()
        if name not in placed and not _is_default(name, value)
    }
