"""What was measured: one bench after the other, with one item dragged or many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.fanout import percentile
from benchmarks.photon.drag import Span, Sweep, latencies

AIM_MS, SLOT_AIM_MS, IDLE_AIM = 33.0, 4.0, 0.003


@dataclass(frozen=True)
class Case:
    """One measurement.

    Attributes:
        components: how many are on the bench.
        laser: whether there is a laser among them.
        dragged: how many of them the mouse drags.
    """

    components: int
    laser: bool
    dragged: int


@dataclass(frozen=True)
class Times:
    """Sorted times in ms, or gaps between two turns of an event loop."""

    ms: list[float]

    @classmethod
    def of(cls, ms: Iterable[float]) -> Times:
        """Sort them."""
        return cls(sorted(ms))

    @property
    def p50(self) -> float:
        """The median."""
        return percentile(self.ms, 50)

    @property
    def p99(self) -> float:
        """The time that one of a hundred exceeds."""
        return percentile(self.ms, 99)


@dataclass(frozen=True)
class Shown:
    """How soon a window followed the mouse.

    Attributes:
        whole: from a movement of the mouse until pixels of the window show it.
        besides: the same without the time in which the editors traced rays.
        gaps: between two turns of the window's event loop, which is asked for one each 16 ms.
        paints: how often the window painted its canvas, for each movement of the mouse.
        paint_ms: CPU time of one paint; the median.
        work_ms: CPU time of its GUI thread for each.
        waited_ms: how long that thread waited for a processor, for each.
    """

    whole: Times
    besides: Times
    gaps: Times
    paints: float
    paint_ms: float
    work_ms: float
    waited_ms: float

    @classmethod
    def of(cls, sweeps: Sequence[Sweep], window: int, reports: Sequence[Mapping[str, Any]]) -> Shown:
        """Evaluate what a window showed, with the reports of the windows' event loops."""
        spans: list[Span] = [(begin, end) for report in reports for begin, end in report["retraces"]]
        report, moves = reports[window], sum(len(sweep.moves) for sweep in sweeps)
        return cls(
            Times.of(ms for sweep in sweeps for ms in latencies(sweep, window)),
            Times.of(ms for sweep in sweeps for ms in latencies(sweep, window, spans)),
            Times.of(report["gaps"]),
            len(report["paints"]) / moves,
            median(report["paints"] or [0.0]),
            sum(report["work"]) / moves,
            report["waited"] / moves,
        )


@dataclass(frozen=True)
class Result:
    """The figures of a case.

    Attributes:
        alone: in an editor without the plugin.
        own, other: in the window with the mouse, and in another window of the session.
        retrace_ms: how long the editor takes to trace the rays; the median.
        slots: class and method of the plugin → CPU time of its calls, in both windows.
    """

    case: Case
    alone: Shown
    own: Shown
    other: Shown
    retrace_ms: float
    slots: dict[str, Times]

    @property
    def slowest(self) -> tuple[str, float]:
        """The method of the plugin with the highest p99, and its p99."""
        return max(
            ((name, times.p99) for name, times in self.slots.items()),
            key=lambda one: one[1],
            default=("", 0.0),
        )


@dataclass(frozen=True)
class Idle:
    """CPU time of windows that nobody uses, in s per s.

    Attributes:
        components: how many are on the bench.
        alone: without the plugin.
        joined: in a session.
    """

    components: int
    alone: float
    joined: float


@dataclass
class Found:
    """All of it.

    Attributes:
        results: of each case that could be measured.
        problems: why another one could not.
        idle: None if it was not measured.
    """

    results: list[Result] = field(default_factory=list)
    problems: list[tuple[Case, str]] = field(default_factory=list)
    idle: Idle | None = None


def slots_of(reports: Sequence[Mapping[str, Any]]) -> dict[str, Times]:
    """The calls of the plugin's methods, in all windows."""
    names = {name for report in reports for name in report["slots"]}
    return {
        name: Times.of(ms for report in reports for ms in report["slots"].get(name, ())) for name in names
    }


def retrace_ms(reports: Sequence[Mapping[str, Any]]) -> float:
    """The median time of a retrace; 0 without any."""
    spans = [1000 * (end - begin) for report in reports for begin, end in report["retraces"]]
    return median(spans) if spans else 0.0
