"""Two people at two windows; one has the timeline open."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.preview import PreviewDialog
from tests.helpers.demo_window import KEYS
from tests.helpers.windows import SOON, Desk


class Lab:
    """Ann and Bob share a lens, which Ann moves; Bob has his timeline open."""

    def __init__(self, qtbot: QtBot, pair: tuple[Desk, Desk]) -> None:
        self._qtbot = qtbot
        self.ann, self.bob = pair
        self.panel = self.bob.controller.timeline
        self.lens = self.ann.window.insert(KEYS["lens"])
        self.until(lambda: self.lens in self.bob.window.bench.items)
        self.start = deepcopy(self.bob.content())

    def move(self, x: float) -> None:
        """Ann moves the lens, in a step of its own."""
        self.ann.window.bench.change({self.lens: {"pos": [x, 0.0]}})
        self.until(lambda: self.bob.window.bench.items[self.lens].props["pos"] == [x, 0.0])

    def open(self, steps: int) -> None:
        """Bob opens the timeline, and waits until it has this many steps."""
        if not self.panel.is_open:
            self.bob.menu["Timeline"].trigger()
        self.until(lambda: len(self.rows) >= steps)

    @property
    def rows(self) -> list[str]:
        """The rows of the list, without the times."""
        model = self.panel.dock.list.model_of_steps
        texts = (model.data(model.index(row)) for row in range(model.rowCount()))
        return [text.split("  ", 1)[1] for text in texts]

    def select(self, row: int) -> None:
        """Select a row of the list."""
        self.panel.dock.list.setCurrentIndex(self.panel.dock.list.model_of_steps.index(row))

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds."""
        self._qtbot.waitUntil(condition, timeout=SOON)

    @property
    def preview(self) -> PreviewDialog:
        """Bob's preview."""
        dialog = self.panel.previewing.dialog
        assert dialog is not None
        return dialog

    def seen(self) -> list[tuple[float, float]]:
        """Where the preview shows the lens."""
        outline = self.preview.picture.outline(self.lens)
        assert outline is not None
        centre = outline.boundingRect().center()
        return [(round(centre.x()), round(centre.y()))]

    def restore_entries(self) -> dict[str, QAction]:
        """The entries of *Restore*."""
        menu = self.panel.dock.restore_menu
        menu.aboutToShow.emit()
        return {action.text(): action for action in menu.actions() if action.text()}


def button(dialog: PreviewDialog, text: str) -> QAbstractButton:
    """The button with this text."""
    return next(one for one in dialog.buttons.buttons() if one.text() == text)
