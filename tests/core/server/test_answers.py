"""The answer to a replica that synchronises: CLK-3, DOC-8, SYNC-2, SYNC-3 of docs/protocol.md."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import decode_ops, size_of
from optiverse_collab.core.protocol.messages import Delta, FullState, OtherHistory, SyncRequest
from optiverse_collab.core.protocol.outcomes import AckResult
from optiverse_collab.core.protocol.page_records import PageRecord, PageRemove, PageSet
from optiverse_collab.core.records import Lane, Op, Put, Record, Remove, Set, apply
from optiverse_collab.core.server import chain
from optiverse_collab.core.server.answers import ack_of, answer_of
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.names import NameKind
from optiverse_collab.errors import ChangeRefused
from tests.core.server.histories import asked, at, do, make

LENS = Put("lens", "component", {"x": 0})


def full(history: History, request: SyncRequest) -> FullState:
    """The single page of the full state that answers a request."""
    [page] = asked(history, request)
    assert isinstance(page, FullState)
    return page


def delta(history: History, clock: int, *lanes: Lane) -> Delta:
    """The single page of the differences since a clock, for a replica at that clock."""
    [page] = asked(history, at(history, clock, lanes=[*lanes]))
    assert isinstance(page, Delta)
    return page


# The kind of answer


@pytest.mark.parametrize("request_", [SyncRequest("new"), SyncRequest("new", "other", 0, "ff" * 16)])
def test_replica_that_holds_nothing_gets_the_full_state(request_: SyncRequest) -> None:
    """SYNC-3, CLK-3: whatever its history; the authors of values are left out."""
    history = make()
    do(history, LENS)
    page = full(history, request_)
    assert page == FullState(
        *("e", 1, 1, history.chain.head.hex(), 0, 1),
        known=request_.epoch is None,
        heads=history.chain.heads(1, -1),
        done=True,
        records=[PageRecord("lens", "component", {"x": 0})],
    )


@pytest.mark.parametrize(
    ("epoch", "clock", "head"), [("other", 1, 1), ("e", 3, 2), ("e", 1, 2), ("e", 2, 1), ("e", 2, 3)]
)
def test_position_that_is_not_in_the_history_diverged(epoch: str, clock: int, head: int) -> None:
    """CLK-3: another epoch, a future clock, or another head; the answer has the session's position."""
    history = make()
    do(history, LENS)
    do(history, Set("lens", {"x": 1}))
    request = SyncRequest("ann", epoch, clock, at(history, head).head)
    assert answer_of(history, request) == OtherHistory("e", 2, history.chain.head.hex())


def test_position_before_the_start_of_the_history_gets_all() -> None:
    """CLK-4, SYNC-3: with authors of newer values, since the replica may have to compare them."""
    history = make(tombstones=2)
    do(history, *(Put(f"r{n}", "k") for n in range(3)), LENS)
    do(history, Set("lens", {"y": 1}), by="bob")
    for n in range(3):
        do(history, Remove(f"r{n}"))
    assert history.start == 3
    page = full(history, at(history, 1))
    assert page.records == [PageRecord("lens", "component", {"x": 0, "y": 1}, by=0)]
    assert page.authors == ["bob"]
    assert delta(history, 3).ops == [PageRemove("r1", by=0), PageRemove("r2", by=0)]


def test_position_that_is_too_old_to_be_checked_gets_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """CLK-5, SYNC-3: its head is no longer known."""
    monkeypatch.setattr(chain, "HEADS", 3)
    history = make()
    for x in range(20):
        do(history, Put("lens", "component", {"x": x}))
    page = full(history, SyncRequest("ann", "e", 2, "ff" * 16))
    assert page.records == [PageRecord("lens", "component", {"x": 19}, by=0)]


# The contents


def test_delta_says_what_changed_and_what_went() -> None:
    """SYNC-2: new records are whole, others have only their changes."""
    history = make()
    for id in "abcde":
        do(history, Put(id, "k", {"x": 0, "y": 0}))
    clock = history.clock
    do(history, Set("b", {"x": 1}, ["y"]), by="bob")
    do(history, Remove("c"), by="bob")
    do(history, Remove("d"))
    do(history, Put("d", "k", {"x": 9}))
    do(history, Put("a", "other", {"z": 1}), by="cid")
    do(history, Set("b", {"z": 3}))
    do(history, Set("b", {"x": 1}))
    page = delta(history, clock)
    assert page.records == [PageRecord("a", "other", {"z": 1}, by=1), PageRecord("d", "k", {"x": 9}, by=2)]
    assert page.ops == [
        PageRemove("c", by=0),
        PageSet("b", {"x": 1, "z": 3}, ["y"], by={"x": 0, "y": 0, "z": 2}),
    ]
    assert page.authors == ["bob", "cid", "ann"]
    assert (page.total, page.clock, page.head) == (4, 12, history.chain.head.hex())


