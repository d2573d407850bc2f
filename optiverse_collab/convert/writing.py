"""Records → a bench file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optiverse_collab.convert.kinds import ASSEMBLY, GROUP, ITEMS, KINDS, item_from_record
from optiverse_collab.convert.layer_writing import from_bottom_to_top, groups_of, ids_in, layer_state_of
from optiverse_collab.convert.layers import Tree, shows_file, tree_of
from optiverse_collab.convert.reading import LINK_CACHE, OWN_KEYS, SET_ASIDE, VERSION
from optiverse_collab.convert.shapes import can_be_opened
from optiverse_collab.core.records import Record


def bench_from_records(records: Mapping[str, Record]) -> dict[str, Any]:
    """The bench that consists of these records: a file for Optiverse 0.2 and for 0.3.

    Optiverse can open the file whatever the records contain: an item that it can't read goes
    to the section `SET_ASIDE`, which only `records_from_bench` reads.

    Args:
        records: id → record, for example a replica's view.

    Returns:
        The bench, for `json.dump`.
    """
    aside = [
        record
        for record in records.values()
        if record.kind not in (GROUP, ASSEMBLY) and not can_be_opened(record)
    ]
    left_out = {record.id: record.props.get("parent") for record in aside}
    tree = tree_of(
        {id: record for id, record in records.items() if id not in left_out},
        lambda group: shows_file(group) or group.id in left_out.values(),
    )
    bench: dict[str, Any] = {
        "version": VERSION,
        "items": [],
        "rulers": [],
        "texts": [],
        "rectangles": [],
        "path_measures": [],
    }
    for record in from_bottom_to_top(tree):
        section = KINDS.get(record.kind, ITEMS).section
        bench.setdefault(section, []).append(item_from_record(record))
    bench["groups"] = groups_of(tree)
    bench["layer_state"] = layer_state_of(tree)
    _add_rest(bench, records, tree)
    if aside:
        bench[SET_ASIDE] = [{"id": one.id, "kind": one.kind, "props": one.props} for one in aside]
    return bench


def _add_rest(bench: dict[str, Any], records: Mapping[str, Record], tree: Tree) -> None:
    """Add the keys of the file as a whole, and the copies of linked files."""
    cache = {}
    for record in records.values():
        if record.kind == ASSEMBLY:
            bench.update((name, value) for name, value in record.props.items() if name not in OWN_KEYS)
            orphans = record.props.get(LINK_CACHE)
            cache.update(orphans if isinstance(orphans, dict) else {})
    shown = ids_in(tree)
    for record in records.values():
        if record.kind == GROUP and record.id in shown and "linked_cache" in record.props:
            cache[record.id] = record.props["linked_cache"]
    # Optiverse 0.3.4 fails on a copy that is not an object.
    cache = {id: copy for id, copy in cache.items() if isinstance(copy, dict)}
    if cache:
        bench[LINK_CACHE] = cache
