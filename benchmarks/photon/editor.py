"""A window of the real editor, with the plugin or without, and what happens in its GUI thread."""

from __future__ import annotations

import gc
import sys
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import get_native_id
from time import monotonic, thread_time
from types import TracebackType
from typing import Any

from PyQt6.QtCore import QSettings, QStandardPaths
from PyQt6.QtWidgets import QApplication

from benchmarks.photon.scene import MARKED, SESSION, puts
from benchmarks.stopwatch import Frames, Stopwatch, spin, spin_until
from optiverse_collab.convert import bench_from_records
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.launch import attach
from optiverse_collab.host.optiverse.upstream.item_names import item_names
from optiverse_collab.host.plugins import installed_plugins
from optiverse_collab.window.attachment import attachment_for
from optiverse_collab.window.controller import CollaborationController
from optiverse_collab.window.scan import Scan

SIZE = WIDTH, HEIGHT = 1200, 800
"""The window's size, in pixels."""


def _waited_ms() -> float:
    """How long this thread has waited for a processor; 0 where the system doesn't say."""
    try:
        return int(Path(f"/proc/self/task/{get_native_id()}/schedstat").read_text().split()[1]) / 1e6
    except OSError:
        return 0.0


class Editor:
    """The window, inside a ``with`` block; arguments and results can be written as JSON.

    Args:
        left: its left edge on the screen, in pixels.
        plugin: whether it has the plugin.
    """

    def __init__(self, left: int, plugin: bool) -> None:
        self._left, self._has_plugin = left, plugin
        self._cleanup = ExitStack()
        self._retraces: list[tuple[float, float]] = []
        self._paints_ms: list[float] = []

    def __enter__(self) -> Editor:
        """Open it. The real user's settings and files are not touched."""
        folder = self._cleanup.enter_context(TemporaryDirectory())
        QStandardPaths.setTestModeEnabled(True)
        for form in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
            QSettings.setPath(form, QSettings.Scope.UserScope, folder)
        self._app = QApplication(sys.argv[:1])
        gc.collect()
        # Without a graphics card, the processor would compute OpenGL, and do little else.
        view: Any = import_module("optiverse.objects.views.graphics_view")
        view.OPENGL_AVAILABLE = False
        self._watch_paints(view.GraphicsView)
        self._window: Any = import_module("optiverse.ui.views.main_window").MainWindow()
        self._window.setGeometry(self._left, 0, *SIZE)
        self._window.show()
        self._watch_retraces(type(self._window.raytracing_controller))
        self._frames, self._stopwatch = Frames(), Stopwatch()
        self._stopwatch.leave_out(type(self._window.raytracing_controller), "retrace")
        if self._has_plugin:
            attach(self._window, installed_plugins())
        spin(0.5)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self._window.file_controller.mark_clean()
        self._window.close()
        spin(0.1)
        self._cleanup.close()

    def join(self, url: str, user: str) -> None:
        """Join the session."""
        controller = attachment_for(self._window)
        assert isinstance(controller, CollaborationController)
        controller.manager.join_session(url, SESSION, user)
        spin_until(lambda: controller.manager.status is ConnectionState.CONNECTED)

    def open(self, components: int, sources: int) -> None:
        """Open the same bench without a session."""
        records = {put.id: Record(put.id, put.kind, put.props) for put in puts(components, sources)}
        self._window.file_controller.file_manager.load_from_data(bench_from_records(records))

    def look(self) -> tuple[int, int]:
        """Show the marked component in the middle; returns its place on the screen, in pixels."""
        view, item = self._window.view, self._components()[MARKED]
        self._window.magnetic_snap = False  # otherwise most movements of the mouse would move nothing
        view.resetTransform()
        view.scale(1.0, -1.0)
        view.centerOn(item)
        at = view.viewport().mapToGlobal(view.mapFromScene(item.scenePos()))
        return at.x(), at.y()

    def select(self, number: int) -> None:
        """Select the marked component and others, this many in all."""
        self._window.scene.clearSelection()
        items = self._components()
        for id in [MARKED, *sorted(items.keys() - {MARKED})][:number]:
            items[id].setSelected(True)

    def places(self) -> dict[str, list[float]]:
        """Where the components are, in mm."""
        return {id: [item.x(), item.y()] for id, item in self._components().items()}

    def is_at_rest(self) -> bool:
        """Whether the plugin has noticed that nobody uses the window."""
        return all(scan.at_rest for scan in self._window.findChildren(Scan))

    def start(self) -> None:
        """Start measuring."""
        self._retraces.clear()
        self._stopwatch.restart()
        self._paints_ms.clear()
        self._waited_ms = _waited_ms()
        self._frames.start()

    def stop(self) -> dict[str, Any]:
        """Stop measuring.

        Returns:
            The gaps of the event loop, and the GUI thread's work in them; the time of each call of the
            plugin, by class and method; of each paint of the canvas; and for how long the thread waited for a
            processor; all in ms. When the editor traced rays: start and end, in s.
        """
        gaps = self._frames.stop()
        slots = {".".join(of): [1000 * s for s in times] for of, times in self._stopwatch.calls.items()}
        return {
            "gaps": gaps.wall_ms,
            "work": gaps.work_ms,
            "slots": slots,
            "paints": self._paints_ms,
            "waited": _waited_ms() - self._waited_ms,
            "retraces": self._retraces,
        }

    def _components(self) -> dict[str, Any]:
        component = item_names().TypeRegistry.get_class("component")
        assert component is not None
        return {item.item_uuid: item for item in self._window.scene.items() if isinstance(item, component)}

    def _watch_paints(self, view: Any) -> None:
        """Note how long each paint of the canvas takes, or of a part of it."""
        paint = view.paintEvent

        def noted(*args: Any) -> None:
            start = thread_time()
            paint(*args)
            self._paints_ms.append(1000 * (thread_time() - start))

        view.paintEvent = noted

    def _watch_retraces(self, controller: type) -> None:
        """Note when the editor traces rays."""
        trace = controller.retrace  # type: ignore[attr-defined]

        def noted(*args: Any) -> None:
            start = monotonic()
            trace(*args)
            self._retraces.append((start, monotonic()))

        controller.retrace = noted  # type: ignore[attr-defined]
