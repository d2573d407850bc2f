"""A user of the real Optiverse with mouse and keyboard: presses, drags, clicks through menus, and drops."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer
from PyQt6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
)
from PyQt6.QtWidgets import QApplication, QMenu, QWidget

from tests.helpers import user_input
from tests.helpers.optiverse_drawing import Drawing, Point
from tests.helpers.optiverse_user import LEFT, PLAIN, events, grip, look_while, move, wait_until

RIGHT = Qt.MouseButton.RightButton
CTRL = Qt.KeyboardModifier.ControlModifier
TOOLS = {
    "component": "act_add_lens",
    "source": "act_add_source",
    "ruler": "act_add_ruler",
    "text": "act_add_text",
    "rectangle": "act_add_rectangle",
    "angle_measure": "act_measure_angle",
    "path_measure": "act_measure_path",
}
"""Kind → the action of the toolbar or the Tools menu that places it."""


class NotOffered(LookupError):
    """The host offers nothing of that name to click."""


class MouseUser(Drawing):
    """A user of one window who only uses mouse and keyboard. Positions are in mm."""

    @property
    def viewport(self) -> QWidget:
        """The canvas, which gets the mouse events."""
        viewport: QWidget = self.window.view.viewport()
        return viewport

    def come(self) -> None:
        """Bring the window to the front, and give the canvas the keyboard."""
        if not self.window.isActiveWindow():
            self.window.activateWindow()
            wait_until(self.window.isActiveWindow)
        self.window.view.setFocus()

    def at(self, point: QPointF | Point) -> QPoint:
        """The pixel on the canvas of a point of the bench."""
        at: QPoint = self.window.view.mapFromScene(QPointF(*point) if isinstance(point, tuple) else point)
        assert self.viewport.rect().contains(at), "it is not visible"
        return at

    def look(self, point: QPointF | Point) -> None:
        """Scroll so that a point of the bench is in the middle."""
        self.window.view.centerOn(QPointF(*point) if isinstance(point, tuple) else point)

    def click(self, point: QPointF | Point) -> None:
        """Click at a point."""
        at = self.at(point)
        user_input.move(self.viewport, at)
        events()
        user_input.click(self.viewport, at)
        events()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """Press a key on the canvas."""
        self.come()
        user_input.press_key(self.viewport, key, modifiers)
        events()

    def use(self, kind: str, *points: Point) -> None:
        """Choose a tool, click these points, and switch the tool off."""
        self.come()
        self.look(points[0])
        action = getattr(self.window, TOOLS[kind])
        action.trigger()
        for point in points:
            self.click(point)
        if action.isChecked():
            self.key(Qt.Key.Key_Escape)
        assert not action.isChecked()

    def frame(self, *items: Any) -> None:
        """Draw a frame around items with the mouse, to select them."""
        area = items[0].sceneBoundingRect()
        for item in items[1:]:
            area = area.united(item.sceneBoundingRect())
        area.adjust(-30, -30, 30, 30)
        self.look(area.center())
        start, end = self.at(area.topLeft()), self.at(area.bottomRight())
        user_input.press(self.viewport, start)
        move(self.viewport, (start + end) / 2, PLAIN)
        move(self.viewport, end, PLAIN)
        user_input.release(self.viewport, end)
        events()
        assert set(self.window.scene.selectedItems()) == set(items)

    def pick(self, item: Any) -> None:
        """Click an item, so that it alone is selected."""
        self.look(grip(item))
        self.click(grip(item))

    def grab(self, point: QPointF, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """Press the mouse at a point; `pull` and `release` continue from there."""
        self.look(point)
        self._at = self.at(point)
        user_input.press(self.viewport, self._at, modifiers)

    def drag_from(self, point: QPointF, dx: int, dy: int) -> None:
        """Press at a point, pull by a distance in pixels, and release."""
        self.grab(point)
        self.pull(dx // 2, dy // 2)
        self.pull(dx - dx // 2, dy - dy // 2)
        self.release()

    def menu(self, item: Any, *entries: str, at: QPointF | None = None) -> None:
        """Choose an entry in the context menu of an item.

        Raises:
            NotOffered: there is no menu, or no such entry in it, or it is greyed out.
        """
        self.come()
        point = grip(item) if at is None else at
        self.look(point)
        pixel = self.at(point)
        everywhere = self.viewport.mapToGlobal(pixel)

        def open_menu() -> None:
            # Like the window system: some items open their menu when the button goes down, others after it.
            user_input.press(self.viewport, pixel, button=RIGHT)
            event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, pixel, everywhere)
            QApplication.sendEvent(self.viewport, event)
            user_input.release(self.viewport, pixel, button=RIGHT)

        choose(open_menu, *entries)
        # Without a screen, Qt does not give the focus back when a menu is closed.
        self.come()

    def drop_from_library(self, name: str, point: Point, on_the_way: Callable[[], None] = events) -> None:
        """Drag a component out of the library and drop it on the canvas.

        Args:
            on_the_way: called while the component is held over the canvas.
        """
        self.come()
        self.look(point)
        at = QPointF(self.at(point))
        mime = QMimeData()
        mime.setData("application/x-optics-component", json.dumps(self.in_library(name)).encode())
        copy, none = Qt.DropAction.CopyAction, Qt.MouseButton.NoButton
        entry = at.toPoint() - QPoint(40, 40)
        QApplication.sendEvent(self.viewport, QDragEnterEvent(entry, copy, mime, LEFT, PLAIN))
        QApplication.sendEvent(self.viewport, QDragMoveEvent(at.toPoint(), copy, mime, LEFT, PLAIN))
        on_the_way()
        QApplication.sendEvent(self.viewport, QDropEvent(at, copy, mime, none, PLAIN))
        events()

    def in_library(self, name: str) -> dict[str, Any]:
        """The data that the library provides when a component is dragged out of it."""
        tree = self.window.libraryTree
        [found] = tree.findItems(name, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
        payload: dict[str, Any] = found.data(0, Qt.ItemDataRole.UserRole)
        return payload


def choose(open_menu: Callable[[], None], *entries: str) -> None:
    """Open a menu and click through it: an entry, or a submenu and an entry in it.

    Raises:
        NotOffered: there is no menu, or no such entry in it, or it is greyed out.
    """
    results: list[list[str]] = []

    def look() -> None:
        menu = QApplication.activePopupWidget()
        try:
            # Quirk: if one item opens its menu at the press, and one below it opens its menu later, the host
            # opens both; nothing is chosen in the second one.
            if menu is not None and not results:
                results.append(_click_through(menu, entries))
        finally:
            while (menu := QApplication.activePopupWidget()) is not None:
                menu.close()

    look_while(QTimer(), look, open_menu)
    [problem] = results or [["no menu opens"]]
    if problem:
        raise NotOffered(problem[0])


def _click_through(menu: QWidget, entries: Sequence[str]) -> list[str]:
    for entry in entries:
        assert isinstance(menu, QMenu), menu
        found = [action for action in menu.actions() if action.text().startswith(entry)]
        if not found or not found[0].isEnabled():
            return [f"{entry!r} is not offered"]
        # With the keyboard: a menu that is too tall for the screen scrolls away under the mouse.
        menu.setActiveAction(found[0])
        user_input.press_key(menu, Qt.Key.Key_Return)
        menu = found[0].menu() or menu
    return []


def press_button(parent: QWidget, what: str) -> None:
    """Click a button, by its text or its tooltip."""
    from PyQt6.QtWidgets import QAbstractButton

    buttons: Sequence[QAbstractButton] = parent.findChildren(QAbstractButton)
    [button] = [one for one in buttons if what in (one.text(), one.toolTip())]
    user_input.click(button)
    events()
