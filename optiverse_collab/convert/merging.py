"""Importing a bench into a session that holds something already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optiverse_collab.convert.kinds import ASSEMBLY, GROUP
from optiverse_collab.convert.shapes import is_number
from optiverse_collab.core.records import Op, Record, Set, record_difference


def import_ops(view: Mapping[str, Record], records: Mapping[str, Record]) -> list[Op]:
    """The operations that bring imported records into a session.

    What the session holds stays. An item that is in both (the same file imported again, or a copy
    of it under another name) becomes as the import has it. What is imported lies on top of everything
    else, in its own order. Of the record of the file as a whole, properties that only the session
    has stay. Where nothing of an import was changed, and nothing put on top of it, importing it again
    gives no operations.

    Args:
        view: the session's records.
        records: the imported ones, from `records_from_bench`.

    Returns:
        One operation per record that changes; groups stand before what is in them.
    """
    lift = _lift(view, records)
    ops: list[Op] = []
    for record in sorted(records.values(), key=lambda record: record.kind != GROUP):
        old = view.get(record.id)
        op = record_difference(old, _lifted(record, lift))
        if isinstance(op, Set) and record.kind == ASSEMBLY:
            op = Set(op.id, op.props) if op.props else None
        if op is not None:
            ops.append(op)
    return ops


def _lift(view: Mapping[str, Record], records: Mapping[str, Record]) -> float:
    """What to add to the orders at the root of `records`, so that they come before the others'."""
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
    return Record(record.id, record.kind, {**record.props, "order": order + lift})
