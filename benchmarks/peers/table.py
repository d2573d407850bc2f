"""Tables of the comparison, in Markdown, for terminals and pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.peers.figures import Figures, Result, Spread, Workload, losses, ratio, spread
from optiverse_collab_server.session import TICK_MS

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"

HEAD = (
    "server",
    "keeps",
    "CPU s per 100,000",
    "of ours",
    "p50 ms",
    "p99 ms",
    "generator CPU",
    "late p99 ms",
)

OURS_DIFFERS = f"Ours gathers edits for up to {TICK_MS:g} ms, and shows them when they are on disk"


def section(workload: Workload, results: Sequence[Result]) -> str:
    """A heading, a row for each peer, and what is lost to whom; the first result is ours."""
    ours = results[0]
    rows = [HEAD, *(_row(result, ours) for result in results)]
    lines = [f"**{workload.title}**", "", *_aligned(rows)]
    reasons: dict[str, list[str]] = {}
    for peer, better in losses(results):
        reasons.setdefault(peer.differs, []).append(f"{peer.title} ({_better(better)})")
    lost = [f"- Lost, as shares of ours, to {', '.join(names)}. {why}." for why, names in reasons.items()]
    if lost:
        lines += ["", *lost, f"- {OURS_DIFFERS}."]
    return "\n".join(lines)


def write_section(name: str, text: str, page: Path) -> None:
    """Replace what stands between the two comments of a section of a page.

    Raises:
        ValueError: the page has no such section.
    """
    before = page.read_text(encoding="utf-8")
    after, count = re.subn(
        f"(<!-- {name} -->\n).*?(<!-- end of {name} -->)",
        lambda marks: f"{marks[1]}{text}\n{marks[2]}",
        before,
        flags=re.DOTALL,
    )
    if count != 1:
        raise ValueError(f"{page.name} needs one section {name!r}.")
    page.write_text(after, encoding="utf-8")


def figure(value: float) -> str:
    """A figure with about three digits."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _row(result: Result, ours: Result) -> tuple[str, ...]:
    head = (result.peer.title, result.peer.keeps.value)
    if not result.runs:
        return *head, result.problem or "not run", "", "", "", "", ""
    compared = ratio(result, ours, lambda run: run.cost)
    return (
        *head,
        _spread(result, lambda run: run.cost),
        "" if compared is None else _span(compared),
        _spread(result, lambda run: run.p50_ms),
        _missing(result) or _spread(result, lambda run: run.p99_ms),
        figure(spread([run.busy for run in result.runs]).middle),
        figure(spread([run.late_ms for run in result.runs]).middle),
    )


def _missing(result: Result) -> str:
    """The remark on a server that didn't deliver everything, or stopped; "" for others."""
    if result.missing:
        return f"collapses: up to {result.missing:.2%} missing"
    return result.problem


def _spread(result: Result, metric: Callable[[Figures], float]) -> str:
    return _span(spread([metric(run) for run in result.runs]))


def _span(span: Spread) -> str:
    if span.low == span.high:
        return figure(span.middle)
    return f"{figure(span.middle)} ({figure(span.low)}-{figure(span.high)})"


def _better(better: dict[str, float]) -> str:
    return ", ".join(f"{name} {ratio:.2f}" for name, ratio in better.items())


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of a Markdown table that can be read in a terminal, too."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    head, *others = (
        "| " + " | ".join(field.ljust(width) for field, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    )
    return [head, "|" + "|".join("-" * (width + 2) for width in widths) + "|", *others]
