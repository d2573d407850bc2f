"""When parts of a replica are written, and when sending waits for the disk (DISK rules)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client import write_ahead
from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.client.journal import Changed, Dismissed, Entry, Held, Settled
from optiverse_collab.core.client.write_ahead import (
    BUSY_MS,
    JOURNAL_BYTES,
    QUIET_MS,
    WRITE_EVERY_MS,
    Write,
)
from optiverse_collab.core.records import Record, Set
from tests.core.client.writing import Bench, written_bench

HELD = HeldChange([Set("h", {"n": 1})], "ben")


@pytest.fixture
def bench() -> Bench:
    return written_bench()


def entries(write: object) -> list[Entry]:
    assert isinstance(write, Write)
    return list(write.entries)


def test_without_a_disk_nothing_waits() -> None:
    """DISK-1: scripts send at once."""
    bench = Bench()
    bench.edit()
    bench.ahead.held_changed("h")
    assert not bench.ahead.blocks
    assert bench.push() == [1]
    assert (bench.ahead.wait_ms(0), bench.poll(), bench.ahead.end()) == (None, None, None)
    assert bench.pending.unwritten == {}
    assert bench.ahead.failed("late", 0) == []


def test_nothing_is_sent_before_it_is_written() -> None:
    """DISK-1: the first write is a whole copy."""
    bench = Bench()
    bench.edit()
    bench.ahead.begin()
    assert bench.push() == []
    assert bench.ahead.blocks
    assert bench.ahead.wait_ms(bench.now_ms) == 0
    assert isinstance(bench.poll(), Write)
    assert bench.push() == []
    assert bench.finish() == []
    assert bench.is_on_disk()
    assert bench.push() == [1]
    assert not bench.ahead.blocks


def test_what_is_about_to_be_sent_is_written_at_once(bench: Bench) -> None:
    """DISK-1: however recent the last write was."""
    assert bench.push() == [1]
    for number in (2, 3):
        bench.edit()
        assert bench.push() == []
        assert bench.ahead.blocks
        assert entries(bench.poll()) == [Changed(bench.pending.changes[-1])]
        assert bench.push() == []
        bench.finish()
        assert bench.push() == [number]


def test_an_edit_while_a_write_goes_on_waits_for_the_next(bench: Bench) -> None:
    """DISK-1."""
    bench.push()
    bench.edit()
    bench.push()
    bench.poll()
    bench.edit()
    assert bench.poll(WRITE_EVERY_MS) is None
    bench.finish()
    assert bench.push() == [2]
    assert bench.push() == []
    assert entries(bench.poll()) == [Changed(bench.pending.changes[-1])]
    bench.finish()
    assert bench.push() == [3]


def test_what_is_not_sent_is_written_now_and_then(bench: Bench) -> None:
    """DISK-1: while there is no connection, or during a drag; the first edit at once."""
    bench.edit()
    assert entries(bench.poll()) == [Changed(bench.pending.changes[-1])]
    bench.finish()
    bench.edit()
    assert bench.ahead.wait_ms(bench.now_ms) == WRITE_EVERY_MS
    assert bench.poll(WRITE_EVERY_MS - 1) is None
    assert isinstance(bench.poll(1), Write)
    bench.finish()
    assert bench.is_on_disk()


def test_what_is_written_is_not_altered_by_the_next_edit(bench: Bench) -> None:
    """DISK-2: another thread encodes it some time later."""
    bench.edit(Set("b", {"n": 1}))
    [entry] = entries(bench.poll())
    bench.edit(Set("b", {"n": 2}))
    assert isinstance(entry, Changed)
    assert entry.change.operations == [Set("b", {"n": 1})]


def test_what_became_of_edits_is_written(bench: Bench) -> None:
    """DISK-2: settled edits, held edits, and edits that are no longer held."""
    bench.held["h"] = HELD
    for id in ("h", "gone"):
        bench.ahead.held_changed(id)
    bench.pending.drop(1)
    assert entries(bench.poll()) == [Settled(1), Held("h", HELD), Dismissed("gone")]
    bench.finish()
    assert bench.is_on_disk()
    assert bench.ahead.wait_ms(bench.now_ms) is None


def test_a_copy_is_written_once_it_is_quiet(bench: Bench) -> None:
    """DISK-2: two seconds after the server confirmed something."""
    bench.clock = 5
    assert bench.poll() is None
    assert bench.ahead.wait_ms(bench.now_ms) == QUIET_MS
    bench.clock = 6
    assert bench.poll(QUIET_MS - 1) is None
    assert bench.poll(QUIET_MS - 1) is None
    assert isinstance(write := bench.poll(1), Write)
    assert write.copy == bench.save()
    bench.finish()
    assert bench.ahead.wait_ms(bench.now_ms) is None


def test_a_copy_is_written_while_it_is_never_quiet(bench: Bench) -> None:
    """DISK-2: after thirty seconds."""
    waited = 0.0
    while bench.poll() is None:
        assert waited <= BUSY_MS
        bench.clock += 1
        bench.now_ms += 1000
        waited += 1000
    assert waited >= BUSY_MS
    assert bench.asked is not None
    assert bench.asked.copy is not None


def test_a_large_bench_is_copied_less_often() -> None:
    """DISK-2."""
    bench = Bench()
    bench.records = [Record(f"r{number}", "k", {}) for number in range(3000)]
    bench.ahead.begin()
    bench.write_all()
    bench.clock = 5
    bench.poll()
    assert bench.ahead.wait_ms(bench.now_ms) == QUIET_MS + 3000


def test_a_long_journal_becomes_a_copy(bench: Bench) -> None:
    """DISK-2: when it is longer than the pending changes."""
    count = 0
    while bench.poll(WRITE_EVERY_MS) is None or bench.asked is None or bench.asked.copy is None:
        if bench.asked is not None:
            bench.finish()
        bench.edit(Set("a", {"n": str(count % 10) * (JOURNAL_BYTES // 8)}))
        count += 1
    assert 8 <= count <= 10
    bench.finish()
    assert bench.is_on_disk()


def test_while_a_copy_is_written_what_was_written_goes_out(bench: Bench) -> None:
    """DISK-3: the old file is whole until the new one is."""
    bench.clock = 5
    bench.poll()
    bench.edit(Set("b", {}))
    bench.write_all()
    write = bench.poll(QUIET_MS)
    assert isinstance(write, Write)
    assert write.copy is not None
    assert bench.push() == [1, 2]
    bench.edit(Set("c", {}))
    assert bench.push() == []
    bench.finish()
    bench.write_all()
    assert bench.push() == [3]


def test_what_nobody_asked_for_is_not_written(bench: Bench) -> None:
    """DISK-1."""
    bench.edit()
    bench.push()
    write = bench.poll()
    assert isinstance(write, Write)
    for mark in (write.mark - 1, write.mark + 1):
        assert bench.ahead.written(mark) == []
    assert bench.push() == []


def test_who_leaves_leaves_a_copy(bench: Bench) -> None:
    """DISK-2: after the running write, too; and edits that waited for the disk are sent."""
    bench.push()
    bench.edit()
    bench.push()
    bench.poll()
    bench.edit()
    last = bench.ahead.end()
    assert last is not None
    bench.finish()
    bench.put(last)
    assert bench.is_on_disk()
    assert bench.ahead.written(last.mark) == []
    assert bench.push() == [2, 3]
    assert bench.ahead.wait_ms(bench.now_ms) is None


def test_a_session_can_be_joined_again(bench: Bench) -> None:
    """DISK-1: a copy comes first, as at the beginning."""
    bench.ahead.end()
    bench.edit()
    bench.ahead.begin()
    assert bench.push() == []
    bench.write_all()
    assert bench.is_on_disk()
    assert bench.push() == [1]


def test_another_state_comes_before_everything_else(bench: Bench) -> None:
    """BACK-11: also if a write is on its way, whose answer doesn't count."""
    bench.edit()
    late = bench.ahead.poll(bench.now_ms)
    bench.ahead.begin_again()
    copy = bench.ahead.poll(bench.now_ms)
    assert isinstance(copy, Write)
    assert copy.copy is not None
    if isinstance(late, Write):
        assert bench.ahead.written(late.mark) == []
    assert bench.push() == []
    bench.ahead.written(copy.mark)
    assert bench.push() == [1]


def test_the_limits_fit_together() -> None:
    """DISK-1: at most a second of edits is not on disk."""
    assert write_ahead.WRITE_EVERY_MS <= 500
    assert write_ahead.QUIET_MS < write_ahead.BUSY_MS
