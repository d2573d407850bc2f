"""A user of the real Optiverse at the layer panel: groups, renames, drags lines, hides and locks."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QItemSelectionModel, QModelIndex, QRect, Qt
from PyQt6.QtGui import QContextMenuEvent
from PyQt6.QtWidgets import QApplication, QDialog, QInputDialog, QLineEdit

from optiverse_collab.host.optiverse.layers.nodes import walk
from optiverse_collab.host.optiverse.upstream.window import has_groups
from tests.helpers import user_input
from tests.helpers.optiverse_mouse import RIGHT, NotOffered, choose, press_button
from tests.helpers.optiverse_user import answer, double_click, events, wait_until


class Panel:
    """What a user of one window can do with its layer panel.

    Attributes:
        window: the host's main window.
    """

    def __init__(self, window: Any) -> None:
        self.window = window

    @property
    def has_layers(self) -> bool:
        """Whether this is Optiverse 0.3."""
        return not has_groups(self.window)

    def groups(self) -> list[str]:
        """The ids of all groups that the panel shows, sorted."""
        if self.has_layers:
            nodes = walk(self.window.layer_state.get_root_nodes())
            return sorted(node.uuid for node in nodes if node.is_group())
        return sorted(self.window.group_manager._groups)

    def parent(self, id: str) -> str | None:
        """The group that contains an item or a group."""
        if self.has_layers:
            node = self.window.layer_state.get_node(id)
            return node.parent.uuid if node.parent else None
        manager = self.window.group_manager
        group = manager.get_group(id)
        parent: str | None = group.parent_group_uuid if group else manager._item_to_group.get(id)
        return parent

    def name(self, id: str) -> str:
        """A group's name."""
        group = self.window.layer_state.get_node(id) if self.has_layers else None
        return str((group or self.window.group_manager.get_group(id)).name)

    def pick(self, id: str) -> None:
        """Click a line (0.3)."""
        user_input.click(self.tree.viewport(), self._rect_of(id).center())
        self.tree.setFocus()
        events()

    def group(self, *items: Any, name: str = "Group") -> str | None:
        """Select items and group them; returns the group's id, or None if the host refused."""
        self.window.scene.clearSelection()
        for item in items:
            item.setSelected(True)
        return self.group_selected(name)

    def group_selected(self, name: str = "Group") -> str | None:
        """Group the selected items, with the button."""
        before = self.groups()
        if len(self.window.scene.selectedItems()) < 2:  # the host would only show a message
            return None

        def name_it(dialog: QDialog) -> None:
            assert isinstance(dialog, QInputDialog)
            dialog.setTextValue(name)
            dialog.accept()

        answer(lambda: press_button(self.window.layer_panel, "Group selected items"), name_it)
        return next((id for id in self.groups() if id not in before), None)

    def ungroup(self, id: str) -> None:
        """Select a group's line, or in 0.2 one of its items, and press the button."""
        if self.has_layers:
            self._select(id)
        else:  # a group's line does not stay selected
            self.window.scene.clearSelection()
            for item in self.window.scene.items():
                if self.parent(getattr(item, "item_uuid", "")) == id:
                    item.setSelected(True)
            if not self.window.scene.selectedItems():
                return
        press_button(self.window.layer_panel, "Ungroup selected group")

    def delete(self, id: str) -> None:
        """Select a line and press Delete (0.3)."""
        self.pick(id)
        user_input.press_key(self.tree, Qt.Key.Key_Delete)
        events()

    def rename(self, id: str, name: str) -> None:
        """Double-click a line and type (0.3)."""
        field = self.begin_renaming(id)
        field.insert(name)  # a keyboard can type these, but `QTest.keyClicks` can't
        user_input.press_key(field, Qt.Key.Key_Return)
        events()

    def begin_renaming(self, id: str) -> QLineEdit:
        """Double-click a line, to get the field for its name (0.3)."""
        self.wait()  # the field disappears when the panel is redrawn
        double_click(self.tree.viewport(), self._rect_of(id).center())
        fields: list[QLineEdit] = self.tree.viewport().findChildren(QLineEdit)
        if not fields:
            raise NotOffered("it can't be renamed")
        return fields[0]

    def choose(self, id: str, *entries: str) -> None:
        """Choose an entry in the context menu of a line (0.3)."""
        at = self._rect_of(id).center()
        user_input.click(self.tree.viewport(), at, button=RIGHT)
        everywhere = self.tree.viewport().mapToGlobal(at)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, everywhere)

        def open_menu() -> None:
            QApplication.sendEvent(self.tree.viewport(), event)

        choose(open_menu, *entries)

    def move(self, id: str, into: str | None, row: int = 0) -> None:
        """Drag an item's line into a group, or out of all groups (0.2), or anywhere (0.3)."""
        panel = self.window.layer_panel
        if self.has_layers:
            mime = self.model.mimeData([self.line(id)])
            parent = QModelIndex() if into is None else self.line(into)
            self.model.dropMimeData(mime, Qt.DropAction.MoveAction, row, 0, parent)
        elif into is not None:
            panel._on_item_dropped_in_group(id, into)
        elif self.parent(id) is not None:
            panel._on_item_removed_from_group(id)
        events()

    def toggle(self, id: str, what: str) -> None:
        """Click the eye or the lock of a line, or fold it: ``VISIBLE``, ``LOCKED``, ``COLLAPSED`` (0.3)."""
        if what == "COLLAPSED":
            line = self.line(id)
            self.tree.setExpanded(line, not self.tree.isExpanded(line))
        else:
            rect = self._rect_of(id)
            eye, lock, *_ = self.tree.itemDelegate()._layout_rects(rect.adjusted(2, 0, -2, 0), False)
            at = (eye if what == "VISIBLE" else lock).center()
            user_input.click(self.tree.viewport(), at)
        events()

    def wait(self) -> None:
        """Wait until 0.3 has redrawn the panel, which it does some time after each edit."""
        timer = getattr(self.window.layer_panel, "_refresh_timer", None)
        wait_until(lambda: timer is None or not timer.isActive())

    @property
    def tree(self) -> Any:
        """The list of lines in 0.3."""
        return self.window.layer_panel._tree

    @property
    def model(self) -> Any:
        """The lines of 0.3's panel."""
        return self.window.layer_panel._model

    def line(self, id: str, parent: QModelIndex | None = None) -> QModelIndex:
        """The line of an item or a group in 0.3's panel, as it is drawn now."""
        if parent is None:
            self.window.layer_panel._do_refresh()
            parent = QModelIndex()
        for row in range(self.model.rowCount(parent)):
            index = self.model.index(row, 0, parent)
            node = self.model._node_from_index(index)
            found = index if node.uuid == id else self.line(id, index)
            if found.isValid():
                return found
        return QModelIndex()

    def _rect_of(self, id: str) -> QRect:
        line = self.line(id)
        self.tree.scrollTo(line)
        rect: QRect = self.tree.visualRect(line)
        return rect

    def _select(self, id: str) -> None:
        selection = self.window.layer_panel._tree.selectionModel()
        kind = QItemSelectionModel.SelectionFlag
        selection.select(self.line(id), kind.ClearAndSelect | kind.Rows)
