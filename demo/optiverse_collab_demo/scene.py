"""The bench as a graphics scene, kept up to date item by item."""

from __future__ import annotations

from collections.abc import Collection

from PyQt6.QtCore import QObject, QRectF, QTimer, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QPainterPath
from PyQt6.QtWidgets import QGraphicsScene

from optiverse_collab_demo import beams, groups
from optiverse_collab_demo.geometry import position
from optiverse_collab_demo.items import BenchGraphicsItem, LightItem, new_graphics
from optiverse_collab_demo.model import Bench
from optiverse_collab_demo.theme import LIGHT, Theme

HALF_MM = 20_000.0
SCROLLABLE = QRectF(-HALF_MM, -HALF_MM, 2 * HALF_MM, 2 * HALF_MM)


class BenchScene(QGraphicsScene):
    """Shows a bench.

    Attributes:
        bench: the shown bench.
        theme: in which colours.
        light: where light goes.

    Signals:
        selection_changed(list[str]): ids of the selected items.
    """

    selection_changed = pyqtSignal(list)

    def __init__(self, bench: Bench, parent: QObject | None = None) -> None:
        super().__init__(SCROLLABLE, parent)
        self.bench = bench
        self.theme = LIGHT
        self.light = LightItem()
        self._graphics: dict[str, BenchGraphicsItem] = {}
        self.addItem(self.light)
        # Many changes may come at once; light is worked out once for all of them.
        self._light_timer = QTimer(self)
        self._light_timer.setSingleShot(True)
        self._light_timer.timeout.connect(self.update_light)
        bench.items_added.connect(self._show)
        bench.items_changed.connect(self._show)
        bench.items_removed.connect(self._hide)
        self.selectionChanged.connect(self._emit_selection)
        self._show(list(bench.items))

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.theme = theme
        for graphics in self._graphics.values():
            graphics.theme = theme
        self.update()

    def graphics(self, id: str) -> BenchGraphicsItem | None:
        """What shows an item, if it has a place."""
        return self._graphics.get(id)

    def outline(self, id: str) -> QPainterPath | None:
        """The shape of an item in the scene, if it has a place."""
        graphics = self._graphics.get(id)
        return None if graphics is None else graphics.mapToScene(graphics.shape())

    def id_at(self, graphics: object) -> str | None:
        """The id of the item that a graphics item shows."""
        return graphics.item.id if isinstance(graphics, BenchGraphicsItem) else None

    def selected(self) -> list[str]:
        """Ids of the selected items."""
        return [item.item.id for item in self.selectedItems() if isinstance(item, BenchGraphicsItem)]

    def select(self, ids: Collection[str]) -> None:
        """Select these items and no others."""
        if set(ids) == set(self.selected()):
            return
        self.blockSignals(True)  # One change, one signal.
        try:
            for id, graphics in self._graphics.items():
                graphics.setSelected(id in ids)
        finally:
            self.blockSignals(False)
        self.selectionChanged.emit()

    def select_whole_groups(self) -> None:
        """Extend the selection to whole groups."""
        self.select(groups.with_groups(self.bench.items, self.selected()))

    def shown_items(self) -> int:
        """How many items have a place on the bench."""
        return len(self._graphics)

    def extent(self) -> QRectF:
        """The area of the items, limited to the scrollable part."""
        box = QRectF()
        for graphics in self._graphics.values():
            box = box.united(graphics.sceneBoundingRect().intersected(SCROLLABLE))
        return box

    @pyqtSlot()
    def update_light(self) -> None:
        """Trace the light again, now."""
        self._light_timer.stop()
        self.light.show_light(beams.light_of((item.kind, item.props) for item in self.bench.items.values()))

    @pyqtSlot(list)
    def _show(self, ids: list[str]) -> None:
        for id in ids:
            item, graphics = self.bench.items[id], self._graphics.get(id)
            if graphics is None:
                self._add(id)
            elif position(item.kind, item.props) is None:
                self._remove(id)
            else:
                graphics.refresh()
        self._light_timer.start(0)

    @pyqtSlot(list)
    def _hide(self, ids: list[str]) -> None:
        for id in ids:
            self._remove(id)
        self._light_timer.start(0)

    @pyqtSlot()
    def _emit_selection(self) -> None:
        self.selection_changed.emit(self.selected())

    def _add(self, id: str) -> None:
        graphics = new_graphics(self.bench.items[id], self.theme)
        if graphics is not None:
            self._graphics[id] = graphics
            self.addItem(graphics)

    def _remove(self, id: str) -> None:
        graphics = self._graphics.pop(id, None)
        if graphics is not None:
            graphics.setSelected(False)
            self.removeItem(graphics)
