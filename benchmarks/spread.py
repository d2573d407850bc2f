"""Medians with their ranges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Spread:
    """The median and the range of a figure."""

    middle: float
    low: float
    high: float


def spread(values: Sequence[float]) -> Spread:
    """The spread of at least one value."""
    return Spread(median(values), min(values), max(values))


def shown(span: Spread) -> str:
    """The median, and the range if there is one."""
    if span.low == span.high:
        return figure(span.middle)
    return f"{figure(span.middle)} ({figure(span.low)}-{figure(span.high)})"


def figure(value: float) -> str:
    """A figure with about three digits."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
