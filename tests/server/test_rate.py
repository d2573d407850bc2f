"""LIM-8 of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab_server.rate import BURST, MESSAGES_PER_SECOND, TokenBucket


def test_a_burst_and_then_the_long_run() -> None:
    bucket = TokenBucket(now=100.0)
    assert [bucket.take(100.0) for _ in range(BURST)] == [0.0] * BURST
    assert bucket.take(100.0) == pytest.approx(1 / MESSAGES_PER_SECOND)
    assert bucket.take(101.0) == 0.0
    assert sum(bucket.take(1e6) == 0.0 for _ in range(BURST * 2)) == BURST  # what is not used is not saved up


def test_who_waits_as_told_sends_at_the_rate() -> None:
    """No message is counted twice, and none is free."""
    bucket, now, count = TokenBucket(now=0.0), 0.0, 10 * BURST
    for _ in range(count):
        now += bucket.take(now)
    assert now == pytest.approx((count - BURST) / MESSAGES_PER_SECOND, rel=0.01)


def test_what_an_editor_sends_is_far_below() -> None:
    """30 pushes, 30 presences a second and a heartbeat, for an hour."""
    bucket = TokenBucket(now=0.0)
    assert not any(bucket.take(n / 61) for n in range(61 * 3600))


def test_a_stall_of_a_minute_is_made_up_for() -> None:
    """What a drag sent meanwhile comes in one burst, and is read within a quarter of a minute."""
    bucket, now = TokenBucket(now=0.0), 60.0
    for _ in range(61 * 60):
        now += bucket.take(now)
    assert now < 75
