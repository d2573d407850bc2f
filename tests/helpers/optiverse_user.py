"""A user of the real Optiverse: does everything with the mouse, the menus and the dialogs of one window."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from PyQt6.QtCore import QPoint, QPointF, Qt, QTimer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QDoubleSpinBox

from optiverse_collab.host.optiverse import stock

EMPTY = {"version": "2.0", "items": [], "groups": []}
LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier


def open_window() -> Any:
    """A main window of the host, shown."""
    # Now, and not while Qt goes through all widgets to give them the host's style.
    gc.collect()
    window = stock.load().MainWindow()
    window.resize(1200, 800)
    window.show()
    events()
    return window


def clear(window: Any) -> None:
    """Make a window as it was when it was opened, without a question."""
    window.undo_stack.clear()
    window.file_controller.file_manager.load_from_data(EMPTY)
    for item in list(window.scene.items()):
        if hasattr(item, "item_uuid"):
            window.scene.removeItem(item)
    if not stock.has_groups(window):
        window.linked_assembly_service.reset()
    files = window.file_controller.file_manager
    files.saved_file_path = files._autosave_path = files._unsaved_id = None
    window.file_controller.mark_clean()
    # 0.3 remembers, for the whole process, where the last file was.
    getattr(import_module("optiverse.platform.paths"), "set_current_assembly_dir", lambda path: None)(None)
    window.view.resetTransform()
    window.view.scale(1.0, -1.0)  # one pixel to the millimetre, whatever was zoomed
    events()


def events() -> None:
    """Let Qt do what is due."""
    for _ in range(3):
        QApplication.processEvents()


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Let Qt work until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        QTest.qWait(5)


class User:
    """What a user of one window can do. Positions are in mm.

    Attributes:
        window: the host's main window.
    """

    def __init__(self, window: Any) -> None:
        self.window = window

    def items(self) -> list[Any]:
        """What can be selected on the bench, in the order of their ids."""
        base = stock.load().BaseObj
        found = [item for item in self.window.scene.items() if isinstance(item, base)]
        return sorted(found, key=lambda item: str(item.item_uuid))

    def place(self, what: str, x: float, y: float) -> Any:
        """Put a source, or one of the templates of the toolbar, on the bench."""
        before = self.items()
        handler = self.window.placement_handler
        kind = import_module("optiverse.core.component_types").ComponentType(what)
        handler.activate(kind)
        handler.handle_mouse_move(QPointF(x, y))
        handler.handle_click(QPointF(x, y), LEFT)
        handler.deactivate()
        events()
        return next(item for item in self.items() if item not in before)

    def select(self, *items: Any) -> None:
        self.window.scene.clearSelection()
        for item in items:
            item.setSelected(True)

    def press(self, item: Any, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """Press the mouse on an item."""
        view = self.window.view
        view.centerOn(item)
        item.setZValue(item.zValue())
        self._at = view.mapFromScene(item.mapToScene(QPointF(0, 0)))
        QTest.mousePress(view.viewport(), LEFT, modifiers, self._at)

    def pull(self, dx: int, dy: int, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """Pull what was pressed, in pixels."""
        self._at = self._at + QPoint(dx, dy)
        move(self.window.view.viewport(), self._at, modifiers)

    def release(self, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        QTest.mouseRelease(self.window.view.viewport(), LEFT, modifiers, self._at)
        events()

    def drag(self, item: Any, dx: int, dy: int) -> None:
        """Drag an item, and what is selected with it."""
        self.press(item)
        self.pull(dx // 2, dy // 2)
        self.pull(dx - dx // 2, dy - dy // 2)
        self.release()

    def turn(self, item: Any, dx: int, dy: int) -> None:
        """Rotate a selected item with Ctrl and the mouse."""
        ctrl = Qt.KeyboardModifier.ControlModifier
        self.press(item, ctrl)
        self.pull(30, 0, ctrl)
        self.pull(dx, dy, ctrl)
        self.release(ctrl)

    def turn_the_wheel(self, steps: int, *items: Any) -> None:
        """Rotate selected items with Ctrl and the wheel, and wait until the host takes it for done."""
        from PyQt6.QtGui import QWheelEvent

        self.select(*items)
        view = self.window.view
        view.centerOn(items[0])
        at = QPointF(view.mapFromScene(items[0].scenePos()))
        everywhere = QPointF(view.viewport().mapToGlobal(at.toPoint()))
        ctrl, none = Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.NoButton
        phase = Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(at, everywhere, QPoint(), QPoint(0, 120 * steps), none, ctrl, phase, False)
        QApplication.sendEvent(view.viewport(), event)
        trackers = [getattr(item, "_wheel_tracker", None) for item in items]
        wait_until(lambda: not any(getattr(tracker, "_items", None) for tracker in trackers))

    def edit(
        self,
        item: Any,
        values: dict[int, float],
        accept: bool = True,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> None:
        """Open the item's dialog, let something happen, fill in some of its number fields, and end it."""

        def fill() -> None:
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, QDialog)
            try:
                meanwhile()
            except BaseException:
                dialog.reject()
                raise
            assert dialog.isVisible()
            assert dialog.isEnabled()
            fields = dialog.findChildren(QDoubleSpinBox)
            for number, value in values.items():
                fields[number].setValue(value)
            buttons = dialog.findChild(QDialogButtonBox)
            assert buttons is not None
            kind = QDialogButtonBox.StandardButton
            button = buttons.button(kind.Ok if accept else kind.Cancel)
            assert button is not None
            button.click()

        QTimer.singleShot(0, fill)
        item.open_editor()
        events()

    def delete(self, *items: Any) -> None:
        self.select(*items)
        self.window.act_delete.trigger()
        events()

    def copy_and_paste(self, *items: Any) -> None:
        self.select(*items)
        self.window.act_copy.trigger()
        self.window.act_paste.trigger()
        events()

    def restack(self, item: Any, choice: int) -> None:
        """Bring to front, forward, send backward, to back: 0 to 3."""
        entries = [object(), object(), object(), object()]
        self.select(item)
        item._handle_z_order_action(entries[choice], *entries)
        events()

    def lock(self, item: Any, locked: bool) -> None:
        item.set_locked(locked)
        events()

    def undo(self) -> None:
        self.window._do_undo()
        events()

    def redo(self) -> None:
        self.window._do_redo()
        events()


def move(widget: Any, to: QPoint, modifiers: Qt.KeyboardModifier) -> None:
    """Move the mouse with its left button down, which `QTest.mouseMove` can't."""
    from PyQt6.QtCore import QEvent
    from PyQt6.QtGui import QMouseEvent

    at = QPointF(to)
    everywhere = QPointF(widget.mapToGlobal(to))
    event = QMouseEvent(QEvent.Type.MouseMove, at, everywhere, Qt.MouseButton.NoButton, LEFT, modifiers)
    QApplication.sendEvent(widget, event)
