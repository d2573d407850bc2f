"""Figures, made up."""

from __future__ import annotations

from benchmarks.growth.axes import Size
from benchmarks.growth.measure import Grown
from benchmarks.growth.table import Result


def result(participants: int, factor: float = 1.0, missing: int = 0) -> Result:
    """What a size took: some figures, times a factor."""
    grown = Grown(
        memory_mb=50.0,
        cost=4.0,
        p50_ms=1.0,
        p99_ms=4.0 * factor,
        join_ms=8.0,
        restart_ms=400.0 * factor,
        back_ms=20.0,
        missing=missing,
        busy=0.1,
        disk_mb=1.0,
    )
    return Result(Size(participants=participants), grown)
