"""The maximum length of a record: LIM-6."""

from __future__ import annotations

import tracemalloc

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.limits import PROPERTIES, Limits
from optiverse_collab.core.protocol.codec import encoded, size_of
from optiverse_collab.core.record_size import (
    RecordSizes,
    Size,
    check_record,
    size_after,
    size_of_record,
)
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, apply, named
from optiverse_collab.core.space import Space
from optiverse_collab.errors import ChangeRefused, Reason


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (Record("a", "k", {f"p{n}": n for n in range(PROPERTIES + 1)}), "1001 properties; the limit is 1000"),
        (Record("a", "k", {"x": "y" * 100}), "longer than 100 bytes"),
    ],
)
def test_record_that_is_too_large(record: Record, said: str) -> None:
    """LIM-6"""
    with pytest.raises(ChangeRefused, match=said) as refusal:
        check_record(record, Limits(record_bytes=100 if "x" in record.props else 10**6))
    assert refusal.value.reason is Reason.RECORD_TOO_LARGE


def test_record_that_is_just_right() -> None:
    """LIM-6"""
    check_record(Record("a", "k", {f"p{n}": n for n in range(PROPERTIES)}), Limits())


VALUES = st.one_of(st.integers(0, 999), st.text(max_size=5), st.lists(st.floats(0, 1)))
PROPS = st.dictionaries(st.text(max_size=3), VALUES)


@given(before=PROPS, puts=PROPS, unset=st.lists(st.text(max_size=3)))
def test_size_is_that_of_the_whole_record(
    before: dict[str, object], puts: dict[str, object], unset: list[str]
) -> None:
    """LIM-6: whatever a change does to it."""
    old = Record("a", "k", before)
    records = {"a": old}
    op = Set("a", puts, unset)
    apply(records, op)
    found = size_after(size_of_record(old), old, records["a"], named([op])["a"])
    assert found == size_of_record(records["a"])
    assert found.json == size_of(records["a"])


def test_size_of_a_new_record_and_of_another_kind() -> None:
    """LIM-6"""
    old, new = Record("a", "k", {"x": 1}), Record("a", "other", {"y": [1, 2]})
    change({}, RecordSizes({}), Limits(), Put("a", "other", {"y": [1, 2]}))
    assert size_after(Size(99, 99), old, new, ["y"]) == size_of_record(new)


def change(records: dict[str, Record], sizes: RecordSizes, limits: Limits, *ops: Op) -> None:
    """Make a change, or raise its refusal."""
    after = {op.id: records[op.id] for op in ops if op.id in records}
    for op in ops:
        apply(after, op)
    found = sizes.after(records, after, ops, limits)
    sizes.take(found)
    for op in ops:
        apply(records, op)
    assert found == {op.id: size_of_record(records[op.id]) if op.id in records else Size() for op in ops}


def test_long_records_are_measured_by_what_changes() -> None:
    """LIM-6: with the same result."""
    records = {"a": Record("a", "k", {"x": "1" * 5000, "y": 1}), "b": Record("b", "k", {"x": "2" * 5000})}
    sizes = RecordSizes(records)
    change(records, sizes, Limits(), Set("a", {"y": 22}), Set("b", {"z": None}), Set("a", {}, ["y"]))
    change(records, sizes, Limits(), Set("a", {"y": 22}), Remove("b"))


def test_session_has_room_for_so_much() -> None:
    """LIM-6: shrinking is accepted; removals make room again; a refused change takes none."""
    records = {"a": Record("a", "k", {"x": "1" * 1000})}
    most = 2 * size_of_record(records["a"]).memory + 300
    sizes, limits = RecordSizes(records), Limits(session_bytes=most)
    change(records, sizes, limits, Put("b", "k", {"x": "2" * 1000}))
    for _ in range(3):
        with pytest.raises(ChangeRefused, match=f"the limit is {most}; remove some first") as refusal:
            change(records, sizes, limits, Put("c", "k", {"x": "3" * 1200}))
        assert refusal.value.reason is Reason.SESSION_FULL
    change(records, sizes, limits, Set("a", {"x": "1"}))
    change(records, sizes, limits, Set("a", {"x": "1" * 1000}))
    change(records, sizes, limits, Remove("b"))
    change(records, sizes, limits, Put("c", "k", {"x": "3" * 1200}))
    change(records, sizes, Limits(session_bytes=10), Set("c", {"x": "3"}), Set("a", {"x": ""}))
    with pytest.raises(ChangeRefused):
        change(records, sizes, Limits(session_bytes=10), Set("c", {"x": "33"}))


def test_sessions_share_the_space_of_their_server() -> None:
    """LIM-16: one session can use the space that another removes or leaves."""
    space, limits = Space(6000), Limits()
    one, other = dict[str, Record](), dict[str, Record]()
    sizes, others = RecordSizes(one, space), RecordSizes(other, space)
    change(one, sizes, limits, Put("a", "k", {"x": "1" * 4000}))
    with pytest.raises(ChangeRefused, match="the limit is 6000; wait until others have left") as refusal:
        change(other, others, limits, Put("a", "k", {"x": "1" * 2000}))
    assert refusal.value.reason is Reason.SESSION_FULL
    change(one, sizes, limits, Set("a", {"x": "1" * 1000}))
    change(other, others, limits, Put("a", "k", {"x": "1" * 2000}))
    used = space.used
    assert used < space.most
    again = RecordSizes({id: Record(id, "k", {"x": "1" * 3000}) for id in "abc"}, space)
    assert space.is_over
    again.release()
    assert space.used == used
    sizes.release()
    others.release()
    others.release()
    assert space.used == 0


VALUES_OF_MANY_KINDS: list[object] = [
    [[] for _ in range(9000)],
    [{} for _ in range(9000)],
    [[1] for _ in range(9000)],
    {f"{n:x}": {} for n in range(5000)},
    ["ab"] * 9000,
    [n / 7 for n in range(9000)],
    {f"{n:x}": n for n in range(9000)},
    "x" * 99_999,
]


@pytest.mark.parametrize("value", VALUES_OF_MANY_KINDS, ids=lambda value: str(value)[:9])
def test_memory_of_a_record_is_about_what_it_takes(value: object) -> None:
    """LIM-16: many small values take twenty times their JSON, and count accordingly."""
    text = encoded(Record("a", "k", {"x": value}))
    tracemalloc.start()
    record = msgspec.json.decode(text, type=Record)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 1.5 * size_of_record(record).memory
