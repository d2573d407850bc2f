"""A toy editor that shares its bench: discs on a canvas, added with a button and moved with the mouse."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from functools import partial
from uuid import uuid4

from PyQt6.QtCore import QPointF, pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import (
    QApplication,
    QGraphicsEllipseItem,
    QGraphicsItem,
    QGraphicsScene,
    QGraphicsView,
    QMainWindow,
)

from optiverse_collab.host.api import Host, Op, Record, apply, touched
from optiverse_collab.host.attach import attach_to


class Disc(QGraphicsEllipseItem):
    """A disc that reports its moves."""

    def __init__(self, at: QPointF, moved: Callable[[], object]) -> None:
        super().__init__(-10.0, -10.0, 20.0, 20.0)
        self.setPos(at)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsMovable)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemSendsGeometryChanges)
        self._moved = moved

    def itemChange(self, change: QGraphicsItem.GraphicsItemChange, value: object) -> object:
        if change == QGraphicsItem.GraphicsItemChange.ItemPositionHasChanged:
            self._moved()
        return super().itemChange(change, value)


class ToyWindow(QMainWindow):
    """The editor. It has no files and no undo, and knows nothing about sessions.

    Attributes:
        discs: id → a disc.

    Signals:
        changed: the id of a disc that was added, moved or removed.
    """

    changed = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.discs: dict[str, Disc] = {}
        self.canvas = QGraphicsScene(-300.0, -200.0, 600.0, 400.0, self)
        self.setCentralWidget(QGraphicsView(self.canvas, self))
        self.addToolBar("Discs").addAction("Add a disc", self.add)  # type: ignore[union-attr]

    @pyqtSlot()
    def add(self) -> None:
        """Add a disc in the middle."""
        self.place(str(uuid4()), QPointF())

    def place(self, id: str, at: QPointF) -> None:
        """Move a disc, or add it."""
        if id in self.discs:
            self.discs[id].setPos(at)
            return
        self.discs[id] = disc = Disc(at, partial(self.changed.emit, id))
        self.canvas.addItem(disc)
        self.changed.emit(id)

    def remove(self, id: str) -> None:
        """Remove a disc."""
        self.canvas.removeItem(self.discs.pop(id))
        self.changed.emit(id)


class ToyHost(Host):
    """The adapter. It keeps records that the toy can't show, such as other kinds of items, for others."""

    name = "Toy 1.0"

    def __init__(self, window: ToyWindow) -> None:
        self._window = window
        self._bench: dict[str, Record] = {}  # the state after the last change
        self._connections = [window.changed.connect(self._read)]
        for id in window.discs:
            self._read(id)

    @property
    def window(self) -> QMainWindow:
        return self._window

    def records(self, ids: Collection[str] | None = None) -> dict[str, Record]:
        return {id: one for id, one in self._bench.items() if ids is None or id in ids}

    def apply(self, ops: Sequence[Op], batch_continues: bool = False) -> None:
        for op in ops:
            if not apply(self._bench, op):
                self.log("WARNING", f"Others changed {op.id!r}, which is missing here.")
        for id in touched(ops):
            at = place_of(self._bench.get(id))
            if at is not None:
                self._window.place(id, at)
            elif id in self._window.discs:
                self._window.remove(id)

    def watch(self, dirty: Callable[[Collection[str]], None]) -> None:
        self._connections.append(self._window.changed.connect(lambda id: dirty([id])))

    def close(self) -> None:
        while self._connections:
            self._window.changed.disconnect(self._connections.pop())

    def _read(self, id: str) -> None:
        """Record a disc's new state, unless it is the one on the bench."""
        disc, old = self._window.discs.get(id), self._bench.get(id)
        at = place_of(old)
        if disc is None:
            if at is not None:
                del self._bench[id]
        elif at != disc.pos():
            props = {} if old is None else old.props
            self._bench[id] = Record(id, "disc", {**props, "pos": [disc.x(), disc.y()]})


def place_of(record: Record | None) -> QPointF | None:
    """The position of a disc [mm]; None if this is not a disc, or has no position."""
    match record:
        case Record(kind="disc", props={"pos": [float() | int() as x, float() | int() as y]}):
            return QPointF(x, y)
    return None


def open_window() -> ToyWindow:
    """A window of the editor, with the Collaboration menu in it."""
    window = ToyWindow()
    attach_to(window, adapter=partial(ToyHost, window))
    window.show()
    return window


if __name__ == "__main__":
    app = QApplication(sys.argv)
    app.setApplicationName("Toy editor")
    toy = open_window()
    sys.exit(app.exec())
