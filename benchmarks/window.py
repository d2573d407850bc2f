"""The cost of the plugin in a window of the real editor; server and others are in separate processes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

from benchmarks.crowd import Crowd
from benchmarks.targets import Target
from optiverse_collab.host.optiverse.upstream import version

if TYPE_CHECKING:
    from benchmarks.stopwatch import Gaps

NOT_INSTALLED = "Window: not measured, because Optiverse can't be imported here."

PEOPLE, HZ = 34, 30.0
"""How many people drag, and how often each moves: 1,020 moves a second."""

POINTERS, POINTED = 15, 300
"""How many people move the mouse, over how many components."""

SCRUBBED, POSITIONS = 25, 100
"""How many components are on the benches in a picture, and how many benches it shows."""

TICK_S = 1 / 30
"""How often the plugin sends edits."""


@dataclass(frozen=True)
class Sizes:
    """The sizes of a measurement.

    Attributes:
        components: how many are on the bench.
        selected: how many of them are dragged.
        joined: how many are on a bench that somebody joins.
        seconds: how long to measure a drag, and others' moves.
    """

    components: int
    selected: int
    joined: int
    seconds: float


@dataclass(frozen=True)
class Drag:
    """Dragging a selection.

    Attributes:
        capture_ms: time of the GUI thread to notice, read and compare dragged items, per tick.
        plugin_ms: the same, with sending, receiving the answer and sending the cursor: all the plugin's code.
        host_ms: the rest of the GUI thread's time per tick: the editor's own work and painting.
    """

    capture_ms: float
    plugin_ms: float
    host_ms: float


@dataclass(frozen=True)
class Moves:
    """Others move items.

    Attributes:
        idle, busy: gaps between frames when they don't, and when they do.
        plugin_share: time of the GUI thread in the plugin's code, in s per s.
        retrace_ms: the editor's own time for one retrace.
    """

    idle: Gaps
    busy: Gaps
    plugin_share: float
    retrace_ms: float


@dataclass(frozen=True)
class Cursors:
    """Others move the mouse.

    Attributes:
        share: time of the GUI thread for that, in s per s, without its time at rest.
        frames_per_s: how often it paints meanwhile.
        host_ms: the editor's own time to paint the bench.
    """

    share: float
    frames_per_s: float
    host_ms: float

    @property
    def frame_ms(self) -> float:
        """The time of a frame: the bench below, cursors and names, and everything that leads to it."""
        return self.share / self.frames_per_s * 1000


@dataclass(frozen=True)
class Scrub:
    """A picture follows a slider through the past.

    Attributes:
        show_ms: CPU time to show the next bench, with its rays.
        paint_ms: the same to paint it.
        new_ms: the same to show it in a new picture.
    """

    show_ms: float
    paint_ms: float
    new_ms: float


@dataclass(frozen=True)
class Join:
    """Joining a session.

    Attributes:
        seconds: from the click until the window shows the session's bench.
        gaps: between frames up to then …
        after: … and in the second after that, in which the editor draws its layer panel.
        steps: how often the progress bar that the user sees moved while the window built the bench.
        panel_ms: work in the longest gap when the editor alone draws its layer panel.
        open_ms: how long the editor alone is blocked when it opens the same bench from a file.
    """

    seconds: float
    gaps: Gaps
    after: Gaps
    steps: int
    panel_ms: float
    open_ms: float


def is_possible() -> bool:
    """Whether the editor is installed."""
    return version.is_installed()


def drag(target: AbstractContextManager[Target], sizes: Sizes) -> Drag:
    """Drag a selection.

    Raises:
        RuntimeError: not everything got into the session.
    """
    from benchmarks.editor import Window

    with target as server, Crowd(server, sizes.components), Window(server) as window:
        window.join(window.fill_dialog())
        worked_s, plugin_s, capture_s = window.drag(sizes.selected, sizes.seconds)
    ticks = sizes.seconds / TICK_S
    return Drag(capture_s / ticks * 1000, plugin_s / ticks * 1000, (worked_s - plugin_s) / ticks * 1000)


def moves(target: AbstractContextManager[Target], sizes: Sizes, sources: int) -> Moves:
    """Show a thousand moves a second by others, with 0 or 1 lasers on the bench.

    Raises:
        RuntimeError: not all of them are shown at the end.
    """
    from benchmarks.editor import Window
    from benchmarks.stopwatch import Frames, spin

    with target as server, Crowd(server, sizes.components, sources) as others, Window(server) as window:
        window.join(window.fill_dialog())
        retrace_ms = window.retrace_ms()
        spin(1)
        frames = Frames()
        frames.start()
        spin(1)
        idle = frames.stop()
        others.drag(PEOPLE, HZ, sizes.seconds + 1)
        spin(0.5)
        window.plugin.restart()
        frames.start()
        spin(sizes.seconds)
        busy = frames.stop()
        plugin_s = window.plugin.seconds
        others.finish()
        spin(1)
        window.check()
    return Moves(idle, busy, plugin_s / sizes.seconds, retrace_ms)


def cursors(target: AbstractContextManager[Target], sizes: Sizes) -> Cursors:
    """Show this many gliding cursors."""
    from benchmarks.editor import Window
    from benchmarks.stopwatch import spin

    with target as server, Crowd(server, POINTED) as others, Window(server) as window:
        window.join(window.fill_dialog())
        window.see_all()
        host_ms = window.paint_ms()
        spin(1)
        idle = _share(sizes.seconds)
        others.point(POINTERS, HZ, sizes.seconds + 2)
        spin(1)
        frames = window.count_frames()
        busy = _share(sizes.seconds)
        others.finish()
        return Cursors(busy - idle, max(1, frames.count) / sizes.seconds, host_ms)


def slider(target: AbstractContextManager[Target]) -> Scrub:
    """Scrub through benches in which everything moves."""
    from benchmarks.editor import Window
    from benchmarks.pictures import scrub

    with target as server, Crowd(server, SCRUBBED, 1), Window(server) as window:
        window.join(window.fill_dialog())
        window.retrace_ms()  # which compiles
        return Scrub(*scrub(window.host, POSITIONS))


def _share(seconds: float) -> float:
    """CPU time of this thread, in s per s, over this time."""
    from benchmarks.stopwatch import spin

    began_s, start = thread_time(), perf_counter()
    spin(seconds)
    return (thread_time() - began_s) / (perf_counter() - start)


def join(target: AbstractContextManager[Target], sizes: Sizes) -> Join:
    """Join a session with the dialog, and open the same bench in the editor alone.

    Raises:
        RuntimeError: not everything is in the window.
    """
    from benchmarks.editor import Window
    from benchmarks.stopwatch import Frames, spin

    with target as server, Crowd(server, sizes.joined), Window(server) as window:
        dialog, frames = window.fill_dialog(), Frames()
        frames.start()
        start = perf_counter()
        steps = window.join(dialog)
        seconds = perf_counter() - start
        gaps = frames.stop()
        frames.start()
        spin(1)
        after = frames.stop()
        window.check()
        frames.start()
        window.draw_panel()
        spin(1)
        panel_ms = frames.stop().work_ms[-1]
        return Join(seconds, gaps, after, steps, panel_ms, window.open_ms())
