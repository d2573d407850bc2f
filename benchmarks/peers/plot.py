"""A plot of the comparison: bars of CPU time and of latency, with their ranges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log10

from benchmarks.peers.figures import Figures, Result
from benchmarks.peers.roster import Keeps
from benchmarks.spread import figure, spread
from benchmarks.workloads import Workload
from optiverse_collab.report.svg import Svg, line, number

NAME_WIDTH, BAR_WIDTH, FIGURE_WIDTH = 230, 250, 70
COLUMN = BAR_WIDTH + FIGURE_WIDTH
WIDTH = NAME_WIDTH + 2 * COLUMN + 20
ROW, BAR_HEIGHT, HEAD, FOOT = 18, 11, 46, 30

BLACK = "#000000"
COLOURS = {Keeps.DISK: "#1769aa", Keeps.MEMORY: "#8a8f98", Keeps.NOTHING: "#c9ccd1"}


def svg(found: Sequence[tuple[Workload, Sequence[Result]]]) -> str:
    """The whole picture, a panel for each workload."""
    height = sum(HEAD + ROW * len(results) for _, results in found) + FOOT
    picture = Svg(WIDTH, height, "CPU time and latency of each server under each workload")
    top = 0
    for workload, results in found:
        _add_panel(picture, workload, [result for result in results if result.runs], top)
        top += HEAD + ROW * len(results)
    _add_legend(picture, top + 18)
    return picture.written()


def _add_panel(picture: Svg, workload: Workload, results: Sequence[Result], top: int) -> None:
    picture.text(workload.title, 10, top + 20, BLACK)
    picture.text("CPU s per 100,000 deliveries", NAME_WIDTH, top + 38, BLACK)
    picture.text("p99 ms, logarithmic", NAME_WIDTH + COLUMN, top + 38, BLACK)
    largest = max((run.cost for result in results for run in result.runs), default=0.0) or 1.0
    slowest = max((run.p99_ms for result in results for run in result.runs), default=0.0) or 1.0

    def cost(value: float) -> float:
        return value / largest

    def latency(value: float) -> float:
        return log10(1 + 10 * value) / log10(1 + 10 * slowest)

    for place, result in enumerate(results):
        y = top + HEAD + ROW * place
        picture.text(result.peer.title, 10, y + 12, BLACK)
        _add_bar(picture, result, (NAME_WIDTH, y), lambda run: run.cost, cost)
        _add_bar(picture, result, (NAME_WIDTH + COLUMN, y), lambda run: run.p99_ms, latency)


def _add_bar(
    picture: Svg,
    result: Result,
    place: tuple[int, int],
    metric: Callable[[Figures], float],
    scale: Callable[[float], float],
) -> None:
    """A bar up to the median, a line from the smallest to the largest, and the figure."""
    x, y = place
    span = spread([metric(run) for run in result.runs])
    middle, low, high = (BAR_WIDTH * scale(value) for value in (span.middle, span.low, span.high))
    picture.path(_box(x, y + 3, middle), fill=COLOURS[result.peer.keeps])
    ends = line([(x + low, y + 8.5), (x + high, y + 8.5)])
    picture.path(ends, stroke=BLACK, stroke_width="1.5", fill="none")
    lost = " ✗" if result.missing else ""
    picture.text(figure(span.middle) + lost, x + max(middle, high) + 5, y + 12, BLACK)


def _add_legend(picture: Svg, y: int) -> None:
    x = 10
    for keeps, colour in COLOURS.items():
        picture.path(_box(x, y - 10, BAR_HEIGHT), fill=colour)
        picture.text(f"keeps {keeps.value}", x + 16, y, BLACK)
        x += 200
    picture.text("✗ lost deliveries", x, y, BLACK)


def _box(x: float, y: float, width: float) -> str:
    return f"M{number(x)} {number(y)}h{number(width)}v{BAR_HEIGHT}h{number(-width)}z"
