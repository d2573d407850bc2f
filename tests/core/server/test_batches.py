"""Batches: a copy of a history that gets the entries which it lacks becomes the same history."""

from __future__ import annotations

import re
import zlib

import msgspec
import pytest

from optiverse_collab.core.records import Lane, Put, Remove, Set
from optiverse_collab.core.server.batches import Batch, extend, pack, unpack
from optiverse_collab.core.server.chain import first_head
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Snapshot
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab.core.space import Space
from optiverse_collab.errors import BatchRefused
from tests.core.server.histories import do, make

LENS, MIRROR = Put("lens", "component", {"pos": [0.0, 0.0]}), Put("mirror", "component", {})


class Recorded:
    """A history of epoch ``e`` that notes what storage would get.

    Attributes:
        history: at the end.
        heads: the head at each clock.
        entries: as stored.
        names: at each clock, the names that its change was the first to refer to.
    """

    def __init__(self) -> None:
        self.history = make()
        self.heads = [first_head("e")]
        self.entries: list[bytes] = []
        self.names: list[list[Name]] = []

    def does(self, *ops: Put | Set | Remove, by: str = "ann", **more: bool | int | str) -> None:
        accepted = do(self.history, *ops, by=by, **more)  # type: ignore[arg-type]
        self.entries.append(accepted.kept.data)
        self.heads.append(accepted.kept.head)
        self.names.append(self.history.names.take_new())

    def batch(self, after: int, until: int | None = None) -> Batch:
        until = len(self.entries) if until is None else until
        names = [name for some in self.names[after:until] for name in some]
        return Batch(after, self.heads[after], self.entries[after:until], names)

    def copy(self, clock: int) -> History:
        """What a backup at a clock would have restored."""
        start = History.empty("e")
        return History(start, self.batch(0, clock).names, self.entries[:clock], space=Space(10**9))


@pytest.fixture
def recorded() -> Recorded:
    """Ann and Bob change two records, and each overrides the other without seeing it."""
    one = Recorded()
    one.does(LENS)
    one.does(MIRROR, by="bob", now_ms=5)
    one.does(Set("lens", {"pos": [1.0, 0.0]}), by="bob", seen=0, step="drag")
    one.does(Set("lens", {"pos": [2.0, 0.0]}), seen=1, skip=2)
    one.does(Remove("mirror"), by="carl")
    one.does(Set("lens", {"pos": [3.0, 0.0]}), by="bob", seen=0, yields=True)
    return one


def state(history: History) -> Snapshot:
    return history.snapshot()


@pytest.mark.parametrize("clock", range(6))
def test_a_copy_becomes_the_same(recorded: Recorded, clock: int) -> None:
    """Document, stamps, authors, numbers of clients, outcomes and chain are those of the original."""
    copy = recorded.copy(clock)
    accepted = extend(copy, recorded.batch(clock))
    assert state(copy) == state(recorded.history)
    assert [one.kept.data for one in accepted] == recorded.entries[clock:]
    assert [one.kept.head for one in accepted] == recorded.heads[clock + 1 :]
    assert copy.names.take_new() == recorded.batch(clock).names


def test_a_batch_may_begin_earlier(recorded: Recorded) -> None:
    """A backup is taken at any time, and need not end where a batch begins."""
    copy = recorded.copy(3)
    assert [one.entry.clock for one in extend(copy, recorded.batch(1))] == [4, 5, 6]
    assert state(copy) == state(recorded.history)
    assert copy.names.take_new() == recorded.names[4]


def test_batches_follow_one_another(recorded: Recorded) -> None:
    copy = recorded.copy(0)
    for clock in range(6):
        extend(copy, recorded.batch(clock, clock + 1))
    assert state(copy) == state(recorded.history)


def test_packing_keeps_every_byte(recorded: Recorded) -> None:
    batch = recorded.batch(1)
    assert unpack(pack(batch), batch.after, batch.before) == batch


def test_the_lane_is_that_of_the_change() -> None:
    one = Recorded()
    one.does(Put("note", "note", {}, Lane.TALK))
    assert [accepted.lane for accepted in extend(one.copy(0), one.batch(0))] == [Lane.TALK]


def test_memory_is_counted(recorded: Recorded) -> None:
    """LIM-16: appended entries count like accepted ones."""
    whole, copy = recorded.copy(6), recorded.copy(1)
    extend(copy, recorded.batch(1))
    assert whole.space is not None
    assert copy.space is not None
    knows = Recorded()
    knows.history = copy
    knows.does(MIRROR, by="bob")
    knows.history = whole
    knows.does(MIRROR, by="bob")
    assert copy.space.used == whole.space.used > 0


def refused(copy: History, batch: Batch, why: str) -> None:
    """Nothing has changed."""
    before = state(copy)
    with pytest.raises(BatchRefused, match=re.escape(why)):
        extend(copy, batch)
    assert state(copy) == before
    assert not copy.names.take_new()


def test_a_gap_is_refused(recorded: Recorded) -> None:
    refused(recorded.copy(2), recorded.batch(3), "ends at change 2, and changes 4 to 6 don't continue it.")


def test_old_news_is_refused(recorded: Recorded) -> None:
    refused(recorded.copy(4), recorded.batch(2, 4), "ends at change 4, and changes 3 to 4 don't continue it.")


def test_another_start_is_refused(recorded: Recorded) -> None:
    batch = recorded.batch(2)._replace(before=bytes(16))
    refused(recorded.copy(2), batch, "The changes after 2 belong to another history.")


def test_another_past_is_refused(recorded: Recorded) -> None:
    other = Recorded()
    other.does(MIRROR)
    other.does(LENS)
    other.does(Remove("lens"))
    refused(recorded.copy(2), other.batch(0), "The changes after 0 belong to another history.")


def test_reordered_entries_are_refused(recorded: Recorded) -> None:
    batch = recorded.batch(2)
    reordered = batch._replace(entries=batch.entries[::-1])
    refused(recorded.copy(2), reordered, "Change 6 is where 3 belongs.")


@pytest.mark.parametrize("data", [b"{}", b"[", b'{"clock":3,"ops":[{"op":"\xff"}]}'])
def test_an_unreadable_entry_is_refused(recorded: Recorded, data: bytes) -> None:
    batch = recorded.batch(2)._replace(entries=[data])
    refused(recorded.copy(2), batch, "Change 3 can't be read")


def test_missing_names_are_refused(recorded: Recorded) -> None:
    nameless = recorded.batch(4)._replace(names=[])
    refused(recorded.copy(4), nameless, "The changes after 4 refer to origin 3, which is unknown.")


def test_a_gap_in_names_is_refused(recorded: Recorded) -> None:
    named = recorded.batch(4)._replace(names=[Name(NameKind.AUTHOR, 4, "dora")])
    refused(recorded.copy(4), named, "The names before author 4 are missing.")


@pytest.mark.parametrize("packed", [b"", zlib.compress(b"[]"), zlib.compress(b"[[[5,1,2]],[]]")])
def test_unreadable_bytes_are_refused(packed: bytes) -> None:
    with pytest.raises(BatchRefused, match="The changes after 7 can't be read"):
        unpack(packed, 7, bytes(16))


def test_a_batch_of_raw_json_stays_raw() -> None:
    """Spaces and the order of keys are kept: the chain goes over the bytes."""
    entry = b'{ "clock" : 1 }'
    batch = Batch(0, first_head("e"), [entry], [])
    assert unpack(pack(batch), 0, batch.before).entries == [entry]
    assert msgspec.json.decode(entry) == {"clock": 1}
