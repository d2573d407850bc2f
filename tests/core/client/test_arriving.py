"""The pages of an answer, and their results for pending changes (SYNC-2 to SYNC-8 in docs/protocol.md)."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.client.arriving import Answers, Arriving
from optiverse_collab.core.client.pending import PendingChange
from optiverse_collab.core.document import Document
from optiverse_collab.core.protocol.messages import Delta, FullState
from optiverse_collab.core.protocol.outcomes import Ack, AckResult, Notice
from optiverse_collab.core.protocol.page_records import PageRecord, PageRemove, PageSet
from optiverse_collab.core.records import Lane, Record, Set

POSITION: dict[str, Any] = {"epoch": "epoch 1", "term": 1, "clock": 9, "head": "", "total": 0}


def delta(*records: PageRecord, ops: tuple[PageSet | PageRemove, ...] = ()) -> Delta:
    """A page with the differences."""
    return Delta(**POSITION, client_clock=0, records=list(records), ops=list(ops))


def document(*ids: str) -> Document:
    """A document of records with these ids and one property."""
    return Document(Record(id, "component", {"x": 1}) for id in ids)


def test_full_state_is_the_records_in_their_order() -> None:
    """SYNC-3, REP-10: across all pages; authors are not part of the document."""
    arriving = Arriving()
    for ids in ("cb", "a"):
        page = [PageRecord(id, "talk", {"x": id}, Lane.TALK, by=0) for id in ids]
        arriving.add(FullState(**POSITION, client_clock=0, records=page))
    assert arriving.count == 3
    records = arriving.full_document().records
    assert list(records.values()) == [Record(id, "talk", {"x": id}, Lane.TALK) for id in "cba"]
    assert {type(record) for record in records.values()} == {Record}


def test_what_was_given_up_is_no_part_of_the_next_answer() -> None:
    """SYNC-5: a connection may end between two pages."""
    arriving = Arriving()
    arriving.add(delta(PageRecord("a", "k", {}), ops=(PageRemove("b"),)))
    assert arriving.count == 2
    arriving.clear()
    assert arriving.count == 0
    assert arriving.full_document().records == {}
    assert arriving.apply_to(document("b")) == {}


def test_delta_tells_what_is_new_changed_and_gone() -> None:
    """SYNC-2: across all pages; effects of others come in this order (REP-10)."""
    arriving, confirmed = Arriving(), document("gone", "set", "same")
    arriving.add(delta(PageRecord("new", "k", {"z": 3}), ops=(PageRemove("gone", by=0),)))
    arriving.add(delta(ops=(PageSet("set", {"y": 2}, ["x"], by=0),)))
    assert list(arriving.apply_to(confirmed)) == ["gone", "new", "set"]
    assert confirmed.records == {
        "set": Record("set", "component", {"y": 2}),
        "same": Record("same", "component", {"x": 1}),
        "new": Record("new", "k", {"z": 3}),
    }
    assert confirmed.hashes() == Document(confirmed.records.values()).hashes()


def test_whole_record_takes_the_place_of_one_with_its_id() -> None:
    """SYNC-2, DOC-8: it was removed and put again; nothing of the old record stays, not even its place."""
    arriving, confirmed = Arriving(), document("again", "other")
    arriving.add(delta(PageRecord("again", "component", {"y": 2}, Lane.META)))
    assert arriving.apply_to(confirmed) == {"again": None}
    assert list(confirmed.records) == ["other", "again"]
    assert confirmed.records["again"] == Record("again", "component", {"y": 2}, Lane.META)


def test_single_authors_of_records_are_named() -> None:
    """SYNC-2, REP-4: if several people changed a record, no author is named."""
    records = [PageRecord("new", "k", {}, by=1), PageRecord("unsaid", "k", {})]
    ops: list[PageSet | PageRemove] = [
        PageSet("set", {"x": 1}, by=0),
        PageRemove("gone", by=1),
        PageSet("two", {"x": 1}, by={"x": 0, "y": 1}),
    ]
    last: dict[str, Any] = {**POSITION, "client_clock": 0, "authors": ["ann", "bob"], "records": records}
    arriving = Arriving()
    arriving.add(delta(PageRecord("early", "k", {}, by=0)))
    arriving.add(Delta(**last, ops=ops))
    assert arriving.authors == {"early": "ann", "new": "bob", "set": "ann", "gone": "bob"}
    arriving.clear()
    arriving.add(FullState(**{**last, "authors": ["ann"]}))
    assert arriving.authors == {}, "a number without a name has no author"


def test_what_stands_behind_the_records_may_fill_pages() -> None:
    """SYNC-16: in the order of arrival."""
    acks = [Ack(number, AckResult.COMMIT, number) for number in (1, 2)]
    notices = [Notice(number, "a", ["x"]) for number in (1, 2)]
    arriving = Arriving()
    pages = [
        FullState(**POSITION, client_clock=0, authors=["ann"], acks=acks[:1], skipped={"": [1]}),
        FullState(**POSITION, client_clock=0, notices=notices[:1], authors=["bob"], skipped={"": [2]}),
        FullState(**POSITION, client_clock=0, acks=acks[1:], notices=notices[1:], more=3, done=True),
    ]
    for page in pages:
        arriving.add(page)
    last = arriving.joined(pages[-1])
    assert (last.authors, last.acks, last.notices) == (["ann", "bob"], acks, notices)
    assert (last.skipped, last.more, last.done) == ({"": [1, 2]}, 3, True)


def change(client_clock: int, *former: tuple[str, int]) -> PendingChange:
    """A pending change."""
    return PendingChange(client_clock, {"a": [Set("a", {"x": 1})]}, 30, 0, former=list(former))


@pytest.mark.parametrize(
    ("pending", "has", "refused"),
    [
        (change(4), True, False),
        (change(5), False, True),
        (change(3), True, True),
        (change(9, ("old", 7)), True, False),
        (change(9, ("old", 8)), False, True),
        (change(9, ("old", 6)), True, True),
        (change(9, ("older", 1), ("old", 6)), True, False),
        (change(3, ("old", 7)), True, False),
        (change(9, ("unheard of", 1)), False, True),
    ],
)
def test_answer_says_what_the_server_has(pending: PendingChange, has: bool, refused: bool) -> None:
    """SYNC-6, SYNC-8: up to the last accepted number of each client id, except refused ones."""
    answers = Answers(
        FullState(
            **POSITION,
            client_clock=4,
            settled={"old": 7, "older": 1},
            skipped={"": [3], "old": [6]},
        )
    )
    assert answers.has(pending) is has
    assert answers.refused(pending) is refused


def test_answer_finds_what_is_said_under_any_name() -> None:
    """SYNC-6, SYNC-8: changes that simply took effect have no entry."""
    mine = Ack(4, AckResult.COMMIT, 8)
    former = Ack(4, AckResult.REBASE, 6, client_id="old")
    answers = Answers(FullState(**POSITION, client_clock=4, settled={"old": 4}, acks=[former, mine]))
    assert answers.ack(change(4)) == mine
    assert answers.ack(change(5, ("older", 4), ("old", 4))) == former
    assert answers.ack(change(5, ("old", 3))) is None


@pytest.mark.parametrize(("skipped", "told"), [({}, "new"), ({"new": [2]}, "old")])
def test_newest_number_answers_for_what_a_copy_sent_too(skipped: dict[str, list[int]], told: str) -> None:
    """SYNC-8: the copy's changes count only if this replica's own were refused."""
    acks = [Ack(1, AckResult.DISCARD, 6, client_id="old"), Ack(2, AckResult.REBASE, 5, client_id="new")]
    page = FullState(
        **POSITION, client_clock=0, settled={"old": 1, "new": 2}, skipped=skipped, acks=acks, done=True
    )
    pending = change(1, ("old", 1), ("new", 2))
    answers = Answers(page)
    assert not answers.refused(pending)
    ack = answers.ack(pending)
    assert ack is not None
    assert ack.client_id == told
