"""The figures as tables in Markdown, for terminals and for the page."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.machine import described, machine
from benchmarks.page import aligned
from benchmarks.photon.figures import AIM_MS, IDLE_AIM, SLOT_AIM_MS, Case, Found, Result, Shown, Times
from benchmarks.spread import figure

HEAD = (
    "components",
    "laser",
    "dragged",
    "editor alone",
    "own window",
    "other window",
    "a retrace",
    "besides retraces",
    "slowest slot, p99",
)
GAPS = ("components", "laser", "dragged", "editor alone", "own window", "other window")
SLOTS = ("slot", "calls", "p50", "p99", "longest")
MOST_SLOTS = 12

BEHIND = (
    f"Rows beyond the aim of {AIM_MS:g} ms at p99, besides retraces, have *behind* in them. A position may "
    "find both windows in the middle of a paint, and is then painted itself: up to three paints by the "
    "editor, whose time is below. The author's disk and the server take a few ms, and the rest is waiting, "
    "for a processor or for the answer to an earlier push (PUSH-2)."
)

WORK = (
    "What the GUI thread does for each movement of the mouse, in ms. *1.0 of 6.5; 8.8 + 6.7* means that it "
    "paints the canvas once, which takes 6.5; that all of its work takes 8.8; and that it waits 6.7 for a "
    "processor:"
)

SLOW = {
    "Connection._on_text": "moves each dragged item in the editor: 0.06 ms for each, with all that follows",
    "LiveBench._on_tick": "reads where each dragged item is and checks its record: 0.05 ms for each",
    "CursorOverlay._on_timer": "lets the editor paint the bench once into a picture, for gliding cursors",
}
"""Why a slot of the plugin takes longer than it should."""


def where(version: str) -> str:
    """The machine and the editor, before the start."""
    return f"{described(machine())} Optiverse {version}, painted by the processor."


def section(found: Found) -> str:
    """Latencies, gaps, work, slots, and the cost of an idle window."""
    parts = ["From the mouse to pixels, p50 / p99 in ms:", _table(HEAD, [_row(one) for one in found.results])]
    parts += [f"- {_name(case)}: not measured. {why}" for case, why in found.problems]
    if any(one.other.besides.p99 > AIM_MS for one in found.results):
        parts.append(BEHIND)
    parts += ["Gaps between turns of the event loop, p50 / p99 in ms; a turn is asked for every 16 ms:"]
    parts += [_table(GAPS, [_gaps(one) for one in found.results])]
    parts += [WORK, _table(GAPS, [_work(one) for one in found.results])]
    parts += [f"CPU time of calls of the plugin in both windows, in ms; the aim is {SLOT_AIM_MS:g} at p99:"]
    parts += [_table(SLOTS, slots(found.results))]
    parts += _reasons(found.results)
    if found.idle is not None:
        alone, joined = 100 * found.idle.alone, 100 * found.idle.joined
        parts.append(
            f"An idle window with {found.idle.components:,} components takes {joined:.2f} % of a core in a "
            f"session and {alone:.2f} % without the plugin: {joined - alone:.2f} % for the plugin "
            f"(aim: {100 * IDLE_AIM:g} %)."
        )
    return "\n\n".join(parts)


def slots(results: Sequence[Result]) -> list[tuple[str, ...]]:
    """The slowest methods of the plugin over all cases, by p99."""
    names = {name for one in results for name in one.slots}
    times = {
        name: Times.of(ms for one in results for ms in one.slots.get(name, Times([])).ms) for name in names
    }
    slowest = sorted(times, key=lambda name: -times[name].p99)[:MOST_SLOTS]
    return [
        (
            f"`{name}`",
            f"{len(times[name].ms):,}",
            *map(figure, (times[name].p50, times[name].p99, times[name].ms[-1])),
        )
        for name in slowest
    ]


def _reasons(results: Sequence[Result]) -> list[str]:
    """Why slots take longer than the aim, as far as that is known."""
    late = {name for one in results for name, times in one.slots.items() if times.p99 > SLOT_AIM_MS}
    return [f"`{name}` {why}." for name, why in SLOW.items() if name in late]


def _row(one: Result) -> tuple[str, ...]:
    name, slot_ms = one.slowest
    behind = "" if one.other.besides.p99 <= AIM_MS else " behind"
    return (
        *_case(one.case),
        *(_pair(shown.whole) for shown in (one.alone, one.own, one.other)),
        figure(one.retrace_ms) if one.case.laser else "none",
        _pair(one.other.besides) + behind,
        f"{figure(slot_ms)} `{name}`",
    )


def _gaps(one: Result) -> tuple[str, ...]:
    windows: tuple[Shown, ...] = (one.alone, one.own, one.other)
    return *_case(one.case), *(_pair(shown.gaps) for shown in windows)


def _work(one: Result) -> tuple[str, ...]:
    return *_case(one.case), *map(_spent, (one.alone, one.own, one.other))


def _spent(shown: Shown) -> str:
    spent = f"{figure(shown.work_ms)} + {figure(shown.waited_ms)}"
    return f"{shown.paints:.1f} of {figure(shown.paint_ms)}; {spent}"


def _case(case: Case) -> tuple[str, str, str]:
    return f"{case.components:,}", "yes" if case.laser else "no", str(case.dragged)


def _name(case: Case) -> str:
    return f"{case.dragged} of {case.components:,} components, {'with' if case.laser else 'without'} a laser"


def _pair(times: Times) -> str:
    return f"{times.p50:.0f} / {times.p99:.0f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(aligned([head, *rows]))
