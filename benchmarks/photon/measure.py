"""Three editors on one screen: one without the plugin, and two in a session."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.photon import scene
from benchmarks.photon.drag import Drag, Sweep
from benchmarks.photon.editor_process import EditorProcess
from benchmarks.photon.figures import Case, Idle, Result, Shown, retrace_ms, slots_of
from benchmarks.photon.screen import Screen
from benchmarks.targets import cpu_s, server

COLUMN, HEIGHT = 1250, 850
"""The part of the screen of each editor, in pixels."""

AGREE_S = 20.0
"""How long the windows may take to show the same at the end."""


@dataclass(frozen=True)
class Bench:
    """The editors with a bench in them.

    Attributes:
        screen: what they are on.
        alone: has no plugin.
        ann, bob: are in a session.
    """

    screen: Screen
    alone: EditorProcess
    ann: EditorProcess
    bob: EditorProcess

    def measure(self, case: Case, sweeps: int) -> Result:
        """Drag without the plugin, and then in a session.

        Raises:
            RuntimeError: a window does not show what it must.
        """
        [alone], single = self._drag([self.alone], case.dragged, sweeps)
        reports, both = self._drag([self.ann, self.bob], case.dragged, sweeps)
        own, other = (Shown.of(both, window, reports) for window in range(2))
        self._agree()
        retrace = retrace_ms([alone, *reports])
        return Result(case, Shown.of(single, 0, [alone]), own, other, retrace, slots_of(reports))

    def idle(self, components: int, rest_s: float, seconds: float) -> Idle:
        """Leave all of them alone for `rest_s`, until they are at rest, and measure."""
        self.screen.move(0, HEIGHT - 1)
        time.sleep(rest_s)
        while not (self.ann.do("is_at_rest") and self.bob.do("is_at_rest")):
            time.sleep(1.0)
        editors = (self.alone, self.ann, self.bob)
        before = [cpu_s(editor.pid) for editor in editors]
        time.sleep(seconds)
        alone, *joined = (
            (cpu_s(editor.pid) - spent) / seconds for editor, spent in zip(editors, before, strict=True)
        )
        return Idle(components, alone, sum(joined) / len(joined))

    def _drag(
        self, editors: Sequence[EditorProcess], dragged: int, sweeps: int
    ) -> tuple[list[dict[str, Any]], list[Sweep]]:
        """Drag in the first one; returns what their event loops report, and what was visible."""
        middles = [editor.do("look") for editor in editors]
        editors[0].do("select", dragged)
        drag = Drag(self.screen, middles)
        drag.grab()
        for editor in editors:
            editor.do("start")
        found = [drag.sweep() for _ in range(sweeps)]
        reports = [editor.do("stop") for editor in editors]
        drag.release()
        return reports, found

    def _agree(self) -> None:
        deadline = time.monotonic() + AGREE_S
        while self.ann.do("places") != self.bob.do("places"):
            if time.monotonic() > deadline:
                raise RuntimeError("The windows do not show the same bench.")
            time.sleep(0.1)


@contextmanager
def opened(screen: Screen, components: int, laser: bool) -> Iterator[Bench]:
    """Open the editors, with a server of their own."""
    with (
        server(apart=False) as target,
        EditorProcess(screen.display, 0, False) as alone,
        EditorProcess(screen.display, COLUMN, True) as ann,
        EditorProcess(screen.display, 2 * COLUMN, True) as bob,
    ):
        url = f"ws://127.0.0.1:{target.port}"
        scene.share(url, scene.puts(components, int(laser)))
        alone.do("open", components, int(laser))
        for editor, name in ((ann, "Ann"), (bob, "Bob")):
            editor.do("join", url, name)
        yield Bench(screen, alone, ann, bob)
