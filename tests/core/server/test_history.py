"""The authority: DOC, CLK, PUSH and LIM rules of docs/protocol.md."""

from __future__ import annotations

import msgspec
import pytest

from optiverse_collab.core.limits import OPS_PER_RECORD, Limits
from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.codec import decode_ops
from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.records import Lane, Op, Put, Remove, Set
from optiverse_collab.core.server.chain import first_head, next_head
from optiverse_collab.core.server.history import TERM, History
from optiverse_collab.core.server.journal import Entry
from optiverse_collab.core.server.names import NameKind
from optiverse_collab.core.space import Space
from optiverse_collab.errors import ChangeRefused, Reason
from tests.core.server.histories import begin_chunk, do, make


@pytest.mark.parametrize(
    ("ops", "reason"),
    [
        ([Put("new", "k", {"x": float("inf")})], Reason.NOT_FINITE),
        ([Put("new", "k"), Put("newer", "k")], Reason.SESSION_FULL),
        ([Set("a", {"x": "y" * 900})], Reason.RECORD_TOO_LARGE),
        ([Set("a", {"x": [[[1]]]})], Reason.TOO_DEEP),
        ([Put("new", "k", {"x": 1}), Put("x" * 129, "k")], Reason.ID_TOO_LONG),
        ([Set("a", {"x": 2}), Put("new", "k", {}, Lane.TALK)], Reason.MIXED_LANES),
        ([Remove("a"), Put("a", "k", {}, Lane.TALK)], Reason.MIXED_LANES),
    ],
)
def test_refused_change_leaves_no_trace(ops: list[Op], reason: Reason) -> None:
    """PUSH-6, LIM-2 to LIM-6: as a whole."""
    history = make(Limits(records=2, record_bytes=800, depth=2))
    do(history, Put("a", "k", {"x": 1}))
    before = history.snapshot()
    history.names.take_new()
    with pytest.raises(ChangeRefused) as refusal:
        do(history, *ops, by="somebody new")
    assert refusal.value.reason is reason
    assert history.snapshot() == before
    assert history.names.take_new() == []


def test_a_full_session_still_shrinks_and_changes() -> None:
    """LIM-6: existing records may still be replaced, edited and removed."""
    history = make(Limits(records=1))
    do(history, Put("a", "k"))
    do(history, Put("a", "other"))
    do(history, Set("a", {"x": 1}))
    do(history, Remove("a"), Put("b", "k"))
    assert set(history.document.records) == {"b"}


def test_records_that_grow_in_steps_are_stopped() -> None:
    """LIM-6, SYNC-3: otherwise a record might not fit into any page."""
    history = make(Limits(record_bytes=500))
    do(history, Put("a", "k"))
    for n in range(4):
        do(history, Set("a", {f"p{n}": "x" * 100}))
    with pytest.raises(ChangeRefused):
        do(history, Set("a", {"p5": "x" * 100}))


def test_change_that_fits_into_no_frame_is_refused() -> None:
    """PUSH-3: even if each of its records is short enough."""
    history = make(Limits(message_bytes=70_000))
    with pytest.raises(ChangeRefused, match="split it") as refusal:
        do(history, *(Put(f"r{n}", "k", {"x": "y" * 1000}) for n in range(6)))
    assert refusal.value.reason is Reason.TOO_LARGE
    assert not history.document.records


@pytest.mark.parametrize(
    ("seen", "step", "reason"),
    [(-1, "", Reason.INVALID_MESSAGE), (2, "", Reason.INVALID_MESSAGE), (1, "s" * 129, Reason.ID_TOO_LONG)],
)
def test_change_says_what_can_be(seen: int, step: str, reason: Reason) -> None:
    """SEEN-1, PUSH-8: nobody can have seen a future change."""
    history = make()
    do(history, Put("a", "k"))
    with pytest.raises(ChangeRefused) as refusal:
        do(history, Set("a", {"x": 1}), seen=seen, step=step)
    assert refusal.value.reason is reason
    do(history, Set("a", {"x": 1}), seen=1, step="s" * 128)


def test_operations_on_one_record_have_a_limit() -> None:
    """LIM-11."""
    history = make()
    with pytest.raises(ChangeRefused, match="operations on 'a'"):
        do(history, Put("a", "k"), *(Set("a", {"x": n}) for n in range(OPS_PER_RECORD)))
    assert history.clock == 0


def test_every_accepted_change_takes_a_clock() -> None:
    """CLK-1: even one without effect."""
    history = make()
    assert do(history, Put("a", "k")).entry.clock == 1
    entry = do(history, Set("gone", {"x": 1}), Remove("gone")).entry
    assert (entry.clock, bytes(entry.ops)) == (2, b"[]")
    assert entry.dropped is not msgspec.UNSET
    assert decode_ops(entry.dropped) == [Set("gone", {"x": 1})]
    assert history.clock == 2


