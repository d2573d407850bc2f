"""Lines where items were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PyQt6.QtGui import QPainterPath

from optiverse_collab.window.ui.item_shapes import ItemShapes
from optiverse_collab.window.ui.marks import GhostMark, Mark, around


class GhostLayer:
    """Shows earlier places of items.

    Args:
        shapes: know where on the view a place of the bench is.

    Attributes:
        outlines: the shapes of the items then, in scene coordinates.
    """

    def __init__(self, shapes: ItemShapes) -> None:
        self.outlines: Sequence[QPainterPath] = ()
        self._shapes = shapes

    def marks(self) -> Iterator[tuple[tuple[str, ...], Mark]]:
        """The marks to draw."""
        for number, outline in enumerate(self.outlines):
            yield ("ghost", str(number)), GhostMark(around(self._shapes.transform.map(outline)))
