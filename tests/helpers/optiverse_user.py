"""A user of the real Optiverse: does everything with the mouse, the menus and the dialogs of one window."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PyQt6.QtGui import QMouseEvent, QTransform, QWheelEvent
from PyQt6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QDoubleSpinBox, QWidget

from optiverse_collab.host.optiverse.upstream.item_names import item_names
from optiverse_collab.host.optiverse.upstream.window import has_groups
from tests.helpers import user_input

EMPTY = {"version": "2.0", "items": [], "groups": []}
LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier

_User = TypeVar("_User", bound="User")


def put_tools_away(window: Any) -> None:
    """Press Escape: text typed in the wrong place may have been shortcuts of tools."""
    user_input.press_key(window, Qt.Key.Key_Escape)
    events()


def clear(window: Any) -> None:
    """Return a window to the state in which it was opened, without a question."""
    put_tools_away(window)
    window.undo_stack.clear()
    window.file_controller.file_manager.load_from_data(EMPTY)
    for item in list(window.scene.items()):
        if hasattr(item, "item_uuid"):
            window.scene.removeItem(item)
    if not has_groups(window):
        window.linked_assembly_service.reset()
    files = window.file_controller.file_manager
    files.saved_file_path = files._autosave_path = files._unsaved_id = None
    window.file_controller.mark_clean()
    window.file_controller._update_window_title()
    # 0.3 remembers, for the whole process, where the last file was.
    getattr(import_module("optiverse.platform.paths"), "set_current_assembly_dir", lambda path: None)(None)
    window.view.resetTransform()
    window.view.scale(1.0, -1.0)  # one pixel to the millimetre, whatever the zoom was
    events()


def events() -> None:
    """Let Qt handle pending events."""
    for _ in range(3):
        QApplication.processEvents()


def look_while(timer: QTimer, look: Callable[[], None], do: Callable[[], object]) -> None:
    """Do something that waits for the user, and poll meanwhile."""
    timer.timeout.connect(look)
    timer.start(0)
    try:
        do()
    finally:
        timer.stop()
    events()


def answer(open_dialog: Callable[[], object], reply: Callable[[QDialog], None]) -> None:
    """Open a dialog, and answer it once it is visible."""
    replies: list[QWidget] = []
    already_open = QApplication.activeModalWidget()

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog) and dialog not in (already_open, *replies):
            replies.append(dialog)
            timer.stop()  # an answer may open, and answer, other dialogs
            try:
                reply(dialog)
            except BaseException:
                dialog.reject()  # otherwise the test would wait for it
                raise
            timer.start(0)

    timer = QTimer()
    look_while(timer, look, open_dialog)
    assert replies, "no dialog was opened"


def fill_in(
    open_dialog: Callable[[], object],
    values: dict[int, float],
    accept: bool = True,
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    """Open a dialog, let something happen, fill in some of its number fields, and close it."""

    def fill(dialog: QDialog) -> None:
        meanwhile()
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

    answer(open_dialog, fill)


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Run Qt's event loop until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not become true in time"
        user_input.wait(5)


class User:
    """Actions of a user of one window. Positions are in mm.

    Attributes:
        window: the host's main window.
    """

    def __init__(self, window: Any) -> None:
        self.window = window

    def items(self) -> list[Any]:
        """The selectable items on the bench, in the order of their ids."""
        base = item_names().BaseObj
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

    def select(self: _User, *items: Any) -> _User:
        """Select these items and no others; returns the user, for further actions."""
        self.window.scene.clearSelection()
        for item in items:
            item.setSelected(True)
        return self

    def press(self, item: Any, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """Press the mouse on an item."""
        view = self.window.view
        view.centerOn(grip(item))
        self._at = view.mapFromScene(grip(item))
        user_input.press(view.viewport(), self._at, modifiers)

    def pull(self, dx: int, dy: int, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """Move the pressed mouse by a distance in pixels."""
        self._at = self._at + QPoint(dx, dy)
        move(self.window.view.viewport(), self._at, modifiers)

    def release(self, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """Release the mouse."""
        user_input.release(self.window.view.viewport(), self._at, modifiers)
        events()

    def drag(self, item: Any, dx: int, dy: int) -> None:
        """Drag an item, and all other selected items with it."""
        self.press(item)
        self.pull(dx // 2, dy // 2)
        self.pull(dx - dx // 2, dy - dy // 2)
        self.release()

    def turn(self, item: Any, dx: int, dy: int) -> None:
        """Rotate a selected item, and all others that are selected, with Ctrl and the mouse."""
        ctrl = Qt.KeyboardModifier.ControlModifier
        self.press(item, ctrl)
        self.pull(30, 0, ctrl)
        self.pull(dx, dy, ctrl)
        self.release(ctrl)

    def turn_the_wheel(self, steps: int, *items: Any) -> None:
        """Turn the wheel with Ctrl over the first of some items, after selecting them.

        Quirk: the host has code that rotates items with the wheel, but it is never reached: the canvas takes
        every turn of the wheel, to zoom.
        """
        self.select(*items)
        view = self.window.view
        view.centerOn(grip(items[0]))
        at = QPointF(view.mapFromScene(grip(items[0])))
        everywhere = QPointF(view.viewport().mapToGlobal(at.toPoint()))
        ctrl, none = Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.NoButton
        phase = Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(at, everywhere, QPoint(), QPoint(0, 120 * steps), none, ctrl, phase, False)
        QApplication.sendEvent(view.viewport(), event)
        events()

    def edit(
        self,
        item: Any,
        values: dict[int, float],
        accept: bool = True,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> None:
        """Open the item's dialog, let something happen, fill in some of its number fields, and close it."""
        fill_in(item.open_editor, values, accept, meanwhile)

    def delete(self, *items: Any) -> None:
        """Delete items."""
        self.select(*items)
        self.window.act_delete.trigger()
        events()

    def copy_and_paste(self, *items: Any) -> None:
        """Copy items and paste them."""
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
        """Lock an item or unlock it."""
        item.set_locked(locked)
        events()

    def undo(self) -> None:
        """Undo the last step."""
        self.window._do_undo()
        events()

    def redo(self) -> None:
        """Redo the step that was undone last."""
        self.window._do_redo()
        events()


