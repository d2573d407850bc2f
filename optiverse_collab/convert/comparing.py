"""When two bench files are the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from optiverse_collab.convert.kinds import GROUP, ITEMS, KINDS
from optiverse_collab.convert.reading import Contents, check_bench, contents_of

_ABSENT = object()


def same_bench(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
    """How bench `b` differs from bench `a`.

    Two benches are the same if they have

    - the same items: by id, in the same section, with the same properties. Two properties are the same
      if they have the same value: numbers count by value exactly (``1`` is ``1.0``; no tolerance), text by
      character, lists by element in their order; ``true`` is not ``1``, and null is not absence;
    - the same groups: by id, with the same properties, where `collapsed` and `locked` default to false,
    `visible` to true and `z_base` to 0; - the same tree: everything in the same group, siblings in the
    same order from top to bottom. It is read from ``layer_state``, and for items missing there from
    ``groups`` and `z_value`, as Optiverse 0.3.4 does with files of 0.2 (there the last in the file lies on
    top of others with its `z_value`); - the same further keys, like ``linked_assembly_cache``, and the same
    records set aside.

    Not counted: the order in the lists ``items``, ``rulers``, … and ``groups``, the order of keys, which
    of the two forms the tree has, the `type` of an annotation that its section already implies, layers at
    the root whose items are missing, groups without members, and ``_autosave_meta``. An item or a group
    without an id has one derived from its content.

    Args:
        a: a bench, from `json.load`.
        b: the one to compare with it.

    Returns:
        A sentence for each difference; none if they are the same.

    Raises:
        BenchFileError: one of them is not a bench.
    """
    check_bench(a)
    check_bench(b)
    left, right = contents_of(a), contents_of(b)
    differences = list(_of_things(_things(left), _things(right)))
    differences += _of_trees(left, right)
    differences += _of_props("the file", left.rest, right.rest)
    return differences


_Things = dict[str, tuple[str, dict[str, Any]]]


def _things(contents: Contents) -> _Things:
    """Id → kind and properties of everything in the file."""
    layers = contents.layers
    things: _Things = {}
    for id, kind, item in contents.entries:
        spec = KINDS.get(kind, ITEMS)
        props = {**item, "in the layers": layers.notes.get(id, {})}
        if spec.marker is not None and props.get(spec.marker) == kind:
            del props[spec.marker]
        props.pop("item_uuid", None)
        things[id] = (kind, props)
    for id, props in layers.groups.items():
        things[id] = (GROUP, props)
    for record in contents.aside:
        things[record.id] = (f"{record.kind}, set aside", record.props)
    return things


def _of_things(a: _Things, b: _Things) -> Iterator[str]:
    for id, (kind, props) in a.items():
        what = _called(kind, id, props)
        if id not in b:
            yield f"The {what} is missing."
        elif b[id][0] != kind:
            yield f"The {what} is of kind {b[id][0]} instead."
        else:
            yield from _of_props(f"the {what}", props, b[id][1])
    for id, (kind, props) in b.items():
        if id not in a:
            yield f"The {_called(kind, id, props)} is new."


def _called(kind: str, id: str, props: Mapping[str, Any]) -> str:
    name = props.get("name") or props.get("text")
    return f"{kind} {str(name)[:40]!r} ({id})" if name else f"{kind} {id}"


def _of_props(what: str, a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[str]:
    for name in (*a, *(name for name in b if name not in a)):
        old, new = a.get(name, _ABSENT), b.get(name, _ABSENT)
        if not _same(old, new):
            yield f"{name!r} of {what} is {_shown(new)} instead of {_shown(old)}."


def _shown(value: Any) -> str:
    text = "absent" if value is _ABSENT else repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    return bool(a == b) or (a != a and b != b)


def _of_trees(a: Contents, b: Contents) -> Iterator[str]:
    old, new = _children(a), _children(b)
    for parent in (*old, *(parent for parent in new if parent not in old)):
        before, after = old.get(parent, []), new.get(parent, [])
        where = "at the root" if parent is None else f"in {parent}"
        if set(before) != set(after):
            gone = [id for id in before if id not in after]
            come = [id for id in after if id not in before]
            yield f"The layers {where} are not the same: {_ids(gone)} missing, {_ids(come)} new."
        elif before != after:
            first, now = next(pair for pair in zip(before, after, strict=True) if pair[0] != pair[1])
            yield f"The layers {where} are in another order: {now} comes where {first} was."


def _ids(ids: list[str]) -> str:
    more = f" and {len(ids) - 3} more" if len(ids) > 3 else ""
    return (", ".join(ids[:3]) or "nothing") + more


def _children(contents: Contents) -> dict[str | None, list[str]]:
    """Parent → the ids in it, from top to bottom."""
    children: dict[str | None, list[str]] = {}
    for id, (parent, _) in sorted(contents.layers.places.items(), key=lambda place: place[1][1]):
        children.setdefault(parent, []).append(id)
    return children
