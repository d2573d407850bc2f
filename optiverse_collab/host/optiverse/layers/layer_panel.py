"""Lets the user write in the layer panel while others change the bench."""

from __future__ import annotations

from PyQt6.QtCore import QItemSelectionModel, QModelIndex, QObject, QTimer, pyqtSlot
from PyQt6.QtWidgets import QAbstractItemView, QLineEdit

from optiverse_collab.host.optiverse.upstream.contract import Override, as_qt
from optiverse_collab.host.optiverse.upstream.window import LayersWindow

EDITING = QAbstractItemView.State.EditingState
LARGE = 1000
"""A panel of this many lines is drawn in two steps, or the window would freeze for too long …"""
PAUSE_MS = 20
"""… with a frame between them."""


class LayerPanel(QObject):
    """Draws the layer panel of 0.3 without interrupting the renaming of a line.

    Quirks: drawing it closes the editor of a line, and what was typed is gone. After a change of the
    tree, the panel takes no name until it is drawn again. The host draws it after each of its user's steps,
    who can't type meanwhile; but others may do something at any time.

    Args:
        window: an Optiverse main window.
    """

    def __init__(self, window: LayersWindow) -> None:
        super().__init__(as_qt(window, QObject))
        self._state, self._panel = window.layer_state, window.layer_panel
        self._tree, self._model = self._panel._tree, self._panel._model
        self._timer = self._panel._refresh_timer
        self._timer.timeout.disconnect(self._panel._do_refresh)
        self._timer.timeout.connect(self._draw)
        self._states_later = QTimer(self)
        self._states_later.setSingleShot(True)
        self._states_later.setInterval(PAUSE_MS)
        self._states_later.timeout.connect(self._model._apply_all_effective_states)

    def close(self) -> None:
        """Restore the panel."""
        if self._states_later.isActive():
            self._states_later.stop()
            self._model._apply_all_effective_states()
        self._timer.timeout.disconnect(self._draw)
        self._timer.timeout.connect(self._panel._do_refresh)
        self.deleteLater()

    def follow(self) -> None:
        """Others changed the bench: a name that is being typed must find its line."""
        line = self._tree.currentIndex()
        if self._tree.state() == EDITING and self._model._node_from_index(line) is None:
            self._draw_around_the_editor(line.internalPointer()[0])

    @pyqtSlot()
    def _draw(self) -> None:
        if self._tree.state() == EDITING:
            self._panel.refresh()  # a little later, which is here again
        elif len(self._state.get_all_items_in_order()) < LARGE:
            self._panel._do_refresh()
        else:
            self._draw_in_two_steps()

    def _draw_in_two_steps(self) -> None:
        """Draw the lines, and then hide and lock the items.

        Quirk: drawing the panel hides, shows, locks and unlocks every item on the bench.
        """
        override = Override(self._model, "_apply_all_effective_states", lambda: None)
        try:
            self._panel._do_refresh()
        finally:
            override.undo()
        self._states_later.start()

    def _draw_around_the_editor(self, id: str) -> None:
        """Draw the panel; the line of an item or a group keeps being edited, if there still is one."""
        before = self._editor()
        text, at, anchor = before.text(), before.cursorPosition(), before.selectionStart()
        selected = before.selectionLength()
        self._panel._do_refresh()
        line = self._line(id, QModelIndex())
        if line.isValid():
            self._tree.selectionModel().setCurrentIndex(line, QItemSelectionModel.SelectionFlag.NoUpdate)
            self._tree.edit(line)
            editor = self._editor()
            editor.setText(text)
            editor.setCursorPosition(at)
            if selected:
                editor.setSelection(anchor, selected)

    def _editor(self) -> QLineEdit:
        """The one that was opened last: one before it may wait to be deleted."""
        editor: QLineEdit = self._tree.viewport().findChildren(QLineEdit)[-1]
        return editor

    def _line(self, id: str, parent: QModelIndex) -> QModelIndex:
        for row in range(self._model.rowCount(parent)):
            line = self._model.index(row, 0, parent)
            node = self._model._node_from_index(line)
            found = line if node is not None and node.uuid == id else self._line(id, line)
            if found.isValid():
                return found
        return QModelIndex()
