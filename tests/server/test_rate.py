"""LIM-8 of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab_server.rate import BYTES, CHANGES, MESSAGES, Rates, TokenBucket

BURST, MESSAGES_PER_SECOND = int(MESSAGES.burst), MESSAGES.per_second


def test_a_burst_and_then_the_long_run() -> None:
    bucket = TokenBucket(100.0, MESSAGES)
    assert [bucket.take(100.0) for _ in range(BURST)] == [0.0] * BURST
    assert bucket.take(100.0) == pytest.approx(1 / MESSAGES_PER_SECOND)
    assert bucket.take(101.0) == 0.0
    assert sum(bucket.take(1e6) == 0.0 for _ in range(BURST * 2)) == BURST  # unused time does not accumulate


def test_a_clock_that_is_set_back_costs_nothing() -> None:
    """The log uses the time of day; otherwise it would be silent for as long as the clock was set back."""
    bucket = TokenBucket(10_000.0, MESSAGES)
    bucket.take(10_000.0, 500)
    assert bucket.left(100.0) == BURST - 500
    assert bucket.left(101.0) == BURST - 500 + MESSAGES_PER_SECOND


def test_who_waits_as_told_sends_at_the_rate() -> None:
    """No message is counted twice, and none is free."""
    bucket, now, count = TokenBucket(0.0, MESSAGES), 0.0, 10 * BURST
    for _ in range(count):
        now += bucket.take(now)
    assert now == pytest.approx((count - BURST) / MESSAGES_PER_SECOND, rel=0.01)


def test_what_an_editor_sends_is_far_below() -> None:
    """30 pushes and 30 presences a second and a heartbeat, for an hour."""
    bucket = TokenBucket(0.0, MESSAGES)
    assert not any(bucket.take(n / 61) for n in range(61 * 3600))


def test_a_stall_of_a_minute_is_made_up_for() -> None:
    """The drag of that minute comes in one burst, and is read within a quarter of a minute."""
    bucket, now = TokenBucket(0.0, MESSAGES), 60.0
    for _ in range(61 * 60):
        now += bucket.take(now)
    assert now < 75


@pytest.mark.parametrize(
    ("size", "changes", "first_s"),
    [
        (100, 1000, CHANGES.burst / 1000 + 1),
        (1_000_000, 1, BYTES.burst // 1_000_000 + 1),
        (10, 0, MESSAGES.burst + 1),
    ],
)
def test_each_kind_of_cost_is_counted(size: int, changes: int, first_s: float) -> None:
    """Many changes in few messages, and long messages, wait as many messages would."""
    rates, free = Rates(0.0), 1
    while not rates.take(0.0, size, changes):
        free += 1
    assert free == first_s


def test_no_message_makes_the_next_wait_for_long() -> None:
    """HB-3: a client that used up its allowance drops its connection after 8 s without an answer."""
    rates, now = Rates(0.0), 0.0
    waits = []
    for _ in range(200):
        waits.append(rates.take(now, 1024 * 1024, 1000))
        now += waits[-1]
    assert 0 < max(waits) < 1
