"""Which values of a record the host does not accept."""

from __future__ import annotations

from optiverse_collab.convert.shapes import SHAPES
from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.items.kinds import Kind
from optiverse_collab.host.optiverse.upstream.items import Props


def unacceptable(record: Record, data: Props, kind: Kind, item_class: type | None, before: Props) -> set[str]:
    """The names of the properties whose values must not reach an object of the host's.

    Args:
        record: what is to be shown …
        data: … and the same in the form of `to_dict`.
        item_class: the class of the object; None if the host has none.
        before: `data` of what the object shows now. That was checked then, and looking at each property is
            most of what a move costs.
    """
    shapes = SHAPES.get(record.kind, SHAPES["component"])
    bad = {name for name, fits in shapes.items() if name in record.props and not fits(record.props[name])}
    if item_class is None:
        return bad
    unsure = {name for name in data if name not in before or before[name] is not data[name]} - bad
    return bad | {name for name in unsure if not kind.accepts(item_class, name, data[name])}
