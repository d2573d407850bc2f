"""Formats the figures: a table that compares the relay with the server, and a line for each other figure."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import TYPE_CHECKING, TypeVar

from benchmarks.core import Core
from benchmarks.fanout import Fanout, Load, percentile
from benchmarks.past import SPAN, Read
from benchmarks.presence import Moved
from benchmarks.window import (
    HZ,
    PEOPLE,
    POINTED,
    POINTERS,
    SCRUBBED,
    Cursors,
    Drag,
    Join,
    Moves,
    Scrub,
    Sizes,
)

if TYPE_CHECKING:
    from benchmarks.stopwatch import Gaps

T = TypeVar("T")

HEAD = """\
                                     CPU s per 100,000   latency of a delivery, ms                generator
                        deliveries       deliveries      server              relay               CPU   late
participants, editors        per s  server relay ratio     p50   p99   max     p50   p99   max  share   p99
"""


def write(text: str) -> None:
    """Show text at once, since everything takes minutes."""
    sys.stdout.write(text)
    sys.stdout.flush()


def row(load: Load, relays: Sequence[Fanout], servers: Sequence[Fanout]) -> str:
    """A row of the table, under `HEAD`; each figure is the median of its runs."""
    how = f"{' in step' if load.in_step else ''}{' wss' if load.tls else ''}"
    name = f"{load.participants}, {load.editors}{how}"
    server = _middle(servers, lambda run: run.cost)
    relay = _middle(relays, lambda run: run.cost)
    ratio = server / relay if relay else 0.0
    busy = _middle([*relays, *servers], lambda run: run.busy)
    late_ms = _middle([*relays, *servers], lambda run: percentile(run.late_ms, 99))
    return (
        f"{name:<22}{load.deliveries_per_s:>12,.0f}{server:>8.2f}{relay:>6.2f}{ratio:>6.2f}"
        f"{_latencies(servers)}{_latencies(relays)}{busy:>7.2f}{late_ms:>6.1f}\n"
    )


def faults(runs: Iterable[Fanout]) -> str:
    """Edits that were not delivered exactly once; normally none."""
    missing, unseen = sum(run.missing for run in runs), sum(run.unseen for run in runs)
    if not missing and not unseen:
        return ""
    return f"Wrong: {missing:,} deliveries are missing or double, and {unseen:,} edits did not come back.\n"


def memory(load: Load, servers: Sequence[Fanout]) -> str:
    """The server's memory at the end of a run."""
    megabytes = _middle(servers, lambda run: run.resident_mb)
    what = f"{load.components:,} components, {load.participants} participants"
    return f"Resident memory ({what}): {megabytes:.1f} MB\n"


def acknowledged(load: Load, servers: Sequence[Fanout]) -> str:
    """How long authors wait for an acknowledgement."""
    p50, p95, p99 = (
        median(percentile(run.acknowledged_ms, percent) for run in servers) for percent in (50, 95, 99)
    )
    what = f"{load.participants} participants, {load.editors} editors"
    return f"Acknowledgement ({what}): p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f} ms\n"


def idle(load: Load, servers: Sequence[Fanout]) -> str:
    """The server's cost while nobody does anything."""
    cpu_ms = 1000 * _middle(servers, lambda run: run.cpu_share)
    return f"Idle ({load.participants} participants): {cpu_ms:.2f} ms of CPU per s\n"


def join(components: int, seconds: Sequence[float]) -> str:
    """How long a newcomer waits."""
    return f"Join ({components:,} components): {median(seconds):.2f} s\n"


def past(components: int, changes: int, runs: Sequence[Read]) -> str:
    """The time to read a session at an earlier clock, beside a newcomer's for the current bench."""
    join = _middle(runs, lambda run: run.join)
    benches = sorted(ms for run in runs for ms in run.benches)
    entries = sorted(ms for run in runs for ms in run.changes)
    return (
        f"Past ({components:,} components, {changes:,} changes): a bench at any clock in "
        f"{percentile(benches, 50):.0f} ms (p99 {percentile(benches, 99):.0f}), "
        f"{percentile(benches, 50) / join:.1f} times as long as a newcomer's {join:.0f} ms; "
        f"{SPAN:,} changes in {percentile(entries, 50):.0f} ms (p99 {percentile(entries, 99):.0f})\n"
    )


def core(runs: Sequence[Core]) -> str:
    """The time for an edit in the sync core."""
    edit = _middle(runs, lambda run: run.edit)
    accept = _middle(runs, lambda run: run.accept)
    show = _middle(runs, lambda run: run.show)
    return f"Sync core: an edit takes its author {edit:.0f} µs, the room {accept:.0f}, others {show:.0f}\n"


def drag(sizes: Sizes, runs: Sequence[Drag]) -> str:
    """The cost of a drag in the editor's window."""
    capture, plugin = _middle(runs, lambda run: run.capture_ms), _middle(runs, lambda run: run.plugin_ms)
    host = _middle(runs, lambda run: run.host_ms)
    return (
        f"Window, drag of {sizes.selected} of {sizes.components:,} components: "
        f"{capture:.2f} ms per tick to capture it, {plugin:.2f} with the answer, "
        f"{plugin / host:.2f} of what the editor itself does ({host:.1f} ms)\n"
    )


