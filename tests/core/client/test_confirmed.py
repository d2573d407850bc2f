"""The confirmed document follows patches and pages of the server (SYNC, SEEN and HASH rules)."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.client.arriving import Arriving
from optiverse_collab.core.client.confirmed import Confirmed, Told
from optiverse_collab.core.client.effects import Conflict, ConflictKind, LossKind, Lost
from optiverse_collab.core.client.pending import Pending
from optiverse_collab.core.document import Document
from optiverse_collab.core.protocol.changes import Change
from optiverse_collab.core.protocol.messages import Delta, FullState, Patch
from optiverse_collab.core.protocol.outcomes import Ack, AckResult, Notice, Part, Replaced
from optiverse_collab.core.protocol.page_records import PageRecord, PageRemove, PageSet
from optiverse_collab.core.records import Ids, Lane, Op, Put, Record, Remove, Set

LENS = Record("lens", "component", {"x": 1, "y": 2})


class Following:
    """A confirmed document at clock 3 with a lens, and the effects of what it receives."""

    def __init__(self) -> None:
        self.pending = Pending()
        self.confirmed = Confirmed(self.pending, ["me", "me before"])
        self.confirmed.epoch, self.confirmed.clock, self.confirmed.head = "epoch 1", 3, "head 3"
        self.confirmed.document = Document([LENS])
        self.ids: Ids = {}
        self.authors: dict[str, str] = {}

    def edits(self, *ops: Op) -> None:
        """Make a change that was sent."""
        self.pending.add(ops, 1000, 3, False, "")
        self.pending.take_unsent(1000, 99)

    def hears(self, *changes: Change, acks: tuple[Ack, ...] = ()) -> Told:
        """Receive the next patch."""
        patch = Patch([*changes], "next head", acks=[*acks])
        assert self.confirmed.follows(patch)
        return self.confirmed.take_patch(patch, self.ids, self.authors)

    def gets(self, page: FullState | Delta) -> Told:
        """Receive the only page of an answer."""
        arriving = Arriving()
        arriving.add(page)
        self.ids, told = self.confirmed.take_pages(arriving, page)
        return told

    @property
    def records(self) -> dict[str, Record]:
        """The records of the document."""
        return self.confirmed.document.records


@pytest.fixture
def following() -> Following:
    return Following()


def full(client_clock: int = 0, records: tuple[PageRecord, ...] = (), **more: Any) -> FullState:
    """The page of a full state at clock 9."""
    return FullState("epoch 1", 1, 9, "head 9", client_clock, 0, records=list(records), **more)


def delta(
    client_clock: int = 0,
    records: tuple[PageRecord, ...] = (),
    ops: tuple[PageSet | PageRemove, ...] = (),
    **more: Any,
) -> Delta:
    """The page of a delta to clock 9."""
    return Delta("epoch 1", 1, 9, "head 9", client_clock, 0, records=list(records), ops=list(ops), **more)


@pytest.mark.parametrize(
    ("clocks", "follows"),
    [([], True), ([4], True), ([4, 5, 6], True), ([3], False), ([5], False), ([4, 6], False)],
)
def test_patch_follows_without_gaps(following: Following, clocks: list[int], follows: bool) -> None:
    """CLK-1, HASH-4."""
    assert following.confirmed.follows(Patch([Change(clock, "bob", []) for clock in clocks])) is follows


def test_hash_is_compared_where_there_is_one(following: Following) -> None:
    """HASH-1, HASH-3: the hashes of the lanes that this replica knows."""
    right = following.confirmed.document.hashes()[Lane.BENCH]
    agrees = following.confirmed.agrees
    assert agrees(Patch([]))
    assert agrees(Patch([], hash={Lane.BENCH: right, Lane.TALK: "another"}))
    assert not agrees(Patch([], hash={Lane.BENCH: "0" * 16}))
    assert not agrees(Patch([], hash={Lane.BENCH: right, Lane.META: "another"}))


def test_duplicate_of_what_is_pending_has_no_answer(following: Following) -> None:
    """PUSH-7: nothing says whether it took effect."""
    following.edits(Set("lens", {"x": 5}))
    lacks = following.confirmed.lacks_answer
    assert lacks(Patch([], acks=[Ack(1, AckResult.DUPLICATE)]))
    assert not lacks(Patch([], acks=[Ack(2, AckResult.DUPLICATE), Ack(1, AckResult.COMMIT, 4)]))


def test_patch_brings_the_document_forward(following: Following) -> None:
    """PUSH-5, CLK-2: in clock order; a record names its last author."""
    told = following.hears(
        Change(4, "bob", [Put("new", "component"), Set("lens", {"x": 7})]),
        Change(5, "eve", [Set("lens", {"y": 8})]),
    )
    assert told == []
    assert following.records["lens"].props == {"x": 7, "y": 8}
    assert (following.confirmed.clock, following.confirmed.head) == (5, "next head")
    assert list(following.ids) == ["new", "lens"]
    assert following.authors == {"new": "bob", "lens": "eve"}


def test_patch_of_answers_alone_leaves_the_position(following: Following) -> None:
    """PUSH-5: without changes, the patch has no head."""
    following.hears()
    assert (following.confirmed.clock, following.confirmed.head) == (3, "head 3")


def test_accepted_change_is_pending_no_more(following: Following) -> None:
    """PUSH-4: its records must be compared again, even if it did less than requested."""
    following.edits(Set("lens", {"x": 5}), Remove("gone"))
    told = following.hears(
        Change(4, "ann", [Set("lens", {"x": 5})]),
        acks=(Ack(1, AckResult.COMMIT, 4), Ack(9, AckResult.COMMIT, 5)),
    )
    assert told == []
    assert following.pending.changes == []
    assert set(following.ids) == {"lens", "gone"}


def test_answer_to_what_is_not_pending_says_nothing(following: Following) -> None:
    """PUSH-4: it was answered before."""
    replaced = [Part("lens", ["x"], "bob", 2)]
    acks = Ack(1, AckResult.COMMIT, 4, replaced=replaced), Ack(2, AckResult.REFUSED, message="No.")
    assert following.hears(Change(4, "ann", [Set("lens", {"x": 5})]), acks=acks) == []


def test_refused_change_is_told_and_dropped(following: Following) -> None:
    """PUSH-6, REP-8: with its values and the server's reason."""
    following.edits(Set("lens", {"x": 5}), Put("new", "component"))
    told = following.hears(acks=(Ack(1, AckResult.REFUSED, reason="too_large", message="Split it."),))
    ops = Set("lens", {"x": 5}), Put("new", "component")
    assert told == [Lost(ops, LossKind.REFUSED, message="Split it.")]
    assert following.pending.changes == []
    assert list(following.ids) == ["lens", "new"]


