"""A window of the real editor with the plugin, and a simulated user."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import ExitStack
from functools import cache
from importlib import import_module
from itertools import count
from tempfile import TemporaryDirectory
from time import perf_counter, thread_time
from types import TracebackType
from typing import Any

from PyQt6.QtCore import QEvent, QObject, QPoint, QPointF, QSettings, QStandardPaths, Qt, QTimer
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QProgressBar, QWidget

from benchmarks.stopwatch import FRAME_MS, Stopwatch, spin, spin_until
from benchmarks.targets import Target
from optiverse_collab.convert import bench_from_records
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.host.api import Host
from optiverse_collab.host.optiverse.launch import attach
from optiverse_collab.host.optiverse.upstream.item_names import item_names
from optiverse_collab.host.plugins import installed_plugins
from optiverse_collab.window.attachment import attachment_for
from optiverse_collab.window.controller import CollaborationController
from optiverse_collab.window.ui.connect_dialog import ConnectDialog
from optiverse_collab.window.ui.cursors import CursorOverlay

LEFT = Qt.MouseButton.LeftButton
_qtest: Any = QTest  # PyQt6's stubs take its static functions for methods
CAPTURING = ("SceneBench", "LiveBench")
"""The classes that notice the user's edits, and read and compare them at each tick."""


PAINTS = 20
"""How often the editor paints for a measurement."""


class Paints(QObject):
    """Counts the paint events of a widget, until the widget is gone.

    Attributes:
        count: so far.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Count it."""
        self.count += event is not None and event.type() == QEvent.Type.Paint
        return False