def moves(sizes: Sizes, sources: int, runs: Sequence[Moves]) -> str:
    """The cost of others' moves in the editor's window."""
    retrace = _middle(runs, lambda run: run.retrace_ms)
    laser = f" and a laser (one retrace by the editor: {retrace:.0f} ms)" if sources else ""
    return (
        f"Window, {PEOPLE * HZ:,.0f} moves/s of {sizes.components:,} components{laser}: "
        f"{_gaps([run.busy for run in runs])}, without moves {_gaps([run.idle for run in runs])}; "
        f"plugin {_middle(runs, lambda run: run.plugin_share):.2f} s per s\n"
    )


def cursors(runs: Sequence[Cursors]) -> str:
    """The cost of others' cursors in the editor's window."""
    share, frames = _middle(runs, lambda run: run.share), _middle(runs, lambda run: run.frames_per_s)
    frame, host = _middle(runs, lambda run: run.frame_ms), _middle(runs, lambda run: run.host_ms)
    return (
        f"Window, {POINTERS} cursors that glide over {POINTED} components: {share:.2f} s of CPU per s, "
        f"{frames:.0f} frames/s of {frame:.1f} ms, {frame / host:.2f} of what the editor takes "
        f"to paint the bench ({host:.1f} ms)\n"
    )


def scrub(runs: Sequence[Scrub]) -> str:
    """The cost of a picture that follows a slider."""
    show, paint = _middle(runs, lambda run: run.show_ms), _middle(runs, lambda run: run.paint_ms)
    new = _middle(runs, lambda run: run.new_ms)
    return (
        f"Window, a slider through benches of {SCRUBBED} components with a laser, all of them moving: "
        f"{show:.1f} ms to show one and {paint:.1f} ms to paint it, {show / new:.2f} of a new picture "
        f"({new:.1f} ms)\n"
    )


def join_window(sizes: Sizes, runs: Sequence[Join]) -> str:
    """The times of a newcomer's window with a large bench."""
    seconds, steps = _middle(runs, lambda run: run.seconds), _middle(runs, lambda run: run.steps)
    panel, alone = _middle(runs, lambda run: run.panel_ms), _middle(runs, lambda run: run.open_ms)
    return (
        f"Window, join of {sizes.joined:,} components: {seconds:.1f} s, {_gaps([run.gaps for run in runs])}, "
        f"in the second after it {_gaps([run.after for run in runs])}; {steps:.0f} steps of progress seen. "
        f"The editor itself draws its layer panel in one gap of {panel:.0f} ms and opens them in one of "
        f"{alone:.0f} ms\n"
    )


def presence(people: int, hz: float, relays: Sequence[Moved], servers: Sequence[Moved]) -> str:
    """The cost of many cursors, compared with the relay."""
    lines, costs = [], []
    for name, runs in (("server", servers), ("relay", relays)):
        share, rate = (
            _middle(runs, lambda run: run.cpu_share),
            _middle(runs, lambda run: run.deliveries_per_s),
        )
        shown = _middle(runs, lambda run: run.shown)
        p50, p99 = (median(percentile(run.ages_ms, percent) for run in runs) for percent in (50, 99))
        costs.append(share / rate * 1e5 if rate else 0.0)
        lines.append(
            f"  {name}: CPU {share:.2f} s per s, {costs[-1]:.3f} s per 100,000 deliveries, "
            f"age p50 {p50:.1f}, p99 {p99:.1f} ms, {shown:.0%} of the positions seen\n"
        )
    ratio = costs[0] / costs[1] if costs[1] else 0.0
    busy = _middle([*relays, *servers], lambda run: run.busy)
    head = f"Presence ({people} people, {hz:g} Hz): ratio of a delivery {ratio:.2f}, generator {busy:.2f}\n"
    return head + "".join(lines)


def _gaps(runs: Sequence[Gaps]) -> str:
    wall, work = _percentiles([run.wall_ms for run in runs]), _percentiles([run.work_ms for run in runs])
    return f"gaps p50/p99/max {wall} ms (work in them {work})"


def _percentiles(runs: Sequence[Sequence[float]]) -> str:
    """p50/p99/max, each the median over the runs."""
    figures = (median(percentile(run, percent) for run in runs) for percent in (50, 99, 100))
    return "/".join(f"{figure:.0f}" for figure in figures)


def _latencies(runs: Sequence[Fanout]) -> str:
    percentiles = ([percentile(run.latencies_ms, percent) for run in runs] for percent in (50, 99, 100))
    return "  " + "".join(f"{median(values):6.1f}" for values in percentiles)


def _middle(runs: Iterable[T], figure: Callable[[T], float]) -> float:
    return median(figure(run) for run in runs)
