"""Somebody's latency, which the others see while it is poor (PRES-19). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optiverse_collab.core.client.quality import Grade, Quality

LATENCY = "latency"
"""The key of the presence."""

STEP_MS = 100
"""It is rounded to steps of this, so that it is not sent again for each answer."""

LONGEST_MS = 60_000


def shown_latency(quality: Quality) -> int | None:
    """What to show of a connection [ms]: the slowest answer of twenty; None unless the connection is poor."""
    slowest_ms = quality.p95_ms
    if quality.grade is not Grade.POOR or slowest_ms is None:
        return None
    return min(max(round(slowest_ms / STEP_MS), 1) * STEP_MS, LONGEST_MS)


def latency_in(state: Mapping[str, Any]) -> int | None:
    """The latency that somebody shows [ms]; None if they show none, or it can't be read."""
    shown = state.get(LATENCY)
    return shown if type(shown) is int and 0 < shown <= LONGEST_MS else None
