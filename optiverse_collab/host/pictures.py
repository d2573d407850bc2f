"""What the pictures of all adapters do alike."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PyQt6.QtCore import QRectF
from PyQt6.QtWidgets import QGraphicsItem, QGraphicsScene

_NOTHING = QRectF(-1.0, -1.0, 2.0, 2.0)
"""The area of an empty bench [mm]. Quirk: in place of a null one, Qt takes that of all items in the scene."""


def limit(scene: QGraphicsScene, area: QRectF) -> None:
    """Set the `sceneRect` to the area of the items, which may be none."""
    scene.setSceneRect(_NOTHING if area.isNull() else area)


def stack(items: Sequence[QGraphicsItem]) -> None:
    """Put items of one scene in this order where their heights are equal: the last one on top.

    Qt puts the last one added on top. In a picture, that would depend on what was shown before.
    """
    for below, above in reversed(list(pairwise(items))):
        below.stackBefore(above)
