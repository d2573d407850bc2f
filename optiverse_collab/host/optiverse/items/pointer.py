"""What the user has in hand, where they point, and what they selected."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QMouseEvent

Presence = Callable[[Mapping[str, object]], None]


def items_dragged(window: Any) -> Collection[Any]:
    """The items that are being dragged or rotated with the mouse."""
    handler = window.drag_handler
    # 0.3 takes the mouse away from Qt, so the scene has no grabber during a drag.
    items = handler._drag.initial_positions if hasattr(handler, "_drag") else handler._item_positions
    return list(items)


def items_in_hand(window: Any) -> Iterator[Any]:
    """The items that are being dragged, rotated, or edited as text."""
    scene = window.scene
    yield from items_dragged(window)
    grabber = scene.mouseGrabberItem()
    if grabber is not None:
        yield grabber
    focus = scene.focusItem()
    editing = getattr(focus, "textInteractionFlags", lambda: Qt.TextInteractionFlag.NoTextInteraction)()
    if editing != Qt.TextInteractionFlag.NoTextInteraction:
        yield focus


class Pointer(QObject):
    """Tells where the mouse is on the bench, and what is selected.

    Args:
        window: an Optiverse main window.
        changed: takes ``cursor`` ([x_mm, y_mm] or None) or ``selection`` (ids).
    """

    def __init__(self, window: Any, changed: Presence) -> None:
        super().__init__(window)
        self._window = window
        self._changed = changed
        window.view.viewport().setMouseTracking(True)
        window.view.viewport().installEventFilter(self)
        window.scene.selectionChanged.connect(self._selected)

    def close(self) -> None:
        """Tell nothing any more."""
        self._window.view.viewport().removeEventFilter(self)
        self._window.scene.selectionChanged.disconnect(self._selected)
        self.deleteLater()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Look at the view's events and let them pass."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            at = self._window.view.mapToScene(event.position().toPoint())
            self._changed({"cursor": [at.x(), at.y()]})
        elif event is not None and event.type() == QEvent.Type.Leave:
            self._changed({"cursor": None})
        return False

    def _selected(self) -> None:
        selected = self._window.scene.selectedItems()
        ids = [item.item_uuid for item in selected if isinstance(getattr(item, "item_uuid", None), str)]
        self._changed({"selection": sorted(ids)})
