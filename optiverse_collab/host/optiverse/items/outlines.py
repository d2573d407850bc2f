"""The outlines of items in their scene."""

from __future__ import annotations

from PyQt6.QtGui import QPainterPath
from PyQt6.QtWidgets import QGraphicsItem

from optiverse_collab.host.optiverse.upstream.contract import as_qt
from optiverse_collab.host.optiverse.upstream.items import Item


def outline(item: Item) -> QPainterPath:
    """The shape of an item [mm].

    Quirk: a component without interfaces and without an image is drawn, but has an empty shape.
    """
    shape = item.shape()
    if shape.isEmpty():
        shape.addRect(as_qt(item, QGraphicsItem).boundingRect())
    return item.mapToScene(shape)
