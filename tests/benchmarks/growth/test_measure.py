"""One server of one size, with real processes; no test asserts how fast they are."""

from __future__ import annotations

from benchmarks.growth.axes import Size
from benchmarks.growth.measure import measure


def test_all_deliveries_arrive_and_everybody_comes_back() -> None:
    """PUSH-5, SYNC-3: in two sessions that have a past."""
    grown = measure(Size(participants=2, items=3, age=10, sessions=2), 0.2)
    assert grown.missing == 0
    assert min(grown.p50_ms, grown.join_ms, grown.restart_ms, grown.back_ms, grown.disk_mb) > 0
    assert grown.p50_ms <= grown.p99_ms
