"""The memory of processes over time, and whether it grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from benchmarks.targets import resident_mb

WARM_UP = 1 / 3
"""The start of a run, while caches fill and pools grow."""

ALLOWED_MB = 1.0
"""How much the memory of a process may grow over the rest of a run: allocators cause such growth."""


class Growth(NamedTuple):
    """A process's memory after the warm-up.

    Attributes:
        mean_mb: its resident memory, in MB of 10^6 bytes.
        slope_mb_per_h: the slope of the line that fits best.
        grown_mb: the growth along that line, after the warm-up.
    """

    mean_mb: float
    slope_mb_per_h: float
    grown_mb: float

    @property
    def flat(self) -> bool:
        """Whether the growth is within what allocators cause."""
        return self.grown_mb <= ALLOWED_MB


def smallest_leak_mb_per_h(minutes: float) -> float:
    """The growth above which a run of `minutes` is not flat."""
    return ALLOWED_MB / (minutes / 60 * (1 - WARM_UP))


class Samples:
    """The resident memory of processes, sampled periodically."""

    def __init__(self) -> None:
        self._of: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)

    def take(self, at_s: float, pids: Mapping[str, int]) -> None:
        """Sample processes by their names; Linux only."""
        for name, pid in pids.items():
            self._of[name].append((at_s, resident_mb(pid)))

    def growth(self) -> dict[str, Growth]:
        """The result for each process."""
        return {name: growth(samples) for name, samples in self._of.items()}


def growth(samples: Sequence[tuple[float, float]]) -> Growth:
    """Fit a line by least squares.

    Args:
        samples: time in s and memory in MB, in order; at least two behind the warm-up.
    """
    start, end = samples[0][0], samples[-1][0]
    warm = [(at, mb) for at, mb in samples if at >= start + WARM_UP * (end - start)]
    mean_s = sum(at for at, _ in warm) / len(warm)
    mean_mb = sum(mb for _, mb in warm) / len(warm)
    spread = sum((at - mean_s) ** 2 for at, _ in warm)
    slope = sum((at - mean_s) * (mb - mean_mb) for at, mb in warm) / spread
    return Growth(mean_mb, slope * 3600, slope * (warm[-1][0] - warm[0][0]))
