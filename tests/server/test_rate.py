"""LIM-8 of docs/protocol.md."""

from __future__ import annotations

from optiverse_collab_server.rate import BURST, MESSAGES_PER_SECOND, TokenBucket


def test_a_burst_and_then_the_long_run() -> None:
    bucket = TokenBucket(now=100.0)
    assert sum(bucket.take(100.0) for _ in range(BURST * 2)) == BURST
    assert sum(bucket.take(101.0) for _ in range(BURST)) == MESSAGES_PER_SECOND
    assert sum(bucket.take(1e6) for _ in range(BURST * 2)) == BURST, (
        "what is not used is not saved up for ever"
    )


def test_what_an_editor_sends_is_far_below() -> None:
    """30 pushes, 30 presences a second and a heartbeat, for an hour."""
    bucket = TokenBucket(now=0.0)
    assert all(bucket.take(n / 61) for n in range(61 * 3600))
