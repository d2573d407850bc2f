"""A user of the toy editor, for the contract suite: the actions of an editor without files and undo."""

from __future__ import annotations

import logging

from PyQt6.QtCore import QPointF

from examples.toy_editor import Disc, ToyHost, ToyWindow
from optiverse_collab.testing.driver import Driver


class ToyDriver(Driver):
    """Performs in a toy window the actions that the suite requires."""

    def __init__(self) -> None:
        self.window = ToyWindow()
        self.host = ToyHost(self.window)
        self._lines: list[str] = []
        self._handler = logging.Handler(logging.WARNING)
        self._handler.emit = lambda record: self._lines.append(record.getMessage())  # type: ignore[method-assign]
        logging.getLogger("Collaboration").addHandler(self._handler)

    def add(self, x_mm: float = 0.0, y_mm: float = 0.0) -> str:
        """Put a disc on the canvas."""
        before = set(self.window.discs)
        self.window.add()
        [id] = set(self.window.discs) - before
        self.window.discs[id].setPos(x_mm, y_mm)
        return id

    def drag(self, id: str, dx: int, dy: int) -> None:
        """Move a disc."""
        disc = self.window.discs[id]
        disc.setPos(disc.pos() + QPointF(dx, dy))

    def remove(self, id: str) -> None:
        """Remove a disc."""
        self.window.remove(id)

    def select(self, *ids: str) -> None:
        """Select these discs."""
        for id, disc in self.window.discs.items():
            disc.setSelected(id in ids)

    def selected(self) -> list[str]:
        """The discs that are selected."""
        return [id for id, disc in self.window.discs.items() if disc.isSelected()]

    def thing(self, id: str) -> Disc | None:
        """The item on the canvas."""
        return self.window.discs.get(id)

    def warnings(self) -> list[str]:
        """The messages sent to the logger of our category."""
        return self._lines

    def close(self) -> None:
        """Close the window."""
        logging.getLogger("Collaboration").removeHandler(self._handler)
        self.host.close()
        self.window.close()
        self.window.deleteLater()
