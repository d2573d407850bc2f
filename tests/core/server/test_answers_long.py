"""Answers with more than records: SYNC-16, LIM-13 of docs/protocol.md."""

from __future__ import annotations

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import size_of
from optiverse_collab.core.protocol.messages import Delta
from optiverse_collab.core.records import Put, Set
from optiverse_collab.core.server.answers import ENDS_PER_PAGE, NAMED
from tests.core.server.histories import asked, at, do, make


def test_what_is_told_besides_records_has_pages_of_its_own() -> None:
    """SYNC-16: in order, each short; the page with the records has none of it."""
    history = make(Limits(page_bytes=2000))
    do(history, Put("lens", "component", {"x": 0}), by="bob")
    for number in range(50):
        do(history, Set("lens", {"x": number + 1}), by=f"eve {number}", seen=0)
        do(history, Set("lens", {"x": -number - 1}), seen=0)
    pages = [page for page in asked(history, at(history, 1)) if isinstance(page, Delta)]
    first, *others = pages
    assert [bool(page.ops) for page in pages] == [True] + [False] * (len(pages) - 1)
    assert (first.acks, first.notices, first.authors) == ([], [], [])
    assert len(others) > 3
    assert all(size_of([*page.acks, *page.notices]) <= 2000 // ENDS_PER_PAGE + 50 for page in others)
    assert [page.done for page in pages] == [False] * (len(pages) - 1) + [True]
    assert [ack.client_clock for page in pages for ack in page.acks] == [*range(1, 51)]
    assert [notice.clock for page in pages for notice in page.notices] == [*range(4, 101, 2)]


def test_short_answer_is_one_page() -> None:
    """SYNC-16"""
    history = make()
    do(history, Put("lens", "component", {"x": 0}), by="bob")
    do(history, Set("lens", {"x": 1}), by="eve", seen=0)
    [page] = asked(history, at(history, 1))
    assert isinstance(page, Delta)
    assert (page.authors, page.done) == (["eve"], True)


def test_authors_of_very_many_properties_are_not_named() -> None:
    """SYNC-16: so that a record fits into a message with its authors."""
    history = make()
    do(history, Put("lens", "component", {}))
    names = [f"p{number}" for number in range(NAMED + 1)]
    do(history, Set("lens", dict.fromkeys(names[:-1], 0)))
    do(history, Set("lens", {names[-1]: 0}), by="bob")
    [page] = asked(history, at(history, 1))
    assert isinstance(page, Delta)
    assert [op.by for op in page.ops] == [None]
    [page] = asked(history, at(history, 2))
    assert isinstance(page, Delta)
    assert [op.by for op in page.ops] == [0]
