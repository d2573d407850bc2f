"""A second copy of a bench: the same content under new ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from optiverse_collab.convert.identity import is_id
from optiverse_collab.convert.reading import LINK_CACHE

_NAMES = ("item_uuid", "group_uuid")


def with_fresh_ids(bench: Mapping[str, Any], new_id: Callable[[], str]) -> dict[str, Any]:
    """The same bench with new ids for its items and groups, and updated references to them.

    Ids of things outside the bench stay, such as the component that a label belongs to, and the items of
    a linked file.

    Args:
        bench: from `json.load`; it is not changed.
        new_id: returns a unique id.
    """
    own = {name: part for name, part in bench.items() if name != LINK_CACHE}
    ids = {id: new_id() for id in dict.fromkeys(_ids(own))}
    copy = {**bench, **_renamed(own, ids)}
    cache = bench.get(LINK_CACHE)
    if isinstance(cache, Mapping):
        copy[LINK_CACHE] = {ids.get(id, id): linked for id, linked in cache.items()}
    return copy


def _ids(part: Any) -> Iterator[str]:
    """The ids that a part of a bench gives to items and groups, some of them several times."""
    if isinstance(part, Mapping):
        yield from (id for name in _NAMES if is_id(id := part.get(name)))
        # A node in the layers may refer to an item elsewhere.
        if part.get("type") != "item" and is_id(id := part.get("uuid")):
            yield id
    for inner in _inside(part):
        yield from _ids(inner)


def _inside(part: Any) -> Iterator[Any]:
    if isinstance(part, Mapping):
        yield from part.values()
    elif isinstance(part, list):
        yield from part


def _renamed(part: Any, ids: Mapping[str, str], is_id: bool = False) -> Any:
    """A part of a bench with the new ids, in properties whose names end in ``uuid`` or ``uuids``."""
    if isinstance(part, Mapping):
        return {name: _renamed(inner, ids, name.endswith(("uuid", "uuids"))) for name, inner in part.items()}
    if isinstance(part, list):
        return [_renamed(inner, ids, is_id) for inner in part]
    return ids.get(part, part) if is_id and isinstance(part, str) else part
