"""Pages of bounded size: SYNC-2 and SYNC-3 of docs/protocol.md."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.limits import OPS_PER_CHANGE, VALUES_PER_CHANGE
from optiverse_collab.core.protocol.codec import encoded, size_of, values_in
from optiverse_collab.core.protocol.pages import FIRST_BYTES, LEAST_BYTES, PageSize, marked_pages, pages
from optiverse_collab.core.records import Set


def test_nothing_makes_no_page() -> None:
    assert list(pages([], 100)) == []


def test_one_thing_longer_than_a_page_has_its_own() -> None:
    assert list(pages(["a", "x" * 200, "b"], 100)) == [["a"], ["x" * 200], ["b"]]


def test_one_change_holds_few_operations() -> None:
    """LIM-11"""
    assert [len(page) for page in pages([1] * (2 * OPS_PER_CHANGE + 1), 10**9)] == [
        OPS_PER_CHANGE,
        OPS_PER_CHANGE,
        1,
    ]


def test_one_change_holds_few_values() -> None:
    """LIM-1, PUSH-3: many short ones may be too many long before they are too long."""
    ops = [Set(id, {"points": [[0, 0]] * 3000}) for id in "abcdefghijklmnopqrst"]
    cut = list(pages(ops, 256 * 1024))
    assert [op for page in cut for op in page] == ops
    assert [len(page) for page in cut] == [5, 5, 5, 5]
    assert max(values_in(encoded(page)) for page in cut) <= VALUES_PER_CHANGE


def test_pages_hold_everything_in_order_within_their_size() -> None:
    things = [{"id": n, "text": "x" * (n % 40)} for n in range(200)]
    cut = list(pages(things, 500))
    assert [thing for page in cut for thing in page] == things
    assert all(size_of(page) <= 501 for page in cut)
    assert len(cut) < 30


def test_pages_are_made_when_they_are_asked_for() -> None:
    seen = []
    made = pages((seen.append(n) or n for n in range(1000)), 10)  # type: ignore[func-returns-value]
    next(made)
    assert len(seen) < 20


def test_the_last_page_is_marked() -> None:
    """SYNC-5, HIST-2: an empty page if there is none."""
    assert list(marked_pages([1, 2, 3, 4], 4)) == [([1, 2], False), ([3, 4], True)]
    assert list(marked_pages([1], 4)) == [([1], True)]
    assert list(marked_pages([], 4)) == [([], True)]


def test_pages_grow_on_a_quick_line_and_shrink_on_a_slow_one() -> None:
    """SYNC-15"""
    size = PageSize(200_000)
    sizes = [int(size)]
    for ms in (0, 249, 250, 999, 1000, 100, 100, 1001, 30_000, *[2000] * 9):
        size.took(ms)
        sizes.append(int(size))
    first = FIRST_BYTES
    quick = [first, 2 * first, 4 * first, 4 * first, 4 * first, 4 * first, 8 * first, 200_000]
    assert sizes[:8] == quick
    assert sizes[8:10] == [100_000, 50_000]
    assert sizes[-1] == LEAST_BYTES


def test_no_page_is_longer_than_the_limit() -> None:
    """SYNC-3"""
    size = PageSize(1000)
    size.took(0)
    assert int(size) == 1000
    size.took(9999)
    assert int(size) == 1000


def test_each_page_has_the_size_of_its_moment() -> None:
    """SYNC-15: no page begins before the line accepted the one before."""
    size = PageSize(200_000)
    made = (page for page, _ in marked_pages(["x" * 1000] * 200, size))
    assert len(next(made)) == 16
    size.took(0)
    assert len(next(made)) == 32
    size.took(9999)
    assert len(next(made)) == 16


@given(bytes_per_s=st.integers(2000, 10**7))
def test_page_takes_about_a_second_at_most(bytes_per_s: int) -> None:
    """SYNC-15: measured on the last of a hundred pages on a line of this speed."""
    size, ms = PageSize(262_144), 0.0
    for _ in range(100):
        ms = int(size) * 1000 / bytes_per_s
        size.took(ms)
    assert ms <= max(1001, LEAST_BYTES * 1000 / bytes_per_s)


def test_page_ends_where_others_have_their_turn() -> None:
    """SYNC-15: full or not."""
    found = list(marked_pages(["a", None, None, "b", "c", None, "d"], 1000))
    assert found == [(["a"], False), ([], False), (["b", "c"], False), (["d"], True)]
