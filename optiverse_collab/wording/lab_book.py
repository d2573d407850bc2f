"""What people did to items, with the values before and after: the rows of a lab book page. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from optiverse_collab.core.records import Record, Set, record_difference
from optiverse_collab.wording import values
from optiverse_collab.wording.activity import Edited, Parts, deeds, predicate
from optiverse_collab.wording.edits import title
from optiverse_collab.wording.values import LAYERS

PROPERTIES = 4
"""Of how many properties a row has the values."""


class Row(NamedTuple):
    """What one person did to an item, or did alike to several.

    Attributes:
        who: the author.
        ids: of the items.
        what: ``Moved "M3" by 5.0 mm``.
        before, after: ``position (0.0, 0.0) mm``; empty where there is nothing to say.
    """

    who: str
    ids: tuple[str, ...]
    what: str
    before: str
    after: str


def rows(edited: Iterable[Edited]) -> list[Row]:
    """A row for each item, or for several if what was done to them and their values are the same."""
    groups: dict[tuple[str, Parts, str, str], list[tuple[str, str]]] = {}
    for by, before, after in edited:
        record = after or before
        for who, parts in deeds([(by, before, after)]):
            assert record is not None
            group = groups.setdefault((who, parts, *_values(before, after)), [])
            group.append((record.id, title(record.id, before or after)))
    return [
        Row(who, tuple(id for id, _ in items), _what(parts, [name for _, name in items]), old, new)
        for (who, parts, old, new), items in groups.items()
    ]


def _what(parts: Parts, names: list[str]) -> str:
    text = predicate(parts, names)
    return text[:1].upper() + text[1:]


def _values(before: Record | None, after: Record | None) -> tuple[str, str]:
    """The values of what differs; of a new or a removed item, its place."""
    op = None if before is None or after is None else record_difference(before, after)
    if before is not None and after is not None and isinstance(op, Set):
        names = [name for name in values.in_order([*op.props, *op.unset]) if name not in LAYERS]
        return _state(before.props, names), _state(after.props, names)
    old, new = ({} if record is None else record.props for record in (before, after))
    return _state(old, old.keys() & _PLACE), _state(new, new.keys() & _PLACE)


_PLACE = frozenset(("pos", "angle_deg"))


def _state(props: Mapping[str, Any], names: Collection[str]) -> str:
    shown = [
        f"{values.property_name(name)} {values.value(name, props[name])}"
        if name in props
        else f"no {values.property_name(name)}"
        for name in values.in_order(names)[:PROPERTIES]
    ]
    return ", ".join(shown) + ", …" * (len(names) > PROPERTIES)
