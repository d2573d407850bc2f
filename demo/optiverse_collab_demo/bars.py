"""The bars of the main window: items to insert, their number, and the pointer's position."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt, pyqtSlot
from PyQt6.QtGui import QAction, QIcon
from PyQt6.QtWidgets import QLabel, QStatusBar, QToolBar, QWidget

from optiverse_collab_demo.icons import template_icon
from optiverse_collab_demo.scene import BenchScene
from optiverse_collab_demo.templates import TEMPLATES
from optiverse_collab_demo.theme import Theme
from optiverse_collab_demo.view import BenchView


class InsertBar(QToolBar):
    """The entries of the Insert menu as buttons; both get their pictures here.

    Args:
        actions: one for each of `TEMPLATES`.
        parent: the window.
    """

    def __init__(self, actions: Sequence[QAction], parent: QWidget) -> None:
        super().__init__("Insert", parent)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setIconSize(QSize(30, 30))
        self.setMovable(False)
        self.addActions(actions)

    def set_theme(self, theme: Theme) -> None:
        """Draw the pictures in other colours."""
        for template, action in zip(TEMPLATES, self.actions(), strict=True):
            action.setIcon(QIcon(template_icon(template, theme, self.devicePixelRatioF())))


class BenchStatusBar(QStatusBar):
    """Shows the number of items and the pointer's position; plugins add to its right side.

    Attributes:
        items, pointer: the two texts.
    """

    def __init__(self, scene: BenchScene, view: BenchView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self.items, self.pointer = QLabel(self), QLabel(self)
        self.pointer.setMinimumWidth(170)
        self.addWidget(self.items)
        self.addWidget(self.pointer)
        # After the scene, which makes the counted items.
        for signal in (scene.bench.items_added, scene.bench.items_changed, scene.bench.items_removed):
            signal.connect(self._count)
        view.cursor_moved.connect(self._show_cursor)
        self._count()

    @pyqtSlot()
    def _count(self) -> None:
        count = self._scene.shown_items()
        self.items.setText(f" {count} item{'' if count == 1 else 's'}")

    @pyqtSlot(object)
    def _show_cursor(self, at: tuple[float, float] | None) -> None:
        self.pointer.setText("" if at is None else f"x {at[0]:.1f} mm   y {at[1]:.1f} mm")
