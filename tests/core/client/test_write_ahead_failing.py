"""A disk that fails or does not answer delays nobody (DISK-5)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.disk_effects import EditsProtected, EditsUnprotected
from optiverse_collab.core.client.write_ahead import NO_ANSWER, RETRY_MS, STALL_MS, WRITE_EVERY_MS, Write
from tests.core.client.writing import Bench, written_bench


@pytest.fixture
def bench() -> Bench:
    return written_bench()


def test_a_disk_that_fails_holds_nothing_up(bench: Bench) -> None:
    """DISK-5: it is reported once and tried again; then a whole copy replaces the missed writes."""
    bench.push()
    bench.edit()
    bench.push()
    bench.poll()
    assert bench.ahead.failed("It is full.", bench.now_ms) == [EditsUnprotected("It is full.")]
    assert bench.push() == [2]
    bench.asked = None
    bench.edit()
    assert bench.push() == [3]
    assert bench.ahead.wait_ms(bench.now_ms) == RETRY_MS
    assert bench.poll(RETRY_MS - 1) is None
    assert isinstance(bench.poll(1), Write)
    assert bench.ahead.failed("It is full.", bench.now_ms) == []
    bench.asked = None
    bench.edit()
    assert isinstance(write := bench.poll(RETRY_MS), Write)
    assert write.copy is not None
    bench.edit()
    bench.pending.drop(1)
    assert bench.finish() == [EditsProtected()]
    bench.now_ms += WRITE_EVERY_MS
    bench.write_all()
    assert bench.is_on_disk()
    bench.edit()
    assert bench.push() == []
    bench.write_all()
    assert bench.push() == [4]


def test_a_failure_that_nobody_waits_for_counts_too(bench: Bench) -> None:
    """DISK-5: a sync may fail after the write was reported as done."""
    assert bench.ahead.failed("It is broken.", bench.now_ms) == [EditsUnprotected("It is broken.")]
    assert bench.ahead.wait_ms(bench.now_ms) == RETRY_MS


def test_a_disk_that_does_not_answer_holds_nothing_up(bench: Bench) -> None:
    """DISK-5: after five seconds, edits are sent without it, and none is lost."""
    bench.push()
    bench.edit()
    bench.push()
    bench.poll()
    bench.edit()
    assert bench.push() == []
    assert bench.ahead.wait_ms(bench.now_ms) == STALL_MS
    assert bench.poll(STALL_MS - 1) is None
    assert bench.poll(1) == EditsUnprotected(NO_ANSWER)
    assert bench.ahead.wait_ms(bench.now_ms) is None
    assert bench.push() == [2, 3]
    bench.pending.drop(1)
    assert bench.poll(STALL_MS) is None
    assert bench.finish() == [EditsProtected()]
    bench.write_all()
    assert bench.is_on_disk()