def test_new_records_come_in_the_order_of_the_document() -> None:
    """REP-10: the stacking order may depend on it; this holds whatever happened to them since."""
    history = make()
    do(history, LENS)
    do(history, *(Put(id, "k", {"x": 0}) for id in "cab"))
    do(history, Put("d", "k"))
    do(history, Remove("a"))
    do(history, Set("c", {"x": 1}), Put("a", "k"))
    assert [record.id for record in delta(history, 1).records] == ["c", "b", "d", "a"]
    assert list(history.document.records) == ["lens", "c", "b", "d", "a"]


def test_delta_without_news_is_one_empty_page() -> None:
    """SYNC-2."""
    history = make()
    do(history, LENS)
    page = delta(history, 1)
    assert page == Delta("e", 1, 1, history.chain.head.hex(), 1, 0, done=True)


def test_author_of_a_record_is_named_once_if_it_is_one() -> None:
    """SYNC-2: a record without properties names whoever put it; otherwise each property has its author."""
    history = make()
    do(history, LENS)
    do(history, Put("empty", "k"), by="bob")
    do(history, Put("both", "k", {"x": 1, "y": 1}), by="bob")
    do(history, Set("both", {"x": 2}), by="cid")
    page = delta(history, 1)
    assert [record.by for record in page.records] == [0, {"x": 1, "y": 0}]
    assert page.authors == ["bob", "cid"]


def test_removal_of_a_property_is_sent_whenever_it_is_due() -> None:
    """SYNC-2, STAMP-2."""
    history = make()
    do(history, Put("lens", "component", {"x": 0, "y": 0}))
    do(history, Set("lens", {}, ["y"]), by="bob")
    assert delta(history, 1).ops == [PageSet("lens", {}, ["y"], by=0)]
    assert delta(history, 2).ops == []


def test_records_of_other_lanes_are_not_told() -> None:
    """DOC-8: neither in a full state nor in a delta; without lanes, the request means the bench."""
    history = make()
    do(history, LENS)
    do(history, Put("note", "text", {"x": 0}, Lane.TALK))
    do(history, Put("old", "text", {"x": 0}, Lane.TALK))
    do(history, Set("old", {"x": 1}))
    assert [record.id for record in full(history, SyncRequest("new")).records] == ["lens"]
    page = full(history, SyncRequest("new", lanes=[Lane.TALK]))
    assert [(record.id, record.lane) for record in page.records] == [("note", "talk"), ("old", "talk")]
    assert page.total == 2
    assert delta(history, 1).records == []
    assert delta(history, 3).ops == []
    assert [record.id for record in delta(history, 1, Lane.TALK, Lane.META).records] == ["note", "old"]
    assert delta(history, 3, Lane.BENCH, Lane.TALK).ops == [PageSet("old", {"x": 1}, by=0)]
    do(history, Remove("old"))
    do(history, Remove("lens"))
    told = {lane: [op.id for op in delta(history, 4, lane).ops] for lane in Lane}
    assert told == {Lane.BENCH: ["lens"], Lane.TALK: ["old"], Lane.META: []}


# Pages


@pytest.mark.parametrize("epoch", [None, "e"])
def test_long_answers_are_cut_into_pages(epoch: str | None) -> None:
    """SYNC-3: each within its size, all of one position; only the last has the other lists."""
    history = make(Limits(page_bytes=600))
    do(history, *(Put(f"old {n}", "k") for n in range(9)))
    do(history, *(Put(f"r{n}", "k", {"text": "x" * 100}) for n in range(9)), by="bob")
    do(history, *(Set(f"old {n}", {"x": 1}) for n in range(9)), by="cid")
    pages = asked(history, SyncRequest("ann") if epoch is None else at(history, 1))
    assert len(pages) > 2
    assert [page.done for page in pages] == [False] * (len(pages) - 1) + [True]
    assert {(page.epoch, page.clock, page.head, page.total) for page in pages} == {
        ("e", 3, history.chain.head.hex(), 18)
    }
    things = [[*page.records, *(page.ops if isinstance(page, Delta) else ())] for page in pages]
    assert all(size_of(some) <= 601 for some in things)
    ids = [f"{kind}{n}" for kind in (("old ", "r") if epoch is None else ("r", "old ")) for n in range(9)]
    assert [thing.id for some in things for thing in some] == ids
    assert [page.authors for page in pages][-1] == ([] if epoch is None else ["bob", "cid"])
    assert not any(page.authors for page in pages[:-1])


