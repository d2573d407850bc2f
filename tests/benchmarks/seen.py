"""What a load generator has seen, made up."""

from __future__ import annotations

from benchmarks.fanout import Fanout


def seen(latency_ms: float = 1.0, missing: int = 0) -> Fanout:
    """A run in which all deliveries took the same time."""
    return Fanout(
        expected=100,
        missing=missing,
        unseen=0,
        cpu_share=0.1,
        deliveries_per_s=10_000.0,
        latencies_ms=[latency_ms],
        acknowledged_ms=[latency_ms],
        late_ms=[0.1],
        busy=0.1,
        resident_mb=50.0,
    )
