"""Pages of bounded size: SYNC-2 and SYNC-3 of docs/protocol.md."""

from __future__ import annotations

from optiverse_collab.core.protocol.codec import size_of
from optiverse_collab.core.protocol.pages import marked, pages


def test_nothing_makes_no_page() -> None:
    assert list(pages([], 100)) == []


def test_one_thing_longer_than_a_page_has_its_own() -> None:
    assert list(pages(["a", "x" * 200, "b"], 100)) == [["a"], ["x" * 200], ["b"]]


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
    """SYNC-5, HIST-2: an empty one where there is none."""
    assert list(marked(iter([[1, 2], [3], [4]]))) == [([1, 2], False), ([3], False), ([4], True)]
    assert list(marked(iter([[1]]))) == [([1], True)]
    assert list(marked(iter(list[list[int]]()))) == [([], True)]
