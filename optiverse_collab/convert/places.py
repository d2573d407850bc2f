"""Finds moves in a tree of groups and layers, and applies them to a tree that others have changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from optiverse_collab.convert.layers import tree_of
from optiverse_collab.convert.shapes import is_number
from optiverse_collab.convert.stacking import restacked
from optiverse_collab.core.records import Record

Records = Mapping[str, Record]


class Place(NamedTuple):
    """A new place for a record.

    Attributes:
        parent: the group; None at the root.
        order: among its siblings.
        z_value: a height between the siblings above and below; None if they have none.
    """

    parent: str | None
    order: float
    z_value: float | None = None


def moved(before: Records, after: Records) -> set[str]:
    """The ids of records with a new parent or a new place among their siblings: as few as possible.

    Records that only one of the two has, and numbers that give the same order, don't count. Neither does
    the order of siblings that keep their `z_value`: 0.2 reverses those of one height each time it opens a
    file. A group that gets its first member gets a place, too: without members, it has none.
    """
    old, new = _children(before), _children(after)
    found: set[str] = set()
    for parent, ids in new.items():
        known = {id: float(place) for place, id in enumerate(old.get(parent, ()))}
        found.update(id for id in ids if id in before and id not in known)
        stayed = [id for id in ids if id in known]
        places = restacked(stayed, known)
        restack = {id for id in stayed if places[id] != known[id]}
        if any(_is_level(before[id], after[id]) for id in restack):
            restack = {id for id in stayed if not _is_as_high(before[id], after[id])}
        found |= restack
    return found


def _is_level(before: Record, after: Record) -> bool:
    """Whether an item has the same height; 0.2 gives items without one the height 0."""
    old, new = _height(before), _height(after)
    return new is not None and new == (0.0 if old is None else old)


def _is_as_high(before: Record, after: Record) -> bool:
    """The same, or neither height is known, as for groups."""
    return _is_level(before, after) or (_height(before) is None and _height(after) is None)


def _height(record: Record) -> float | None:
    return _number(record.props.get("z_value"))


def placed(theirs: Records, mine: Records, ids: Collection[str]) -> dict[str, Place]:
    """The places of some records in another tree, each below the sibling that lies above it in mine.

    Args:
        theirs: the tree that they go to.
        mine: the tree that they come from.
        ids: of those records.

    Returns:
        Their places, and new ones for siblings if there is no room between them.
    """
    result: dict[str, Place] = {}
    if not ids:
        return result
    wanted = set(ids)
    present = _children(theirs)
    for parent, siblings in _children(mine).items():
        if wanted.isdisjoint(siblings):
            continue
        there = [id for id in present.get(parent, ()) if id not in wanted]
        known = {id: float(order) for id in there if is_number(order := theirs[id].props.get("order"))}
        together = _inserted(there, siblings, wanted)
        heights = [None if id in wanted else _number(theirs[id].props.get("z_value")) for id in together]
        places, between = restacked(together, known), _between(heights)
        for at, id in enumerate(together):
            if id in wanted:
                result[id] = Place(parent, places[id], between[at])
            elif id in known and known[id] != places[id]:
                result[id] = Place(parent, places[id], heights[at])
    return result


def place_props(place: Place, there: Record) -> tuple[dict[str, object], list[str]]:
    """The properties to set and to unset to move a session's record to a place."""
    props: dict[str, object] = {"order": place.order}
    if place.z_value is not None and "z_value" in there.props:
        props["z_value"] = place.z_value
    if place.parent is None:
        return props, ["parent"] if "parent" in there.props else []
    return (props if there.props.get("parent") == place.parent else {**props, "parent": place.parent}), []


def _inserted(there: Sequence[str], siblings: Sequence[str], wanted: Collection[str]) -> list[str]:
    """The present siblings with the wanted ones inserted: each below the one that lies above it here."""
    anchors = set(there)
    first: list[str] = []  # above all anchors
    below: dict[str, list[str]] = {}
    group = first
    for id in siblings:
        if id in wanted:
            group.append(id)
        elif id in anchors:
            group = below.setdefault(id, [])
    top = next((id for id in siblings if id in anchors), None)
    result: list[str] = [] if top is not None else list(first)
    for id in there:
        if id == top:
            result += first
        result += [id, *below.get(id, ())]
    return result


def _between(heights: Sequence[float | None]) -> list[float | None]:
    """A height for each place, between the nearest ones above and below it."""
    below: list[float | None] = [None] * (len(heights) + 1)
    for at in range(len(heights) - 1, -1, -1):
        below[at] = below[at + 1] if heights[at] is None else heights[at]
    result: list[float | None] = []
    above: float | None = None
    for at, height in enumerate(heights):
        under = below[at + 1]
        if above is None or under is None:
            result.append(under + 1.0 if under is not None else None if above is None else above - 1.0)
        else:
            result.append((above + under) / 2)
        above = above if height is None else height
    return result


def _number(value: object) -> float | None:
    return float(value) if is_number(value) else None


def _children(records: Records) -> dict[str | None, list[str]]:
    """Parent → the ids in it, from top to bottom."""
    return {parent: [record.id for record in siblings] for parent, siblings in tree_of(dict(records)).items()}
