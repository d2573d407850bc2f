"""A user of the real Optiverse at the layer panel: groups, renames, drags lines, hides and locks."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer
from PyQt6.QtWidgets import QApplication, QInputDialog

from optiverse_collab.host.optiverse import stock
from tests.helpers.optiverse_user import events


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
        return not stock.has_groups(self.window)

    def groups(self) -> list[str]:
        """The ids of all groups, sorted."""
        if self.has_layers:
            state = self.window.layer_state
            return sorted(id for id, node in state._uuid_to_node.items() if node.is_group())
        return sorted(self.window.group_manager._groups)

    def parent(self, id: str) -> str | None:
        """The group that an item or a group is in."""
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
        self._select(id)
        events()

    def group(self, *items: Any, name: str = "Group") -> str | None:
        """Group items with the button; returns the group's id, or None if the host refused."""
        before = self.groups()
        self.window.scene.clearSelection()
        for item in items:
            item.setSelected(True)

        def answer() -> None:
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, QInputDialog)
            dialog.setTextValue(name)
            dialog.accept()

        if len(self.window.scene.selectedItems()) < 2:  # the host would only say so
            return None
        QTimer.singleShot(0, answer)
        self.window.layer_panel._group_selected()
        events()
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
        self.window.layer_panel._ungroup_selected()
        events()

    def delete(self, id: str) -> None:
        """Select a line and press Delete (0.3)."""
        self._select(id)
        self.window.layer_panel._delete_selected()
        events()

    def rename(self, id: str, name: str) -> None:
        """Edit the text of a line (0.3)."""
        self.model.setData(self.line(id), name)
        events()

    def move(self, id: str, into: str | None, row: int = 0) -> None:
        """Drag an item's line into a group, or out of all (0.2), or anywhere (0.3)."""
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
        tree, line = self.window.layer_panel._tree, self.line(id)
        if what == "COLLAPSED":
            tree.setExpanded(line, not tree.isExpanded(line))
        else:
            roles = {"VISIBLE": 10, "LOCKED": 11}
            role = int(Qt.ItemDataRole.UserRole) + roles[what]
            self.window.layer_panel._toggle_role(line, role)
        events()

    @property
    def model(self) -> Any:
        """The lines of 0.3's panel."""
        return self.window.layer_panel._model

    def line(self, id: str, parent: QModelIndex | None = None) -> QModelIndex:
        """The line of an item or a group in 0.3's panel, drawn as it is now."""
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

    def _select(self, id: str) -> None:
        selection = self.window.layer_panel._tree.selectionModel()
        kind = QItemSelectionModel.SelectionFlag
        selection.select(self.line(id), kind.ClearAndSelect | kind.Rows)