def test_replaced_values_are_those_just_before_the_change(following: Following) -> None:
    """SEEN-3, SEEN-10: even if they arrived in the same frame."""
    following.edits(Set("lens", {"x": 5}))
    [told] = following.hears(
        Change(4, "bob", [Set("lens", {"x": 7})]),
        Change(5, "ann", [Set("lens", {"x": 5})]),
        acks=(Ack(1, AckResult.COMMIT, 5, replaced=[Part("lens", ["x"], "bob", 4)]),),
    )
    assert isinstance(told, Conflict)
    assert (told.kind, told.mine, told.theirs) == (
        ConflictKind.REPLACED_THEIRS,
        Set("lens", {"x": 5}),
        Set("lens", {"x": 7}),
    )


def test_my_values_that_others_replaced_are_told(following: Following) -> None:
    """SEEN-10: including values from a former client id."""
    for clock, origin in ((4, "me"), (5, "me before"), (6, "eve")):
        now = following.records["lens"].props["x"]
        change = Change(clock, "bob", [Set("lens", {"x": clock})], replaced=[Replaced("lens", ["x"], origin)])
        found = [one.mine for one in following.hears(change) if isinstance(one, Conflict)]
        assert found == ([] if origin == "eve" else [Set("lens", {"x": now})])


def test_record_removed_under_my_edit_is_told_as_it_was(following: Following) -> None:
    """DOC-5, REP-8: so that it can be restored; even some frames later, while my edit is pending."""
    following.edits(Set("lens", {"x": 5}))
    assert following.hears(Change(4, "bob", [Remove("lens"), Remove("unheard of")])) == []
    assert following.hears(Change(5, "bob", [])) == []
    [told] = following.hears(
        Change(6, "ann", []), acks=(Ack(1, AckResult.DISCARD, 6, lost=[Part("lens", by="bob", clock=4)]),)
    )
    assert isinstance(told, Conflict)
    assert told.kind is ConflictKind.GONE
    assert told.record == Record("lens", "component", {"x": 5, "y": 2})


def test_record_removed_is_forgotten_with_the_edit(following: Following) -> None:
    """DOC-5: a later edit of that id concerns another record."""
    following.edits(Set("lens", {"x": 5}))
    following.hears(
        Change(4, "bob", [Remove("lens")]), Change(5, "ann", []), acks=(Ack(1, AckResult.DISCARD, 5),)
    )
    following.edits(Set("lens", {"x": 6}))
    lost = Ack(2, AckResult.DISCARD, 6, lost=[Part("lens", by="bob", clock=4)])
    [told] = following.hears(Change(6, "ann", []), acks=(lost,))
    assert isinstance(told, Conflict)
    assert told.record is None


def test_others_changes_close_my_unsent_one(following: Following) -> None:
    """PUSH-2, SEEN-1: the next edit of that record has seen more."""
    following.pending.add([Set("lens", {"x": 5})], 1000, 3, False, "")
    following.hears(Change(4, "bob", [Set("lens", {"y": 7})]))
    following.pending.add([Set("lens", {"x": 6})], 1000, 3, False, "")
    assert len(following.pending.changes) == 2


