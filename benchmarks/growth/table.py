"""Tables of what grows, and the reasons where something should not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.curves import Panel, Row
from benchmarks.growth.axes import Axis, Size
from benchmarks.growth.measure import Grown
from benchmarks.page import aligned
from benchmarks.spread import figure

TITLES = {
    "memory_mb": "memory MB",
    "cost": "CPU s per 100,000",
    "p50_ms": "p50 ms",
    "p99_ms": "p99 ms",
    "join_ms": "join ms",
    "restart_ms": "restart ms",
    "back_ms": "all back ms",
}
"""The figures of a row, and of a plot."""

MORE = {"disk_mb": "disk MB", "busy": "generator CPU"}
"""Those that stand in the table alone."""

FLAT = 1.5
"""What is less than this many times as large at the end of an axis counts as flat."""


@dataclass(frozen=True)
class Result:
    """What became of a size.

    Attributes:
        size: what was asked for.
        grown: the figures.
        problem: why there are none.
    """

    size: Size
    grown: Grown | None = None
    problem: str = ""

    @property
    def missing(self) -> int:
        """How many deliveries went wrong."""
        return self.grown.missing if self.grown else 0


def section(axis: Axis, results: Sequence[Result]) -> str:
    """A heading, a row for each size, and what grew."""
    columns = {**TITLES, **MORE}
    rows = [(axis.key, *columns.values()), *(_row(axis, result, columns) for result in results)]
    lines = [f"**{axis.key}** {axis.others}", "", *aligned(rows), "", *_remarks(axis, results)]
    return "\n".join(lines).rstrip()


def row_of_plot(axis: Axis, results: Sequence[Result]) -> Row:
    """A panel for each figure."""
    done = [(axis.at(result.size), result.grown) for result in results if result.grown]
    ends = (f"{done[0][0]:,}", f"{done[-1][0]:,}") if done else ("", "")
    panels = [
        Panel(title, [(at, getattr(grown, name)) for at, grown in done], ends)
        for name, title in TITLES.items()
    ]
    return Row(axis.key, panels)


def _row(axis: Axis, result: Result, columns: Mapping[str, str]) -> tuple[str, ...]:
    head = f"{axis.at(result.size):,}"
    if result.grown is None:
        return head, *["-"] * len(columns)
    figures = [figure(getattr(result.grown, name)) for name in columns]
    if result.missing:
        figures[0] += f", {result.missing:,} deliveries missing"
    return head, *figures


def _remarks(axis: Axis, results: Sequence[Result]) -> Iterator[str]:
    """What could not be measured, what grew, each with its reason, and what is flat."""
    for result in results:
        if result.problem:
            yield f"- {axis.at(result.size):,}: {result.problem}"
    done = [result.grown for result in results if result.grown]
    if len(done) < 2:
        return
    flat = []
    for name, title in TITLES.items():
        first, last = getattr(done[0], name), getattr(done[-1], name)
        if last < FLAT * first:
            flat.append(title)
        else:
            why = axis.reasons.get(name, "the reason is not known")
            yield f"- {title}: {figure(first)} to {figure(last)}; {why}."
    if flat:
        yield f"- Flat, or falling: {', '.join(flat)}."
