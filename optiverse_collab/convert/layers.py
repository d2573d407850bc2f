"""The tree of groups and layers: membership in groups, and the stacking.

Each item and each group states its own place: `parent` is the id of the group (or, for a
label, of the item) that it is in, and is absent at the root; `order` is its place among its
siblings, the smallest on top. So two people who group different items at once don't conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from optiverse_collab.convert.kinds import ASSEMBLY, GROUP, LAYER
from optiverse_collab.convert.shapes import is_link, is_number
from optiverse_collab.core.records import Record

FLAGS = {"collapsed": False, "visible": True, "locked": False}
"""The properties of a group or layer, with their defaults, which a record leaves out."""

MAX_DEPTH = 64
"""The deepest nesting of groups. Optiverse reads the tree recursively, and would fail at a thousand."""

_DEFAULT_Z = {"ruler": 10_000.0, "path_measure": 9_999.0, "angle_measure": 9_999.0, "rectangle": 100.0}
"""The heights that Optiverse 0.2.7 and 0.3.4 give new items; others lie at 0."""

Tree = dict["str | None", list[Record]]
"""Parent id, or None for the root → its members, from top to bottom."""


def sibling_key(record: Record) -> tuple[int, float, float, str]:
    """The key that sorts siblings from top to bottom, the same everywhere.

    Siblings without `order` lie on top of those with one: groups first, then items by `z_value`.
    Ties are settled by id.
    """
    order = record.props.get("order")
    if is_number(order):
        return (1, float(order), 0.0, record.id)
    return (0, 0.0 if record.kind == GROUP else 1.0, -z_value(record.kind, record.props), record.id)


def z_value(kind: str, item: Mapping[str, Any]) -> float:
    """The height of an item in the scene, once Optiverse has loaded it."""
    z = item.get("z_value")
    return float(z) if is_number(z) else _DEFAULT_Z.get(kind, 0.0)


def shows_file(group: Record) -> bool:
    """Whether a group shows a linked file; then it has members, whatever the file contains."""
    return is_link(group.props.get("link"))


def tree_of(records: Mapping[str, Record], has_more: Callable[[Record], bool] = shows_file) -> Tree:
    """The places of everything, the same for all participants, even for an invalid tree.

    A missing `parent` counts as the root. Of groups that contain each other, the one with the smallest id
    is at the root. Members deeper than `MAX_DEPTH` levels are at the root. A group without members is left
    out, and so is one that contains only such groups.

    Args:
        records: id → record.
        has_more: whether a group has members without records here.
    """
    nodes = [record for record in records.values() if record.kind != ASSEMBLY]
    parents = resolved({record.id: record.props.get("parent") for record in nodes})
    members = [record.id for record in nodes if record.kind != GROUP or has_more(record)]
    shown = {*members, *holders(members, parents)}
    tree: Tree = {None: []}
    for record in nodes:
        if record.id in shown:
            tree.setdefault(parents[record.id], []).append(record)
    for siblings in tree.values():
        siblings.sort(key=sibling_key)
    return tree


def hidden(records: Mapping[str, Record]) -> set[str]:
    """The ids of what is hidden: with a mark of its own, or together with what it is in."""
    marked = {id for id, record in records.items() if record.props.get(_visible(record), True) is False}
    if not marked:
        return marked
    parents = resolved({id: record.props.get("parent") for id, record in records.items()})
    return {id for id in parents if id in marked or not marked.isdisjoint(holders([id], parents))}


def _visible(record: Record) -> str:
    """The property that says whether a group or an item is visible."""
    return "visible" if record.kind == GROUP else f"{LAYER}visible"


def holders(members: Iterable[str], parents: Mapping[str, str | None]) -> set[str]:
    """The ids of all ancestors of `members`; `parents` must have no cycle."""
    found: set[str] = set()
    for id in members:
        parent = parents[id]
        while parent is not None and parent not in found:
            found.add(parent)
            parent = parents[parent]
    return found


def resolved(wanted: Mapping[str, Any]) -> dict[str, str | None]:
    """The effective parents, from those in the records (see `tree_of`)."""
    parents = {
        id: parent if isinstance(parent, str) and parent in wanted else None for id, parent in wanted.items()
    }
    depths: dict[str, int] = {}
    for start in sorted(parents):
        path: list[str] = []
        on_path: set[str] = set()
        node: str | None = start
        while node is not None and node not in depths:
            if node in on_path:
                _cut(parents, path[path.index(node) :])
                path.clear()
                on_path.clear()
                node = start
            path.append(node)
            on_path.add(node)
            node = parents[node]
        depth = 0 if node is None else depths[node]
        for id in reversed(path):
            depth += 1
            if depth > MAX_DEPTH:
                parents[id], depth = None, 1
            depths[id] = depth
    return parents


def _cut(parents: dict[str, str | None], cycle: list[str]) -> None:
    parents[min(cycle)] = None