def test_full_state_takes_the_place_of_the_document(following: Following) -> None:
    """SYNC-3: the whole document and all pending changes may look different now."""
    following.edits(Put("mine", "component"))
    assert following.gets(full(records=(PageRecord("new", "component", {}),))) == []
    assert list(following.records) == ["new"]
    assert list(following.ids) == ["new", "lens", "mine"]
    position = following.confirmed.epoch, following.confirmed.clock, following.confirmed.head
    assert position == ("epoch 1", 9, "head 9")


def test_delta_brings_the_document_up_to_date(following: Following) -> None:
    """SYNC-2: and the records of answered changes must be compared again."""
    following.edits(Set("lens", {"x": 5}))
    following.edits(Set("lens", {"y": 6}))
    ops = (PageSet("lens", {"x": 5}),)
    assert following.gets(delta(1, records=(PageRecord("new", "component", {}),), ops=ops)) == []
    assert following.records["lens"].props == {"x": 5, "y": 2}
    assert list(following.ids) == ["new", "lens"]
    assert [change.client_clock for change in following.pending.changes] == [2]


def test_pages_say_which_changes_were_refused(following: Following) -> None:
    """SYNC-6, REP-8: the number was passed over, and no page has its values."""
    following.edits(Put("new", "component"))
    following.edits(Set("lens", {"y": 6}))
    told = following.gets(delta(2, ops=(PageSet("lens", {"y": 6}),), skipped={"": [1]}))
    assert told == [Lost((Put("new", "component"),), LossKind.REFUSED)]
    assert following.pending.changes == []
    assert list(following.ids) == ["lens", "new"]


def test_pages_say_what_became_of_my_changes(following: Following) -> None:
    """SYNC-6, SEEN-10: each report has the values that the change met, including my earlier ones."""
    following.edits(Put("new", "component", {"a": 1}))
    following.edits(Set("new", {"a": 2}), Set("lens", {"x": 5}))
    gone = Part("new", by="bob", clock=6)
    replaced = Part("lens", ["x"], "bob", 3)
    ack = Ack(2, AckResult.REBASE, 7, lost=[gone], replaced=[replaced])
    told = following.gets(delta(2, ops=(PageSet("lens", {"x": 5}),), acks=[ack]))
    assert told == [
        Conflict(
            ConflictKind.GONE,
            "bob",
            (),
            Set("new", {"a": 2}),
            Remove("new"),
            Record("new", "component", {"a": 2}),
            away=True,
        ),
        Conflict(
            ConflictKind.REPLACED_THEIRS,
            "bob",
            ("x",),
            Set("lens", {"x": 5}),
            Set("lens", {"x": 1}),
            LENS,
            away=True,
        ),
    ]


@pytest.mark.parametrize("unasked", [False, True])
def test_values_replaced_during_an_absence_are_told(following: Following, unasked: bool) -> None:
    """SYNC-9, SYNC-13: values of my own accepted changes; being behind is no absence."""
    following.edits(Set("lens", {"x": 5}))
    notice = Notice(9, "lens", ["x"], "bob")
    page = delta(1, ops=(PageSet("lens", {"x": 7}),), notices=[notice], unasked=unasked)
    [told] = following.gets(page)
    mine, record = Set("lens", {"x": 5}), Record("lens", "component", {"x": 5, "y": 2})
    theirs = Set("lens", {"x": 7})
    assert told == Conflict(ConflictKind.REPLACED_MINE, "bob", ("x",), mine, theirs, record, away=not unasked)


def test_record_gone_during_an_absence_is_told_as_it_was(following: Following) -> None:
    """DOC-5, REP-8: my edit is sent after the pages, and finds no record."""
    following.edits(Set("lens", {"x": 5}))
    assert following.gets(delta(ops=(PageRemove("lens"),))) == []
    lost = Ack(1, AckResult.DISCARD, 10, lost=[Part("lens", by="bob", clock=8)])
    [told] = following.hears(Change(10, "ann", []), acks=(lost,))
    assert isinstance(told, Conflict)
    assert told.record == Record("lens", "component", {"x": 5, "y": 2})


def test_record_removed_before_an_absence_is_told_as_it_was(following: Following) -> None:
    """DOC-5, SYNC-6: the removal came in a patch, and the result of my edit comes with the pages."""
    following.edits(Set("lens", {"x": 5}))
    following.hears(Change(4, "bob", [Remove("lens")]))
    lost = Ack(1, AckResult.DISCARD, 5, lost=[Part("lens", by="bob", clock=4)])
    [told] = following.gets(delta(1, acks=[lost]))
    assert isinstance(told, Conflict)
    assert told.record == Record("lens", "component", {"x": 5, "y": 2})
