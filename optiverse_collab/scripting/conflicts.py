"""Conflicts for scripts: the two edits, with both values."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.effects import ConflictKind
from optiverse_collab.core.records import Op, Remove, Set
from optiverse_collab.scripting.read_only import read_only
from optiverse_collab.wording.conflicts import sentence


class Conflict(NamedTuple):
    """Two people edited the same properties of an item, and one of them had not seen the other's edit.

    It can't be changed. ``conflict._asdict()`` dumps as a JSON object.

    Attributes:
        id: of the item.
        name: the item's name; empty if it has none.
        properties: the names of the properties in conflict; empty if one of the two removed the item.
        mine: property → the value that this script gave it; without those that it removed. None if the
            script removed the item.
        theirs: the same of the other edit, as far as this replica knows it. None if they removed the item.
        by: the name of the other edit's author; empty if unknown.
        stands: whose edit the session has.
        sentence: all of that in a sentence.
    """

    id: str
    name: str
    properties: list[str]
    mine: dict[str, Any] | None
    theirs: dict[str, Any] | None
    by: str
    stands: Literal["mine", "theirs"]
    sentence: str


def conflict_of(effect: fx.Conflict) -> Conflict:
    """The conflict for an effect of the core."""
    mine, theirs = effect.mine, effect.theirs
    name = "" if effect.record is None else effect.record.props.get("name", "")
    return Conflict(
        id=mine.id,
        name=name if isinstance(name, str) else "",
        properties=read_only(list(effect.names) or _names(mine, theirs)),
        mine=_values(mine),
        theirs=read_only({}) if theirs is None else _values(theirs),
        by=effect.by,
        stands="mine" if effect.kind is ConflictKind.REPLACED_THEIRS else "theirs",
        sentence=f"{sentence(effect)}.",
    )


def _names(mine: Op, theirs: Op | None) -> list[str]:
    """The properties of an edit that conflicts completely."""
    if isinstance(mine, Remove) or isinstance(theirs, Remove):
        return []
    return [*mine.props, *(mine.unset if isinstance(mine, Set) else ())]


def _values(op: Op) -> dict[str, Any] | None:
    values: dict[str, Any] | None = None if isinstance(op, Remove) else read_only(op.props)
    return values