def test_operations_of_one_change_see_each_other() -> None:
    history = make()
    entry = do(history, Put("a", "k"), Set("a", {"x": 1}), Remove("a"), Set("a", {"x": 2})).entry
    assert [one.id for one in entry.lost] == ["a"]
    assert not history.document.records
    assert history.tombstones.keys() == {"a"}
    assert not history.stamps


def test_entry_is_kept_as_the_bytes_that_the_head_is_of() -> None:
    """CLK-5, CLK-6, PUSH-8: with all attributes of the change."""
    history = make()
    do(history, Put("a", "k"), by="bob")
    head = history.chain.head
    accepted = do(history, Set("a", {"x": 1}), Set("b", {"x": 1}), seen=1, yields=True, step="s", now_ms=99)
    entry, kept, _ = accepted
    assert msgspec.json.decode(kept.data, type=Entry) == entry
    assert (kept.clock, kept.head) == (2, next_head(head, kept.data))
    assert history.chain.head == kept.head
    assert (entry.term, entry.seen, entry.yields, entry.step, entry.time_ms) == (TERM, 1, True, "s", 99)
    assert history.names.text(NameKind.ORIGIN, entry.origin) == origin_of("ann")
    assert history.names.text(NameKind.AUTHOR, entry.author) == "ann"


def test_new_history_begins_with_the_head_of_its_epoch() -> None:
    """CLK-5."""
    assert make().chain.head == first_head("e")


def test_who_says_nothing_of_it_has_seen_what_was_sent() -> None:
    """SEEN-1."""
    history = make()
    do(history, Put("a", "k", {"x": 0}))
    do(history, Set("a", {"x": 1}))
    for sent, client_clock in ((1, 1), (2, 2)):
        change = PushedChange(client_clock, [Set("a", {"x": 2})], yields=True)
        entry = history.accept(origin_of("bob"), (), "bob", 0, change, sent).entry
        assert entry.seen == sent
        assert bool(entry.held) == (sent == 1)


def test_time_never_runs_backwards() -> None:
    """CLK-7: whatever the machine's clock does."""
    history = make()
    times = [do(history, Put("a", "k"), now_ms=now).entry.time_ms for now in (50, 20, 60, 59)]
    assert times == [50, 50, 60, 60]
    assert history.snapshot().time_ms == 60


def test_time_never_runs_backwards_over_a_restart() -> None:
    """CLK-7, DUR-4: from the log, and from a snapshot."""
    history = make()
    kept = do(history, Put("a", "k"), now_ms=50).kept.data
    names = history.names.take_new()
    for again in (History(history.snapshot(), names), History(History.empty("e"), names, [kept])):
        assert do(again, Put("a", "k"), now_ms=20).entry.time_ms == 50


# Stamps


def test_values_have_the_stamp_of_the_change_that_gave_them() -> None:
    """STAMP-2: clock, origin, author and time; setting a value again to the same keeps its stamp."""
    history = make()
    do(history, Put("a", "k", {"x": 1, "y": 1}), now_ms=10)
    do(history, Set("a", {"x": 2, "y": 1, "z": 1}, ["w"]), by="bob", now_ms=20)
    do(history, Put("a", "k", {"x": 2, "y": 3}), by="cid", now_ms=30)
    do(history, Set("a", {}, ["z"]), now_ms=40)
    stamps = history.stamps["a"]
    assert {name: stamps.of(name).clock for name in "wxyz"} == {"w": 1, "x": 2, "y": 3, "z": 4}
    assert [stamps.of(name).time_ms for name in "xyz"] == [20, 30, 40]
    authors = [history.names.text(NameKind.AUTHOR, stamps.of(name).author) for name in "xyz"]
    origins = [history.names.text(NameKind.ORIGIN, stamps.of(name).origin) for name in "xyz"]
    assert authors == ["bob", "cid", "ann"]
    assert origins == [origin_of(name) for name in authors]


def test_record_that_comes_back_or_changes_its_kind_begins_again() -> None:
    """STAMP-2, DOC-6: and loses its tombstone."""
    history = make()
    do(history, Put("a", "k", {"x": 1}), Put("b", "k", {"x": 1}))
    do(history, Set("a", {"y": 1}), Put("b", "other", {"x": 1}))
    do(history, Remove("a"))
    assert (history.tombstones["a"].stamp.clock, "a" in history.stamps) == (3, False)
    do(history, Put("a", "k", {"x": 1}))
    assert not history.tombstones
    assert (history.stamps["a"].whole.clock, history.stamps["a"].own) == (4, {})
    assert (history.stamps["b"].whole.clock, history.stamps["b"].own) == (2, {})


