"""Importing a bench into a session that already has one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optiverse_collab.convert.equivalence import PLACE, overwriting
from optiverse_collab.convert.kinds import GROUP
from optiverse_collab.convert.places import moved, place_props, placed
from optiverse_collab.convert.shapes import is_number
from optiverse_collab.core.records import Op, Put, Record, Set, put

Records = Mapping[str, Record]


def additions(view: Records, records: Records) -> list[Op]:
    """The operations that add imported records to a session; its own records stay unchanged.

    Imported records lie on top of everything else, in their own order.

    Args:
        view: the session's records.
        records: the imported ones, from `records_from_bench`.

    Returns:
        One operation per record; groups come before their members.
    """
    lift = _lift(view, records)
    return [put(_lifted(record, lift)) for record in _groups_first(records) if record.id not in view]


def replacements(view: Records, records: Records, has_tree: bool = True) -> list[Op]:
    """The operations that make a session's records equal to imported ones.

    Only real differences are changed (`equivalence`). Records that the import has in another group or order
    move there; all others stay in place. New records get their place in the import.

    Args:
        view: the session's records.
        records: the imported ones, from `records_from_bench`.
        has_tree: whether they state for everything if it is hidden or locked, unlike a file of Optiverse 0.2.

    Returns:
        One operation per changed record; groups come before their members.
    """
    ops: dict[str, Op] = {}
    for record in _groups_first(records):
        op = _replacement(view.get(record.id), record, has_tree)
        if op is not None:
            ops[record.id] = op
    ids = {id for id in moved(view, records) if has_tree or _is_told(view, records[id])}
    ids |= records.keys() - view.keys()
    ids = {id for id in ids if is_number(records[id].props.get("order"))}
    for id, place in placed(view, records, ids).items():
        op, there = ops.get(id), view.get(id)
        if isinstance(op, Put):
            stood = op if there is None else there
            props, unset = place_props(place, Record(id, op.kind, stood.props))
            props = {name: value for name, value in {**op.props, **props}.items() if name not in unset}
            ops[id] = Put(id, op.kind, props, op.lane)
        elif there is not None:
            before = op if isinstance(op, Set) else Set(id)
            props, unset = place_props(place, there)
            # It may be there already: if some lack z values, `moved` sees more than one order.
            if op is not None or unset or not props.items() <= there.props.items():
                ops[id] = Set(id, {**before.props, **props}, [*before.unset, *unset])
    return list(ops.values())


def _replacement(there: Record | None, record: Record, has_tree: bool) -> Op | None:
    """The operation that gives a session's record the import's content, and keeps its place."""
    if there is None:
        return put(record)
    if there.kind != record.kind:
        content = {name: value for name, value in record.props.items() if name not in PLACE}
        place = {name: value for name, value in there.props.items() if name in PLACE}
        return put(Record(record.id, record.kind, {**content, **place}, record.lane))
    return overwriting(there, record, has_tree)


def _is_told(view: Records, record: Record) -> bool:
    """Whether a file without a tree can place a record: it can't order groups, or say who owns a label."""
    parent = view[record.id].props.get("parent")
    if record.kind == GROUP:
        return bool(parent != record.props.get("parent"))
    return not isinstance(parent, str) or parent not in view or view[parent].kind == GROUP


def _groups_first(records: Records) -> list[Record]:
    return sorted(records.values(), key=lambda record: record.kind != GROUP)


def _lift(view: Records, records: Records) -> float:
    """The number to add to the orders at the root of `records`, so that they come before the others."""
    others = _root_orders(record for id, record in view.items() if id not in records)
    imported = _root_orders(records.values())
    if not others or not imported or max(imported) < min(others):
        return 0.0
    return min(others) - 1.0 - max(imported)


def _root_orders(records: Iterable[Record]) -> list[float]:
    return [
        float(record.props["order"])
        for record in records
        if "parent" not in record.props and is_number(record.props.get("order"))
    ]


def _lifted(record: Record, lift: float) -> Record:
    order = record.props.get("order")
    if not lift or "parent" in record.props or not is_number(order):
        return record
    return Record(record.id, record.kind, {**record.props, "order": order + lift}, record.lane)
