"""The items that the user holds, their pointer, and their selection."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QGuiApplication, QMouseEvent
from PyQt6.QtWidgets import QGraphicsTextItem

from optiverse_collab.host.optiverse.upstream.contract import as_qt
from optiverse_collab.host.optiverse.upstream.items import Item, id_of
from optiverse_collab.host.optiverse.upstream.window import Window, has_groups, has_layers

Presence = Callable[[Mapping[str, object]], None]


def items_dragged(window: Window) -> Collection[Item]:
    """The items that are being dragged or rotated with the mouse.

    Quirk: where a menu or dialog takes the release, the host keeps calling them dragged.
    """
    if not _is_button_down():
        return ()
    # 0.3 takes the mouse away from Qt, so the scene has no grabber during a drag.
    if has_layers(window):
        return list(window.drag_handler._drag.initial_positions)
    return list(window.drag_handler._item_positions) if has_groups(window) else []


def items_in_hand(window: Window) -> Iterator[object]:
    """What is being dragged, rotated, or edited as text.

    Quirk: after a context menu the scene names the item its grabber until the next click: the menu took the
    release.
    """
    scene = window.scene
    yield from items_dragged(window)
    grabber = scene.mouseGrabberItem()
    if grabber is not None and _is_button_down():
        yield grabber
    text = text_in_hand(window)
    if text is not None:
        yield text


def text_in_hand(window: Window) -> QGraphicsTextItem | None:
    """The text on the canvas that the user is writing."""
    focus = window.scene.focusItem()
    if not isinstance(focus, QGraphicsTextItem):
        return None
    is_written = focus.textInteractionFlags() != Qt.TextInteractionFlag.NoTextInteraction
    return focus if is_written else None


def _is_button_down() -> bool:
    return QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton


class Pointer(QObject):
    """Reports the mouse position on the bench, and the selection.

    Args:
        window: an Optiverse main window.
        changed: takes ``cursor`` ([x_mm, y_mm] or None) or ``selection`` (ids).
    """

    def __init__(self, window: Window, changed: Presence) -> None:
        super().__init__(as_qt(window, QObject))
        self._window = window
        self._changed = changed
        window.view.viewport().setMouseTracking(True)
        window.view.viewport().installEventFilter(self)
        window.scene.selectionChanged.connect(self._selected)

    def close(self) -> None:
        """Stop reporting."""
        self._window.view.viewport().removeEventFilter(self)
        self._window.scene.selectionChanged.disconnect(self._selected)
        self.deleteLater()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Observe the view's events and let them pass."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            at = self._window.view.mapToScene(event.position().toPoint())
            self._changed({"cursor": [at.x(), at.y()]})
        elif event is not None and event.type() == QEvent.Type.Leave:
            self._changed({"cursor": None})
        return False

    def _selected(self) -> None:
        selected = self._window.scene.selectedItems()
        ids = [id for item in selected if (id := id_of(item)) is not None]
        self._changed({"selection": sorted(ids)})
