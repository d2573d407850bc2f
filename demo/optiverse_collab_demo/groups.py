"""Membership in groups. No Qt.

Groups are items of kind ``group``; what is in one says so with its property `parent`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optiverse_collab.convert.layers import resolved
from optiverse_collab_demo.model import Item

GROUP = "group"


def parents(items: Mapping[str, Item]) -> dict[str, str | None]:
    """Each item's group, whatever the items say: no group is in itself, none is missing."""
    return resolved({id: item.props.get("parent") for id, item in items.items()})


def root(id: str, up: Mapping[str, str | None]) -> str:
    """The outermost group that an item is in, or the item itself.

    Args:
        id: of the item.
        up: what `parents` gives.
    """
    while (parent := up.get(id)) is not None:
        id = parent
    return id


def with_groups(items: Mapping[str, Item], ids: Iterable[str]) -> list[str]:
    """All items that share an outermost group with one of `ids`, and `ids`; without the groups."""
    up = parents(items)
    roots = {root(id, up) for id in ids if id in items}
    return [id for id, item in items.items() if item.kind != GROUP and root(id, up) in roots]


def roots_of(items: Mapping[str, Item], ids: Iterable[str]) -> list[str]:
    """The outermost groups of `ids`, or the items themselves, each once."""
    up = parents(items)
    return list(dict.fromkeys(root(id, up) for id in ids if id in items))


def emptied(items: Mapping[str, Item], leaving: Iterable[str]) -> list[str]:
    """The groups that hold nothing any more when the items `leaving` are gone, inner ones first."""
    up, gone = parents(items), set(leaving)
    empty: list[str] = []
    while True:
        touched = {up[id] for id in gone if up.get(id) is not None} - gone
        full = {up[id] for id in items if id not in gone}
        more = [id for id in touched if id is not None and id not in full]
        if not more:
            return empty
        empty += more
        gone.update(more)