def grip(item: Any) -> QPointF:
    """Where to grab an item as a whole: near its middle, not covered by others, and off its handles."""
    area = item.sceneBoundingRect()
    middle: QPointF = item.scenePos() if hasattr(item, "params") else area.center()
    steps = [(i - 10) / 20.5 for i in range(21)]
    around = [area.center() + QPointF(area.width() * x, area.height() * y) for x in steps for y in steps]
    around.sort(key=lambda point: (point - middle).manhattanLength())
    return next((point for point in (middle, *around) if _takes(item, point)), middle)


def is_in_reach(item: Any) -> bool:
    """Whether the mouse can reach an item: it is neither hidden nor covered."""
    return bool(item.isVisible()) and _takes(item, grip(item))


def _takes(item: Any, middle: QPointF) -> bool:
    """Whether a click near this point hits the item, and no handle of it."""
    for dx, dy in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)):
        point = middle + QPointF(dx, dy)
        found = item.scene().itemAt(point, QTransform())
        while found is not None and found is not item:
            found = found.parentItem()
        if found is None or _handle_at(item, point) is not None:
            return False
    return True


def _handle_at(item: Any, point: QPointF) -> object:
    if hasattr(item, "_nearest_point"):  # of a ruler
        return item._nearest_point(item.mapFromScene(point))
    at = getattr(item, "_point_at_pos", getattr(item, "_endpoint_at_pos", lambda point: None))
    return at(point)


def move(widget: Any, to: QPoint, modifiers: Qt.KeyboardModifier) -> None:
    """Move the mouse with its left button down, which `QTest.mouseMove` can't do."""
    at, everywhere = QPointF(to), QPointF(widget.mapToGlobal(to))
    event = QMouseEvent(QEvent.Type.MouseMove, at, everywhere, Qt.MouseButton.NoButton, LEFT, modifiers)
    QApplication.sendEvent(widget, event)


def double_click(widget: QWidget, at: QPoint) -> None:
    """Double-click somewhere in a widget, as the window system reports it."""
    user_input.click(widget, at)
    where, everywhere = QPointF(at), QPointF(widget.mapToGlobal(at))
    event = QMouseEvent(QEvent.Type.MouseButtonDblClick, where, everywhere, LEFT, LEFT, PLAIN)
    QApplication.sendEvent(widget, event)
    user_input.release(widget, at)
    events()
