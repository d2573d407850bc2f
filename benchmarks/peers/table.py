"""Tables of the comparison, in Markdown, for terminals and pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.page import aligned
from benchmarks.peers.figures import Figures, Result, losses, ratio
from benchmarks.spread import figure, shown, spread
from benchmarks.workloads import Workload
from optiverse_collab_server.tick import tick_ms

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


def section(workload: Workload, results: Sequence[Result]) -> str:
    """A heading, a row for each peer, and what is lost to whom; the first result is ours."""
    ours = results[0]
    rows = [HEAD, *(_row(result, ours) for result in results)]
    lines = [f"**{workload.title}**", "", *aligned(rows)]
    reasons: dict[str, list[str]] = {}
    for peer, better in losses(results):
        reasons.setdefault(peer.differs, []).append(f"{peer.title} ({_better(better)})")
    lost = [f"- Lost, as shares of ours, to {', '.join(names)}. {why}." for why, names in reasons.items()]
    if lost:
        lines += ["", *lost, _ours_differs(workload)]
    return "\n".join(lines)


def _row(result: Result, ours: Result) -> tuple[str, ...]:
    head = (result.peer.title, result.peer.keeps.value)
    if not result.runs:
        return *head, result.problem or "not run", "", "", "", "", ""
    compared = ratio(result, ours, lambda run: run.cost)
    return (
        *head,
        _spread(result, lambda run: run.cost),
        "" if compared is None else shown(compared),
        _spread(result, lambda run: run.p50_ms),
        _missing(result) or _spread(result, lambda run: run.p99_ms),
        figure(spread([run.busy for run in result.runs]).middle),
        figure(spread([run.late_ms for run in result.runs]).middle),
    )


def _ours_differs(workload: Workload) -> str:
    tick = tick_ms(workload.load.participants)
    return f"- Ours gathers edits for up to {tick:.3g} ms, and shows them when they are on disk."


def _missing(result: Result) -> str:
    """The remark on a server that didn't deliver everything, or stopped; "" for others."""
    if result.missing:
        return f"collapses: up to {result.missing:.2%} missing"
    return result.problem


def _spread(result: Result, metric: Callable[[Figures], float]) -> str:
    return shown(spread([metric(run) for run in result.runs]))


def _better(better: dict[str, float]) -> str:
    return ", ".join(f"{name} {ratio:.2f}" for name, ratio in better.items())