def test_pages_have_the_document_of_the_request() -> None:
    """SYNC-3, SYNC-4: all pages belong to the same clock, whatever happens while they are sent."""
    history = make(Limits(page_bytes=100))
    do(history, LENS)
    do(history, *(Put(f"r{n}", "k", {"x": n}) for n in range(5)))
    requests = [SyncRequest("new"), at(history, 1)]
    before = [asked(history, request) for request in requests]
    answers = [answer_of(history, request) for request in requests]
    do(history, Remove("r4"), Set("r3", {"x": 7}), by="bob")
    assert [list(answer) for answer in answers if not isinstance(answer, OtherHistory)] == before


PROPS = st.dictionaries(st.sampled_from("xy"), st.integers(0, 3))
IDS = st.sampled_from("abc")


def changes(lanes: SearchStrategy[Lane]) -> SearchStrategy[list[list[Op]]]:
    """Changes of few records, which are put in some of these lanes."""
    ops = (
        st.builds(Put, IDS, st.sampled_from("kl"), PROPS, lanes)
        | st.builds(Set, IDS, PROPS, st.lists(st.sampled_from("xy"), max_size=1))
        | st.builds(Remove, IDS)
    )
    return st.lists(st.lists(ops, min_size=1, max_size=3), max_size=12)


def up_to_date(history: History, clock: int, copy: dict[str, Record], lane: Lane) -> dict[str, Record]:
    """A copy of a lane at some clock, after the server's answer."""
    [page] = asked(history, at(history, clock, lanes=[lane]))
    copy = {} if isinstance(page, FullState) else copy
    assert isinstance(page, Delta) or clock in range(history.start) or clock == 0
    for op in page.ops if isinstance(page, Delta) else ():
        assert apply(copy, op) or isinstance(op, Remove)
    return {**copy, **{one.id: Record(one.id, one.kind, one.props, one.lane) for one in page.records}}


@given(changes(st.just(Lane.BENCH)))
def test_answer_brings_every_old_copy_up_to_date(changes: list[list[Op]]) -> None:
    """SYNC-2, SYNC-3, CLK-2: from every clock of the history to the same document."""
    history = make(tombstones=2)
    copies: list[dict[str, Record]] = [{}]
    for ops in changes:
        do(history, *ops)
        copies.append(dict(history.document.records))
    for clock, copy in enumerate(copies):
        assert up_to_date(history, clock, copy, Lane.BENCH) == history.document.records


@given(changes(st.sampled_from([Lane.BENCH, Lane.TALK])))
def test_each_lane_is_a_document_of_its_own(changes: list[list[Op]]) -> None:
    """DOC-8: for replicas that follow every change, and for those that come back at any clock."""
    history = make(tombstones=2)
    copies: dict[Lane, list[dict[str, Record]]] = {Lane.BENCH: [{}], Lane.TALK: [{}]}
    for ops in changes:
        with suppress(ChangeRefused):
            accepted = do(history, *ops)
            for lane, known in copies.items():
                followed = dict(known[-1])
                for op in decode_ops(accepted.entry.ops) if lane is accepted.lane else ():
                    apply(followed, op)
                known.append(followed)
    for lane, known in copies.items():
        assert known[-1] == {id: one for id, one in history.document.records.items() if one.lane is lane}
        for clock, copy in enumerate(known):
            assert up_to_date(history, clock, copy, lane) == known[-1]


def test_an_acknowledgement_says_what_became_of_a_change() -> None:
    """PUSH-4: all of it, a part or nothing took effect; with those who made others' edits."""
    history = make()
    whole = do(history, LENS, Put("mirror", "component", {"x": 0}))
    part = do(history, Set("lens", {"x": 1}), Set("gone", {"x": 1}))
    none = do(history, Set("gone", {"x": 1}))
    do(history, Set("lens", {"x": 2}), by="bob")
    replaced = do(history, Set("lens", {"x": 3}), seen=part.entry.clock)
    authors = history.names.texts(NameKind.AUTHOR)
    acks = [ack_of(one.entry, authors) for one in (whole, part, none, replaced)]
    results = [AckResult.COMMIT, AckResult.REBASE, AckResult.DISCARD, AckResult.COMMIT]
    assert [ack.result for ack in acks] == results
    assert [ack.clock for ack in acks] == [1, 2, 3, 5]
    assert [lost.id for lost in acks[1].lost] == ["gone"]
    assert [(one.id, one.by) for one in acks[3].replaced] == [("lens", "bob")]