class Window:
    """The window, inside a ``with`` block. The real user's settings and files are not touched.

    Args:
        target: the server of the session.

    Attributes:
        plugin: time in the plugin's code.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._cleanup = ExitStack()

    def __enter__(self) -> Window:
        """Open it."""
        folder = self._cleanup.enter_context(TemporaryDirectory())
        _application()
        for form in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
            QSettings.setPath(form, QSettings.Scope.UserScope, folder)
        gc.collect()
        self._window = import_module("optiverse.ui.views.main_window").MainWindow()
        self._window.resize(1200, 800)
        self._window.show()
        self.plugin = _stopwatch()
        attach(self._window, installed_plugins())
        spin(1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self._window.file_controller.mark_clean()
        self._window.close()
        self._window.deleteLater()
        spin(0.1)
        self._cleanup.close()

    def fill_dialog(self) -> ConnectDialog:
        """Open the connect dialog, and fill it in."""
        dialog = self._controller.open_connect_dialog()
        dialog.join_page.server.set_text(f"ws://127.0.0.1:{self._target.port}")
        dialog.join_page.session.set_text("bench")
        dialog.join_page.user.set_text("measured")
        spin(0.5)
        return dialog

    def join(self, dialog: ConnectDialog) -> int:
        """Join the session with the dialog; returns how often the progress bar visibly moved."""
        controller = self._controller
        [bar] = dialog.findChildren(QProgressBar)
        seen = set()

        def is_there() -> bool:
            if controller.manager.status is ConnectionState.SYNCING and bar.isVisible() and bar.maximum():
                seen.add(bar.value() / bar.maximum())
            return controller.manager.status is ConnectionState.CONNECTED

        dialog.go.click()
        spin_until(is_there)
        return len(seen)

    def drag(self, number: int, seconds: float) -> tuple[float, float, float]:
        """Select some components and drag them.

        Returns:
            The GUI thread's working time meanwhile, the plugin's share of it, and of that the share for
            noticing, reading and comparing the dragged items, in s.

        Raises:
            RuntimeError: a dragged item is elsewhere in the session.
        """
        items = self._components()[:number]
        view = self._window.view
        self._window.magnetic_snap = False  # otherwise most mouse movements would move nothing
        self._window.scene.clearSelection()
        for item in items:
            item.setSelected(True)
        view.centerOn(items[0])
        spin(0.5)
        at = view.mapFromScene(items[0].scenePos())
        places = [item.pos() for item in items]
        _qtest.mousePress(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, at)
        self.plugin.restart()
        worked_s = self._sway(at, seconds)
        plugin_s = self.plugin.seconds
        capture_s = self.plugin.of(*CAPTURING)
        at = at + QPoint(15, 10)
        _move(view.viewport(), at)
        _qtest.mouseRelease(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, at)
        spin(1)
        if any(item.pos() == place for item, place in zip(items, places, strict=True)):
            raise RuntimeError("Not all selected items were dragged.")
        self.check()
        return worked_s, plugin_s, capture_s

    def check(self) -> None:
        """Check that the window shows the session's bench.

        Raises:
            RuntimeError: it doesn't.
        """
        session = self._controller.manager.service.session
        records = {} if session is None else session.replica.view
        shown = {item.item_uuid: [item.x(), item.y()] for item in self._components()}
        if shown != {id: one.props["pos"] for id, one in records.items() if one.kind == "component"}:
            raise RuntimeError("The window does not show the session's bench.")

    def _sway(self, at: QPoint, seconds: float) -> float:
        """Move the mouse around, once a frame."""
        numbers = count()

        def move() -> None:
            number = next(numbers)
            _move(self._window.view.viewport(), at + QPoint(number % 60 - 30, number % 40 - 20))

        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(move)
        timer.start(FRAME_MS)
        began_s = thread_time()
        spin(seconds)
        timer.stop()
        return thread_time() - began_s

    def see_all(self) -> None:
        """Zoom out to the whole bench."""
        view = self._window.view
        view.fitInView(self._window.scene.itemsBoundingRect(), Qt.AspectRatioMode.KeepAspectRatio)
        spin(0.5)

    def paint_ms(self) -> float:
        """The editor's CPU time to paint the visible bench."""
        viewport = self._window.view.viewport()
        began_s = thread_time()
        for _ in range(PAINTS):
            viewport.repaint()
        return (thread_time() - began_s) / PAINTS * 1000

    def count_frames(self) -> Paints:
        """Start counting how often others' cursors are painted."""
        [overlay] = self._window.view.findChildren(CursorOverlay)
        return Paints(overlay)

    def retrace_ms(self) -> float:
        """How long the editor takes to trace the rays of the bench."""
        self._window.retrace()  # the first one compiles
        return _took_ms(self._window.retrace)

    @property
    def host(self) -> Host:
        """The adapter of the window, in a session."""
        host = self._controller.manager.host
        assert host is not None
        return host

    def draw_panel(self) -> None:
        """Make the editor redraw its layer panel, as it does after each item that a user adds."""
        self._window._refresh_layer_panel()

    def open_ms(self) -> float:
        """How long the editor takes to open the session's bench from a file, without a session."""
        session = self._controller.manager.service.session
        bench = bench_from_records({} if session is None else session.replica.view)
        self._controller.manager.leave()
        spin(0.5)
        return _took_ms(lambda: self._window.file_controller.file_manager.load_from_data(bench))

    @property
    def _controller(self) -> CollaborationController:
        controller = attachment_for(self._window)
        assert isinstance(controller, CollaborationController)
        return controller

    def _components(self) -> list[Any]:
        component = item_names().TypeRegistry.get_class("component")
        assert component is not None
        return [item for item in self._window.scene.items() if isinstance(item, component)]


@cache
def _application() -> QApplication:
    if sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    QStandardPaths.setTestModeEnabled(True)
    return QApplication(sys.argv[:1])


@cache
def _stopwatch() -> Stopwatch:
    return Stopwatch()


def _took_ms(do: Any) -> float:
    start = perf_counter()
    do()
    return (perf_counter() - start) * 1000


def _move(widget: Any, to: QPoint) -> None:
    """Move the mouse with its left button down, which `QTest.mouseMove` can't do."""
    at, everywhere = QPointF(to), QPointF(widget.mapToGlobal(to))
    nothing, plain = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseMove, at, everywhere, nothing, LEFT, plain)
    QApplication.sendEvent(widget, event)
