"""Where the user's pointer is on the item that they drag (PRES-10)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import hypot

from PyQt6.QtCore import QObject, QPointF, pyqtSignal, pyqtSlot

from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.host.api import Host

GRIP = "grip"
"""The key of the presence."""


class Grip(QObject):
    """Tracks which item the user drags, and where on it the pointer is.

    Of many items it is the one whose middle is nearest to the pointer when the drag begins, to the end of it.

    Args:
        host: the window's bench.

    Signals:
        changed: the presence to be shown: a mapping with `GRIP`.
    """

    changed = pyqtSignal(object)

    def __init__(self, host: Host, parent: QObject) -> None:
        super().__init__(parent)
        self._host = host
        self._id: str | None = None
        self._cursor: QPointF | None = None
        self._shown: Mapping[str, object] | None = None
        self._timer = single_shot(self, self.look)

    def note(self, state: Mapping[str, object]) -> None:
        """Take the user's presence; a host reports the pointer before it moves what is dragged."""
        if "cursor" in state:
            cursor = state["cursor"]
            self._cursor = QPointF(*cursor) if isinstance(cursor, list) else None
            self._timer.start()

    @pyqtSlot()
    def look(self) -> None:
        """The user may have moved what they drag, or let go of it."""
        grip = None if self._cursor is None else self._find(self._cursor)
        if grip != self._shown:
            self._shown = grip
            self.changed.emit({GRIP: grip})

    def _find(self, at: QPointF) -> Mapping[str, object] | None:
        held = self._host.held()
        if self._id not in held:
            self._id = self._nearest(held, at)
        middle = None if self._id is None else self._middle(self._id)
        if middle is None:
            return None
        return {"id": self._id, "at": [at.x() - middle.x(), at.y() - middle.y()]}

    def _nearest(self, held: Collection[str], at: QPointF) -> str | None:
        middles = {id: middle for id in held if (middle := self._middle(id)) is not None}
        return min(
            middles, key=lambda id: hypot(middles[id].x() - at.x(), middles[id].y() - at.y()), default=None
        )

    def _middle(self, id: str) -> QPointF | None:
        outline = self._host.outline(id)
        return None if outline is None else outline.boundingRect().center()
