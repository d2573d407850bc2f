"""Changes to records in JSON match changes to decoded records: HIST-2, DOC rules."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from optiverse_collab.core.records import Lane, Op, Put, Record, Remove, Set, apply
from optiverse_collab.core.server.raw_records import (
    VALUE_REFERENCE_BYTES,
    RawChange,
    RawPut,
    RawRemove,
    RawSet,
    header_of,
    raw_ops,
)

LENS = Record("lens", "component", {"x": 1, "y": {"z": [1.5, None, "é"]}})


def as_raw(value: object) -> msgspec.Raw:
    """A value as JSON."""
    return msgspec.Raw(msgspec.json.encode(value))


@pytest.mark.parametrize(
    "ops",
    [
        [],
        [Set("lens", {"x": 2})],
        [Set("lens", {"x": 2}, ["y"]), Set("lens", {"y": True})],
        [Set("lens", {"w": 1}), Set("lens", {}, ["w", "x", "never"])],
        [Put("lens", "component", {"x": 1.0, "new": -0.0})],
        [Set("lens", {}, ["x"]), Put("lens", "component", {"x": 3})],
        [Put("lens", "ruler", {"a": 1}), Set("lens", {"b": 2}, ["a"])],
    ],
)
def test_changes_lead_where_operations_lead(ops: Sequence[Op]) -> None:
    """DOC-1 to DOC-5"""
    expected = {"lens": LENS}
    change = RawChange.of(as_raw(LENS))
    for op, raw in zip(ops, raw_ops(as_raw(list(ops))), strict=True):
        apply(expected, op)
        assert not isinstance(raw, RawRemove)
        change.apply(raw)
    found = msgspec.json.decode(change.whole(), type=Record)
    assert msgspec.json.encode(found, order="sorted") == msgspec.json.encode(expected["lens"], order="sorted")


def test_a_new_record_has_no_base() -> None:
    change = RawChange(None, "t", "note", Lane.TALK)
    change.apply(RawPut("t", "note", {"text": as_raw("hello")}))
    assert msgspec.json.decode(change.whole(), type=Record) == Record(
        "t", "note", {"text": "hello"}, Lane.TALK
    )
    assert change.lane is Lane.TALK


def test_growth_is_told() -> None:
    """LIM-16: a replaced value adds nothing."""
    change = RawChange.of(as_raw(LENS))
    assert change.apply(RawSet("lens", {"x": as_raw(2), "w": as_raw(3)})) == 2 * VALUE_REFERENCE_BYTES
    assert change.apply(RawSet("lens", {"x": as_raw(4)})) == 0
    assert change.apply(RawSet("lens", {}, ["x"])) == 0
    assert change.apply(RawSet("lens", {}, ["y"])) == VALUE_REFERENCE_BYTES


def test_operations_and_headers_are_read() -> None:
    ops = raw_ops(as_raw([Put("a", "k", {"x": 1}), Set("a", {"x": 2}), Remove("a")]))
    assert [type(op) for op in ops] == [RawPut, RawSet, RawRemove]
    assert header_of(as_raw(LENS)) == ("lens", Lane.BENCH)
    assert header_of(as_raw(Record("t", "note", {}, Lane.TALK))) == ("t", Lane.TALK)
