"""Another bench than the window's, in a separate scene."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainterPath
from PyQt6.QtWidgets import QGraphicsItem, QGraphicsScene

from optiverse_collab.convert import is_item
from optiverse_collab.convert.layers import hidden, z_value
from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.items.acceptance import accepted
from optiverse_collab.host.optiverse.items.images import Images
from optiverse_collab.host.optiverse.items.kinds import Kinds
from optiverse_collab.host.optiverse.items.outlines import outline
from optiverse_collab.host.optiverse.items.placeholders import Placeholders
from optiverse_collab.host.optiverse.tracer import Tracer
from optiverse_collab.host.optiverse.upstream.check import missing_in_item
from optiverse_collab.host.optiverse.upstream.contract import HOST_FAULTS, as_qt
from optiverse_collab.host.optiverse.upstream.item_names import item_names
from optiverse_collab.host.optiverse.upstream.items import Data, Item
from optiverse_collab.host.optiverse.upstream.version import knows_layers
from optiverse_collab.host.optiverse.upstream.window import Window
from optiverse_collab.host.pictures import limit, stack
from optiverse_collab.wording import hosts as wording

_ON_RAY = "path_measure"
"""The kind of items that lie along a ray: they are made again after each trace."""


class _Shown(NamedTuple):
    """An item in the scene, and what it shows in the form of `to_dict`."""

    item: Item
    data: Data


class OptiversePicture:
    """Implements `optiverse_collab.host.api.Picture`.

    Quirk: the host's items ask the window of the first view of their scene for its layers, its undo and its
    snapping, and that may be the main window. So they are never locked here, and moved by `exact_edit` only.

    Args:
        window: whose settings of rays apply.
        images: finds the images of components.
        host_name: the host's name.
        debug: takes a line about what can't be drawn.

    Attributes:
        scene: see `Picture`.
    """

    def __init__(self, window: Window, images: Images, host_name: str, debug: Callable[[str], None]) -> None:
        self.scene = QGraphicsScene()
        # Everything may move with each position of a slider, which an index doesn't pay for.
        self.scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._debug = debug
        self._tracer = Tracer(window, self.scene, debug)
        self._kinds = Kinds(self._tracer, images)
        self._placeholders = Placeholders(self.scene, host_name)
        self._records: dict[str, Record] = {}
        self._hidden: set[str] = set()
        self._shown: dict[str, _Shown] = {}
        self._stacked: list[QGraphicsItem] = []

    def show(self, records: Mapping[str, Record]) -> None:
        wanted = {id: record for id, record in records.items() if is_item(record)}
        hides = hidden(records) if knows_layers() else set[str]()
        flipped, self._hidden = hides ^ self._hidden, hides
        for id in self._records.keys() - wanted.keys():
            self._remove(id)
        on_ray = [record for record in wanted.values() if record.kind == _ON_RAY]
        for id, record in wanted.items():
            if record.kind != _ON_RAY and (id in flipped or record != self._records.get(id)):
                self._draw(record)
        self._tracer.trace()
        for record in on_ray:
            self._remove(record.id)
            self._draw(record)
        self._records = wanted
        self._restack()
        limit(self.scene, self._extent())

    def outline(self, id: str) -> QPainterPath | None:
        if id in self._hidden:
            return None
        if id in self._shown:
            return outline(self._shown[id].item)
        return self._placeholders.outline(id)

    def _draw(self, record: Record) -> None:
        item = self._edited(record) or self._made(record)
        if item is not None:
            shown = as_qt(item, QGraphicsItem)
            shown.setZValue(z_value(record.kind, record.props))
            shown.setVisible(record.id not in self._hidden)
        elif record.id not in self._hidden:
            self._placeholders.show(record)

    def _remove(self, id: str) -> None:
        self._placeholders.hide(id)
        shown = self._shown.pop(id, None)
        if shown is not None:
            self.scene.removeItem(as_qt(shown.item, QGraphicsItem))

    def _edited(self, record: Record) -> Item | None:
        """The item that is there, changed to this record; None if it has to be made again."""
        shown, before = self._shown.get(record.id), self._records.get(record.id)
        if shown is None or before is None or before.kind != record.kind:
            return None
        kind = self._kinds.of(shown.item)
        found = accepted(record, kind, type(shown.item), shown.data)
        if found.refused or shown.data.keys() - found.data.keys() or missing_in_item(shown.item, record.kind):
            return None
        try:
            kind.write(shown.item, shown.data, found.data)
        except HOST_FAULTS as fault:
            self._debug(wording.not_made(record.id, repr(fault)))
            return None
        self._shown[record.id] = _Shown(shown.item, found.data)
        return shown.item

    def _made(self, record: Record) -> Item | None:
        """A new item in the scene; None if the host can't make it."""
        self._remove(record.id)
        kind, item_class = self._kinds.named(record.kind), item_names().TypeRegistry.get_class(record.kind)
        if record.kind == _ON_RAY and not self._has_ray(record):
            return None
        try:
            data = accepted(record, kind, item_class, {}).data
            item = kind.make(data)
        except HOST_FAULTS as fault:
            self._debug(wording.not_made(record.id, repr(fault)))
            return None
        if item is not None:
            self._shown[record.id] = _Shown(item, data)
            self.scene.addItem(as_qt(item, QGraphicsItem))
        return item

    def _has_ray(self, record: Record) -> bool:
        return record.props.get("ray_index") in range(len(self._tracer.ray_data))

    def _restack(self) -> None:
        """Keep the records' order among items of one height."""
        stacked = [as_qt(self._shown[id].item, QGraphicsItem) for id in self._records if id in self._shown]
        if stacked != self._stacked:
            stack(stacked)
            self._stacked = stacked

    def _extent(self) -> QRectF:
        """The area of the items, without the rays."""
        area = self._placeholders.area()
        for item in self._stacked:
            if item.isVisible():
                area = area.united(item.sceneBoundingRect())
        return area
