"""Another bench than the window's, in a separate scene."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PyQt6.QtWidgets import QGraphicsItem, QGraphicsScene

from optiverse_collab.convert import is_item
from optiverse_collab.convert.shapes import is_number
from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.items.placeholders import Placeholders
from optiverse_collab.host.optiverse.upstream.contract import as_qt
from optiverse_collab.host.optiverse.upstream.items import Item


def picture(
    records: Mapping[str, Record], made: Callable[[Record], Item | None], host_name: str
) -> QGraphicsScene:
    """Draw a bench, without its rays.

    Args:
        records: id → record.
        made: gives an item that is on no bench yet; None if the host can't make it.
        host_name: the host's name.
    """
    scene = QGraphicsScene()
    placeholders = Placeholders(scene, host_name)
    for record in filter(is_item, records.values()):
        item = made(record)
        if item is None:
            placeholders.show(record)
            continue
        shown = as_qt(item, QGraphicsItem)
        z = record.props.get("z_value")
        if is_number(z):
            shown.setZValue(z)
        scene.addItem(shown)
    scene.setSceneRect(scene.itemsBoundingRect())
    return scene
