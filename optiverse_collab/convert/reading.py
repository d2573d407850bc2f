"""A bench file → records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from optiverse_collab.convert.identity import Ids
from optiverse_collab.convert.kinds import (
    ANNOTATIONS,
    ASSEMBLY,
    GROUP,
    ITEM,
    SECTIONS,
    is_item,
    kind_of,
    props_of,
)
from optiverse_collab.convert.layer_reading import Entry, Layers, read_layers
from optiverse_collab.convert.old_format import converted, is_old
from optiverse_collab.core.checks import check_change
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import size_of
from optiverse_collab.core.records import Record, put
from optiverse_collab.errors import BenchFileError, ChangeRefused

VERSION = "2.0"
"""The version of the file format, as Optiverse 0.2 and 0.3 write it."""

ASSEMBLY_ID = "assembly"
"""The id of the record for the file as a whole."""

SET_ASIDE = "set_aside"
"""The section for records that Optiverse could not open; it ignores this section."""

LINK_CACHE = "linked_assembly_cache"

OWN_KEYS = frozenset(("version", *SECTIONS, "groups", "layer_state", LINK_CACHE, SET_ASIDE, "_autosave_meta"))


class Imported(NamedTuple):
    """The content of a file.

    Attributes:
        records: id → record.
        warnings: a sentence for everything in the file that is unusable or changed.
    """

    records: dict[str, Record]
    warnings: list[str]


class Contents(NamedTuple):
    """A file taken apart, before its items become records.

    Attributes:
        entries: the items, in the order in which Optiverse loads them.
        layers: groups and places.
        rest: keys of the file as a whole.
        aside: records that were set aside when the file was written.
        warnings: as in `Imported`.
    """

    entries: list[Entry]
    layers: Layers
    rest: dict[str, Any]
    aside: list[Record]
    warnings: list[str]


def check_bench(bench: Any, name: str = "This") -> None:
    """Check that `bench` is a bench, before reading it.

    Args:
        bench: the result of `json.load`.
        name: its name in an error, for example the path of the file.

    Raises:
        BenchFileError: it is not a bench, or has another version.
    """
    if not isinstance(bench, dict):
        raise BenchFileError(f"{name} is not an Optiverse bench: it holds no JSON object.")
    if "version" not in bench and "object_height_mm" in bench:
        raise BenchFileError(
            f"{name} is a component of the library, not a bench: "
            "place it on a bench in Optiverse, and save that."
        )
    if is_old(bench):
        return
    if bench.get("version") != VERSION:
        stated = f"is of version {bench['version']!r}" if "version" in bench else "states no version"
        raise BenchFileError(
            f"{name} {stated} of the format, and only {VERSION!r} and older can be read; "
            "update optiverse-collab, or check that this is the right file."
        )
    if not isinstance(bench.get("items", []), list):
        raise BenchFileError(f"{name} is not an Optiverse bench: its 'items' are not a list.")
    if not any(section in bench for section in SECTIONS):
        raise BenchFileError(f"{name} is not an Optiverse bench: it has no 'items'.")


def records_from_bench(bench: Any) -> Imported:
    """The records of a bench, each with its place in the tree of layers.

    A file from before version 2.0 is converted, with a warning. A bad entry doesn't stop the rest: it is
    left out, with a warning. The same file always gives the same records, even if its items have no ids.

    Args:
        bench: the result of `json.load` for an Optiverse assembly file.

    Raises:
        BenchFileError: it is not a bench at all (see `check_bench`).
    """
    check_bench(bench)
    contents = contents_of(bench)
    warnings = contents.warnings
    records: dict[str, Record] = {}
    for record in (*_item_records(contents), *_group_records(contents), *contents.aside):
        kept = _shareable(record, warnings)
        if kept is not None:
            records[kept.id] = kept
    if contents.rest:
        rest = {name: value for name, value in contents.rest.items() if _is_shareable(name, value, warnings)}
        records[ASSEMBLY_ID] = Record(ASSEMBLY_ID, ASSEMBLY, rest)
    return Imported(records, warnings)


def contents_of(bench: Mapping[str, Any]) -> Contents:
    """Split a bench that `check_bench` accepts into its parts."""
    warnings: list[str] = []
    if is_old(bench):
        bench = converted(bench, warnings)
    ids = Ids((ASSEMBLY_ID,), warnings)
    entries = _entries(bench, ids, warnings)
    layers = read_layers(bench, entries, ids, _parents_of_aside(bench.get(SET_ASIDE)), warnings)
    rest = {name: value for name, value in bench.items() if name not in OWN_KEYS}
    orphans = _spread_link_cache(bench.get(LINK_CACHE), layers)
    if orphans:
        rest[LINK_CACHE] = orphans
    return Contents(entries, layers, rest, _set_aside(bench.get(SET_ASIDE), ids, warnings), warnings)


def _entries(bench: Mapping[str, Any], ids: Ids, warnings: list[str]) -> list[Entry]:
    entries = []
    for section in SECTIONS:
        listed = bench.get(section, [])
        if not isinstance(listed, list):
            warnings.append(f"Left out: the {section!r} are not a list.")
            continue
        for number, item in enumerate(listed, 1):
            what = f"number {number} of the {section!r}"
            if not isinstance(item, dict):
                warnings.append(f"Left out: {what} is not an object.")
                continue
            kind = ANNOTATIONS.get(section) or kind_of(item)
            if kind == ITEM:
                warnings.append(f"Optiverse won't show {what}: its type can't be one. It is kept unchanged.")
            entries.append(Entry(ids.claim(item.get("item_uuid"), item, what), kind, item))
    return entries


def _spread_link_cache(cache: Any, layers: Layers) -> Any:
    """Give each linked group the copy of its file; returns the copies without a group."""
    if not isinstance(cache, dict):
        return cache
    orphans = {}
    for stated, copy in cache.items():
        id = layers.group_ids.get(stated)
        if id not in layers.groups:
            orphans[stated] = copy
        else:
            layers.groups[id]["linked_cache"] = copy
    return orphans


def _parents_of_aside(aside: Any) -> set[str]:
    """The ids of the groups of records that were set aside."""
    entries = [entry for entry in aside if isinstance(entry, dict)] if isinstance(aside, list) else []
    parents = [props.get("parent") for entry in entries if isinstance(props := entry.get("props"), dict)]
    return {parent for parent in parents if isinstance(parent, str)}


def _set_aside(aside: Any, ids: Ids, warnings: list[str]) -> list[Record]:
    records = []
    for number, entry in enumerate(aside if isinstance(aside, list) else (), 1):
        what = f"number {number} of what was set aside"
        fields = [entry.get(name) for name in ("id", "kind", "props")] if isinstance(entry, dict) else []
        if [type(field) for field in fields] != [str, str, dict]:
            warnings.append(f"Left out: {what} is not a record.")
            continue
        record = Record(ids.claim(entry["id"], entry, what), entry["kind"], entry["props"])
        if is_item(record):
            records.append(record)
    return records


def _item_records(contents: Contents) -> list[Record]:
    layers = contents.layers
    return [
        Record(id, kind, {**props_of(item, kind), **layers.notes.get(id, {}), **_place(layers, id)})
        for id, kind, item in contents.entries
    ]


def _group_records(contents: Contents) -> list[Record]:
    layers = contents.layers
    return [Record(id, GROUP, {**props, **_place(layers, id)}) for id, props in layers.groups.items()]


def _place(layers: Layers, id: str) -> dict[str, Any]:
    parent, order = layers.places[id]
    return {"order": order} if parent is None else {"parent": parent, "order": order}


_LIMITS = Limits()


def _shareable(record: Record, warnings: list[str]) -> Record | None:
    """The record, or the part of it that a session accepts."""
    name = f"{record.kind} {record.props.get('name') or record.id!r}"
    try:
        check_change([put(record)], _LIMITS)
    except ChangeRefused as error:
        warnings.append(f"Left out: the {name}. {error}")
        return None
    if size_of(record) <= _LIMITS.record_bytes:
        return record
    if "linked_cache" in record.props:
        warnings.append(
            f"The copy of the file that the {name} links to is too large to share; "
            "others need the file itself."
        )
        props = {name: value for name, value in record.props.items() if name != "linked_cache"}
        return _shareable(Record(record.id, record.kind, props), warnings)
    warnings.append(f"Left out: the {name} is longer than {_LIMITS.record_bytes // 1024} KiB.")
    return None


def _is_shareable(name: str, value: Any, warnings: list[str]) -> bool:
    return _shareable(Record(ASSEMBLY_ID, ASSEMBLY, {name: value}), warnings) is not None
