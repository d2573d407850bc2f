"""Which values of a record the host accepts."""

from __future__ import annotations

from typing import NamedTuple

from optiverse_collab.convert import item_from_record
from optiverse_collab.convert.kinds import ITEMS, KINDS
from optiverse_collab.convert.shapes import SHAPES
from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.items.kinds import Kind
from optiverse_collab.host.optiverse.upstream.items import Data, Props


class Accepted(NamedTuple):
    """A record in the form of `to_dict`, without the values that must not reach an object of the host's.

    Attributes:
        data: the rest.
        refused: the names of the record's properties with such values.
        left_out: what these are called in `to_dict`.
    """

    data: Data
    refused: set[str]
    left_out: set[str]


def accepted(record: Record, kind: Kind, item_class: type | None, before: Props) -> Accepted:
    """What an object of the host's can get of a record.

    Args:
        record: what is to be shown.
        kind: of the object.
        item_class: the class of the object; None if the host has none.
        before: what the object shows now, in the form of `to_dict`. That was checked then, and looking at
            each property is most of what a move costs.
    """
    data = item_from_record(record)
    shapes = SHAPES.get(record.kind, SHAPES["component"])
    refused = {name for name, fits in shapes.items() if name in record.props and not fits(record.props[name])}
    if item_class is not None:
        unsure = {name for name in data if name not in before or before[name] is not data[name]} - refused
        refused |= {name for name in unsure if not kind.accepts(item_class, name, data[name])}
    if not refused:
        return Accepted(data, refused, set())
    together = KINDS.get(record.kind, ITEMS).together
    left_out = {part for name in refused for part in together.get(name, (name,))}
    rest = {name: value for name, value in data.items() if name not in left_out}
    return Accepted(rest, refused, left_out)
