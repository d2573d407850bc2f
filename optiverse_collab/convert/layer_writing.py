"""Writes the tree of groups and layers to a file: for Optiverse 0.3 and for 0.2.

The result can always be opened, whatever the records contain: Optiverse 0.3.4 refuses a file
with a node without a type or a link without a path.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from optiverse_collab.convert.kinds import GROUP, LAYER, unescaped
from optiverse_collab.convert.layer_reading import GROUP_TAKEN
from optiverse_collab.convert.layers import FLAGS, Tree
from optiverse_collab.convert.shapes import is_link, is_number
from optiverse_collab.core.records import Record


def layer_state_of(tree: Tree) -> dict[str, Any]:
    """``layer_state``, as Optiverse 0.3 writes it: everything, from top to bottom."""
    return {"version": 1, "nodes": _nodes(tree, None, ids_in(tree))}


def ids_in(tree: Tree) -> set[str]:
    """The ids of everything in the tree."""
    return {record.id for siblings in tree.values() for record in siblings}


def _nodes(tree: Tree, parent: str | None, ids: set[str]) -> list[dict[str, Any]]:
    nodes = []
    for record in tree.get(parent, ()):
        node = _group_node(record) if record.kind == GROUP else _item_node(record)
        children = _nodes(tree, record.id, ids)
        if "link_metadata" in node:
            # Elsewhere, Optiverse 0.3 doesn't use nodes without items.
            children += _absent_nodes(record, ids)
        if children:
            node["children"] = children
        nodes.append(node)
    return nodes


def _group_node(group: Record) -> dict[str, Any]:
    props = {
        unescaped(name, GROUP_TAKEN): value
        for name, value in group.props.items()
        if name not in GROUP_TAKEN and name != "z_base"
    }
    if "link" in group.props:
        props["link_metadata"] = group.props["link"]
    type_ = props.pop("type", GROUP)
    return {"uuid": group.id, "type": type_ if _is_group_type(type_) else GROUP, **_can_be_opened(props)}


def _is_group_type(value: Any) -> bool:
    return isinstance(value, str) and value not in ("", "item")


def _item_node(item: Record) -> dict[str, Any]:
    notes = {name[len(LAYER) :]: value for name, value in item.props.items() if name.startswith(LAYER)}
    return {"uuid": item.id, "type": "item", **_can_be_opened(notes)}


def _can_be_opened(props: dict[str, Any]) -> dict[str, Any]:
    """The properties of a node, without unneeded ones and those that Optiverse can't read."""
    node = {name: value for name, value in props.items() if name not in ("uuid", "type", "children")}
    if not isinstance(node.get("name", ""), str):
        del node["name"]
    for name, default in FLAGS.items():
        if bool(node.pop(name, default)) != default:
            node[name] = not default
    if "link_metadata" in node and not is_link(node["link_metadata"]):
        del node["link_metadata"]
    return node


def _absent_nodes(group: Record, ids: set[str]) -> list[dict[str, Any]]:
    """The nodes of a group's items that are not on this bench."""
    nodes = group.props.get("absent_items")
    return [
        {"uuid": node["uuid"], "type": "item", **_can_be_opened(node)}
        for node in (nodes if group.kind == GROUP and isinstance(nodes, list) else ())
        if isinstance(node, dict) and isinstance(node.get("uuid"), str) and node["uuid"] not in ids
    ]


def groups_of(tree: Tree) -> list[dict[str, Any]]:
    """``groups``, as Optiverse 0.2 writes it: each with the ids of the items in it."""
    return list(_groups(tree, None, None, [], ids_in(tree)))


def _groups(
    tree: Tree, parent: str | None, outer: str | None, items: list[str], ids: set[str]
) -> Iterator[dict[str, Any]]:
    for record in tree.get(parent, ()):
        if record.kind != GROUP:
            items.append(record.id)
            yield from _groups(tree, record.id, outer, items, ids)
            continue
        group = _legacy_group(record, outer)
        yield group
        yield from _groups(tree, record.id, record.id, group["item_uuids"], ids)
        group["item_uuids"] += [node["uuid"] for node in _absent_nodes(record, ids)]


def _legacy_group(group: Record, outer: str | None) -> dict[str, Any]:
    props = {
        unescaped(name, GROUP_TAKEN): value
        for name, value in group.props.items()
        if name not in GROUP_TAKEN and name not in ("visible", "locked", "type", "parent_group_uuid")
    }
    if not isinstance(props.get("name", ""), str):
        del props["name"]
    z_base = props.get("z_base")
    entry = {
        **props,
        "item_uuids": [],
        "group_uuid": group.id,
        "collapsed": bool(props.get("collapsed", False)),
        "z_base": z_base if is_number(z_base) else 0.0,
    }
    if outer is not None:
        entry["parent_group_uuid"] = outer
    return entry


def from_bottom_to_top(tree: Tree) -> list[Record]:
    """All items, ordered so that among those with the same `z_value` the upper ones are loaded last."""
    items: list[Record] = []
    pending = list(reversed(tree.get(None, ())))
    while pending:
        record = pending.pop()
        if record.kind != GROUP:
            items.append(record)
        pending.extend(reversed(tree.get(record.id, ())))
    items.reverse()
    return items
