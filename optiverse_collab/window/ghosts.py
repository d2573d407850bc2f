"""Shows on the canvas where the items of an earlier step were before it."""

from __future__ import annotations

from itertools import islice

from PyQt6.QtCore import QObject, pyqtSlot

from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.host.api import Picture
from optiverse_collab.window.canvas_presence import CanvasPresence
from optiverse_collab.window.manager import CollaborationManager

MOST = 50
"""How many items of a step are shown."""


class Ghosts(QObject):
    """Asks the host what the items looked like, in a picture that nobody sees.

    Args:
        manager: the session.
    """

    def __init__(self, manager: CollaborationManager, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas: CanvasPresence | None = None
        self._picture: Picture | None = None
        manager.canvas_opened.connect(self._on_canvas)

    def show(self, step: PastStep | None) -> None:
        """Show where the items of a step were; None for nothing."""
        if self._canvas is None:
            return
        edits = () if step is None else step.edits
        records = {id: before for id, before, _ in islice(edits, MOST) if before is not None}
        if records and self._picture is None:
            self._picture = self._canvas.host.picture()
            if self._picture is not None:
                self._picture.scene.setParent(self)
        outlines = []
        if self._picture is not None:
            self._picture.show(records)
            outlines = [line for line in map(self._picture.outline, records) if line is not None]
        self._canvas.overlay.show_ghosts(outlines)

    @pyqtSlot(object)
    def _on_canvas(self, canvas: CanvasPresence) -> None:
        self._canvas = canvas
        canvas.closed.connect(self._on_closed)

    @pyqtSlot()
    def _on_closed(self) -> None:
        self._canvas = None
        if self._picture is not None:
            self._picture.scene.deleteLater()
            self._picture = None
