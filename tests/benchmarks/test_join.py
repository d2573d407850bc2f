"""The benchmark of joining, after which the newcomer must have the whole bench."""

from __future__ import annotations

from benchmarks import join
from benchmarks.targets import server


def test_newcomer_holds_every_component() -> None:
    """SYNC-3: `measure` raises if one is missing; 600 components are more than one page."""
    assert join.measure(server(), 600) > 0
