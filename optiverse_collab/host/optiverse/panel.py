"""The layer panel of a window, while others change its bench."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSlot
from PyQt6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QLineEdit

from optiverse_collab.host.optiverse import stock

LATER_MS = 100
"""How long after a change by others the panel is drawn anew, as 0.3.4 does after changes of its own."""


class Panel(QObject):
    """Draws the panel anew after changes by others.

    Quirk: that closes the field in which the user types a new name (0.3), and the name is gone.

    Args:
        window: an Optiverse main window.
    """

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window = window
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LATER_MS)
        self._later.timeout.connect(self._draw)

    def close(self) -> None:
        """Do nothing more to the panel."""
        self._later.stop()
        self.deleteLater()

    def draw_later(self) -> None:
        """Something was changed that the panel shows."""
        self._later.start()

    def take_over_name(self) -> None:
        """Take what the user has typed so far for the name: its line is about to be another one."""
        tree = self._tree
        if tree is not None:
            for field in tree.viewport().findChildren(QLineEdit):
                tree.commitData(field)
                tree.closeEditor(field, QAbstractItemDelegate.EndEditHint.NoHint)

    @property
    def _tree(self) -> Any | None:
        """The list of layers, if the user types a name in it."""
        if stock.has_groups(self._window):
            return None
        tree = self._window.layer_panel._tree
        return tree if tree.state() == QAbstractItemView.State.EditingState else None

    @pyqtSlot()
    def _draw(self) -> None:
        if self._tree is None:
            self._window._refresh_layer_panel()
        else:
            self._later.start()