def test_record_that_changed_last_is_the_last() -> None:
    """SYNC-2: so the server finds new changes without looking at every record."""
    history = make()
    for id in "abc":
        do(history, Put(id, "k", {"x": 0}))
    do(history, Set("a", {"x": 1}))
    do(history, Set("b", {"x": 0}))
    do(history, Put("c", "other"))
    assert list(history.stamps) == ["b", "a", "c"]


def test_history_starts_where_tombstones_are_forgotten() -> None:
    """CLK-4: both or neither."""
    history = make(tombstones=4)
    for n in range(6):
        do(history, Put(f"r{n}", "k"))
    for n in range(4):
        do(history, Remove(f"r{n}"))
    assert (history.start, len(history.tombstones)) == (0, 4)
    do(history, Remove("r4"))
    assert history.start == 8
    assert {id: one.stamp.clock for id, one in history.tombstones.items()} == {"r2": 9, "r3": 10, "r4": 11}


def test_history_goes_on_from_what_was_kept() -> None:
    """DUR-4: see also `test_journal`."""
    history = make()
    kept = [do(history, Put("a", "k", {"x": x}), by=by).kept.data for x, by in enumerate(["ann", "bob"])]
    replayed = History(History.empty("e"), history.names.take_new(), kept)
    assert replayed.snapshot() == history.snapshot()
    assert do(replayed, Set("a", {"x": 2})).kept == do(history, Set("a", {"x": 2})).kept


def test_a_chunk_begins_without_names_that_are_not_used() -> None:
    """STAMP-4; DUR-4: a reader that starts there gets the same history."""
    history = make(clients=1)
    for name in ("ann", "bob", "cid"):
        do(history, Put("a", "k", {"x": name}), by=name)
    names = history.names.take_new()
    snapshot = begin_chunk(history)
    assert [history.names.known(NameKind.AUTHOR, name) for name in ("ann", "bob", "cid")] == [1, -1, 3]
    for one in (history, History(snapshot, [name for name in names if name.number != 2], clients=1)):
        assert do(one, Put("a", "k", {"x": 1}), by="bob").entry.author == 4


def test_session_that_is_not_live_leaves_its_space_to_others() -> None:
    """LIM-16"""
    space = Space(10_000)
    history = History(History.empty("e"), space=space)
    do(history, Put("a", "k"))
    assert space.used > 0
    history.release()
    assert space.used == 0


def test_discarded_history_lets_go_of_what_it_knows() -> None:
    """LIM-16: the remains of a failed connection may refer to it for a while."""
    space = Space(10_000)
    history = History(History.empty("e"), space=space)
    do(history, Put("a", "k"))
    do(history, Put("b", "k"), by="bob")
    do(history, Set("b", {"x": 1}), by="cid", seen=0)
    do(history, Remove("a"), by="bob")
    document = history.document
    held = len(document.records), len(history.stamps), len(history.tombstones), len(history.outcomes.kept)
    assert held == (1, 1, 1, 1)
    history.discard()
    assert (document.records, history.stamps, history.tombstones, space.used) == ({}, {}, {}, 0)
    assert not history.outcomes.kept


def test_a_version_of_the_server_is_an_entry_of_its_own() -> None:
    """HIST-13: chained and followed like any other, by nobody who could take part; once for each reason."""
    history = make()
    do(history, Put("lens", "k", {"x": 0}))
    assert history.keep_version() is None
    do(history, Set("lens", {"x": 1}), by="bob", step="sweep:1")
    before = history.chain.head
    made = history.keep_version()
    assert made is not None
    assert (made.entry.clock, made.entry.origin, made.entry.author, made.lane) == (3, 0, 0, Lane.META)
    assert made.kept.head == history.chain.head == next_head(before, made.kept.data)
    [version] = [one for one in history.document.records.values() if one.lane is Lane.META]
    assert (version.props["clock"], version.props["by"]) == (1, "bob")
    assert history.keep_version() is None


def test_a_moment_has_one_version_of_the_server() -> None:
    """HIST-13: a second reason for the same moment makes none."""
    history = make()
    do(history, Put("lens", "k", {"x": 0}))
    mine = Put("mine", "version", {"name": "start", "clock": 1}, Lane.META)
    do(history, mine)
    do(history, Set("lens", {"x": 1}), step="sweep:1")
    assert history.keep_version() is None
    assert [one.id for one in history.versions.all.values()] == ["mine"]
