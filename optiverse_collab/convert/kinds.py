"""One item of a bench ↔ one record, with a table of kinds (docs/bench-format.md).

The plugin calls `record_from_item` and `item_from_record` for every item that moves, many times a
second, so both are one pass over the properties.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from optiverse_collab.convert.elsewhere import original
from optiverse_collab.convert.identity import derived_id, is_id
from optiverse_collab.core.records import Record

IMAGE = "image_path"

ESCAPE = "file:"
LAYER = "layer_"
"""An item's properties from the layer tree have names in its record that start with this."""

GROUP = "group"
ASSEMBLY = "assembly"
ITEM = "item"
"""The kind of entries of ``items`` with a `_type` that is not a valid kind."""


class Kind(NamedTuple):
    """How a file stores one kind of item.

    Attributes:
        section: the list of the file that contains it.
        marker: the property that names the kind, ``_type`` or ``type``; None if there is none.
        together: property of the record → the numbers of the file that it combines, in order.
        parts: all those numbers.
        taken: names with another meaning in records; a property of the file with such a name is
        escaped (`ESCAPE`).
    """

    section: str
    marker: str | None
    together: dict[str, tuple[str, ...]]
    parts: frozenset[str]
    taken: frozenset[str]


_OURS = ("parent", "order", "item_uuid")


def _kind(section: str, marker: str, **together: tuple[str, ...]) -> Kind:
    parts = frozenset(name for names in together.values() for name in names)
    own = ("_type",) if marker == "_type" else ()
    return Kind(section, marker, together, parts, frozenset((*_OURS, *own, *together)))


_POS_MM = ("x_mm", "y_mm")
_JONES = ("custom_jones_ex_real", "custom_jones_ex_imag", "custom_jones_ey_real", "custom_jones_ey_imag")

ITEMS = _kind("items", "_type", pos=_POS_MM)
"""The format of entries of ``items`` without a line of their own below."""

KINDS = {
    "component": ITEMS,
    "source": _kind("items", "_type", pos=_POS_MM, custom_jones=_JONES),
    ITEM: ITEMS._replace(marker=None, taken=ITEMS.taken - {"_type"}),
    "ruler": _kind("rulers", "type"),
    "text": _kind("texts", "type", pos=("x", "y"), owner_offset=("owner_offset_x", "owner_offset_y")),
    "rectangle": _kind("rectangles", "type", pos=("x", "y"), size_mm=("width_mm", "height_mm")),
    "path_measure": _kind("path_measures", "type"),
    "angle_measure": _kind("angle_measures", "type"),
}

ANNOTATIONS = {spec.section: kind for kind, spec in KINDS.items() if spec.marker == "type"}
"""Section of the file → the kind of its entries."""

SECTIONS = ("items", *ANNOTATIONS)
"""The lists of a file that hold items, in the order in which Optiverse loads them."""

_NOT_FROM_FILES = frozenset((ITEM, GROUP, ASSEMBLY, *ANNOTATIONS.values()))


def is_item(record: Record) -> bool:
    """Whether a record is an item on the bench, rather than a group or the rest of the file."""
    return record.kind != GROUP and record.kind != ASSEMBLY


def record_from_item(item: Mapping[str, Any]) -> Record:
    """The record of one item, from its `to_dict` or from a file.

    Without the layer tree: the record has no `parent` and no `order`. An item without an
    id gets one derived from its content.
    """
    type_ = item.get("type")
    is_annotation = "_type" not in item and type_ in ANNOTATIONS.values()
    kind = str(type_) if is_annotation else kind_of(item)
    stated = item.get("item_uuid")
    id = stated if isinstance(stated, str) and stated else derived_id(item)
    return Record(id, kind, props_of(item, kind))


def kind_of(item: Mapping[str, Any]) -> str:
    """The kind of an entry of ``items``: its `_type`, if that is a valid kind, otherwise `ITEM`."""
    kind = item.get("_type")
    if is_id(kind) and kind not in _NOT_FROM_FILES:
        return kind
    return ITEM


def props_of(item: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The properties of a file's item as a record of `kind`."""
    spec = KINDS.get(kind, ITEMS)
    parts, taken = spec.parts, spec.taken
    props: dict[str, Any] = {}
    for name, value in item.items():
        if name in parts or name == "item_uuid" or (name == spec.marker and value == kind):
            continue
        if name in taken or name.startswith((LAYER, ESCAPE)):
            name = escaped(name, taken)
        props[name] = original(value) if name == IMAGE and isinstance(value, str) else value
    for name, names in spec.together.items():
        if all(part in item for part in names):
            props[name] = [item[part] for part in names]
        else:
            props.update((part, item[part]) for part in names if part in item)
    return props


def item_from_record(record: Record) -> dict[str, Any]:
    """A record as an item of a file, or for `from_dict`.

    A combined property that isn't a list of the right length is left out.

    Raises:
        ValueError: the record is a group or the rest of the file.
    """
    if not is_item(record):
        raise ValueError(f"a record of kind {record.kind!r} is not an item")
    spec = KINDS.get(record.kind, ITEMS)
    taken = spec.taken
    item: dict[str, Any] = {} if spec.marker is None else {spec.marker: record.kind}
    for name, value in record.props.items():
        if name in taken or name.startswith(LAYER):
            continue
        item[unescaped(name, taken) if name.startswith(ESCAPE) else name] = value
    for name, names in spec.together.items():
        value = record.props.get(name)
        if isinstance(value, (list, tuple)) and len(value) == len(names):
            item.update(zip(names, value, strict=True))
    item["item_uuid"] = record.id
    return item


def escaped(name: str, taken: frozenset[str]) -> str:
    """A name for a record's property that doesn't clash with `taken`."""
    return ESCAPE + name if _clashes(name, taken) else name


def unescaped(name: str, taken: frozenset[str]) -> str:
    """The inverse of `escaped`."""
    return name[len(ESCAPE) :] if name.startswith(ESCAPE) and _clashes(name, taken) else name


def _clashes(name: str, taken: frozenset[str]) -> bool:
    while name.startswith(ESCAPE):
        name = name[len(ESCAPE) :]
    return name in taken or name.startswith(LAYER)
