"""A user of the real Optiverse who draws: notes, rectangles, rulers and measures."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QTextCursor

from optiverse_collab.host.optiverse.items.annotations import annotation_kinds
from tests.helpers import user_input
from tests.helpers.optiverse_user import LEFT, User, double_click, events, grip, wait_until

Point = tuple[float, float]


class Drawing(User):
    """A user of one window who also draws. Positions are in mm."""

    def drawn(self, *kinds: str) -> list[Any]:
        """The annotations on the bench, of these kinds or of all, in the order of their ids."""
        known = annotation_kinds(self.window)
        classes = tuple(known[kind].item_class for kind in kinds or known)
        found = [item for item in self.window.scene.items() if isinstance(item, classes)]
        return sorted(found, key=lambda item: str(item.item_uuid))

    def draw(self, what: str, *points: Point) -> Any:
        """Click these points with a tool: ``text``, ``rectangle``, ``ruler``, ``angle_measure``."""
        before = self.drawn()
        at = [QPointF(*point) for point in points]
        if what == "ruler":
            self._draw_ruler(at)
        elif what == "angle_measure":
            handler = self.window.angle_measure_handler
            handler.activate()
            for point in at:
                handler.handle_click(point)
            handler.deactivate()
        else:
            handler = self.window.placement_handler
            handler.activate(what)
            handler.handle_mouse_move(at[0])
            handler.handle_click(at[0], LEFT)
            handler.deactivate()
        events()
        self.window.scene.clearSelection()
        return next(item for item in self.drawn() if item not in before)

    def _draw_ruler(self, at: list[QPointF]) -> None:
        handler = self.window.ruler_handler
        handler.start(lambda mode: None)
        for point in at:
            handler.handle_mouse_move(point)
            handler.handle_mouse_press(point, LEFT)
        handler.handle_escape()

    def measure(self) -> list[Any]:
        """Measure along the first ray, from near to far; returns the new measures, none without a ray."""
        self.retrace()
        before = self.drawn("path_measure")
        rays = [ray for ray in self.window.ray_data if len(ray.points) > 1]
        if not rays:  # all sources are hidden
            return []
        handler = self.window.path_measure_handler
        handler.activate()
        start, end = (QPointF(*map(float, point[:2])) for point in rays[0].points[:2])
        handler.handle_click(start + (end - start) * 0.25)
        handler.handle_click(start + (end - start) * 0.75)
        handler.deactivate()
        events()
        self.window.scene.clearSelection()
        return [item for item in self.drawn("path_measure") if item not in before]

    def retrace(self) -> None:
        """Trace the rays now."""
        self.window.retrace()
        events()

    def write(self, note: Any, text: str) -> None:
        """Double-click a note, type, and click elsewhere; does nothing if the mouse can't reach it."""
        self.begin_writing(note)
        if self.window.scene.focusItem() is not note:  # typed keys would now be shortcuts
            return
        user_input.type_text(self.window.view.viewport(), text)
        self.end_writing(note)

    def begin_writing(self, note: Any) -> None:
        """Put the text cursor into a note with a double click; 0.2 needs a second one.

        All of its text is selected.
        """
        view = self.window.view
        self.window.activateWindow()
        view.setFocus()
        wait_until(self.window.isActiveWindow)
        view.centerOn(grip(note))
        at = view.mapFromScene(grip(note))
        double_click(view.viewport(), at)
        if self.window.scene.focusItem() is not note:
            user_input.click(view.viewport(), at)
        cursor = note.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        note.setTextCursor(cursor)

    def end_writing(self, note: Any) -> None:
        """Click elsewhere."""
        note.clearFocus()
        events()

    def delete_by_menu(self, item: Any) -> None:
        """Choose Delete in the item's context menu. In 0.2 that is no undo step for most items."""
        if hasattr(item, "requestDelete"):
            item.requestDelete.emit(item)
        else:
            self.window.scene.removeItem(item)
        events()
