"""Moves components and sources for others, without reading the rest of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optiverse_collab.convert.shapes import is_number, is_point
from optiverse_collab.core.records import Op, Record
from optiverse_collab.host.optiverse.items.kinds import Kinds
from optiverse_collab.host.optiverse.items.moves import is_move
from optiverse_collab.host.optiverse.layers.base import Layers
from optiverse_collab.host.optiverse.reader import Reader
from optiverse_collab.host.optiverse.upstream.items import Item, is_optic


class Mover:
    """Applies operations that do no more than move an item.

    Whoever drags fifty items makes 1,500 such operations a second, and to read an item takes longer than
    to move it. A whole edit reads it before and after, for what else it may change; a move changes
    nothing else.

    Args:
        kinds: how to move an item.
        layers: knows which items have a place in the tree.
        reader: remembers what the host shows for a move.
        unshown: id → record that the host can't show.
    """

    def __init__(self, kinds: Kinds, layers: Layers, reader: Reader, unshown: Mapping[str, Record]) -> None:
        self._optical = kinds.optical
        self._layers = layers
        self._reader = reader
        self._unshown = unshown

    def apply(self, op: Op, item: Item) -> bool:
        """Move the item; returns False, and does nothing, if the operation needs a whole edit.

        Args:
            op: any operation.
            item: that of its record; it has the attributes that we write.
        """
        if not is_move(op) or not is_optic(item):
            return False
        if not _is_possible(op.props) or not self._is_whole(op.id):
            return False
        try:
            self._optical.move(item, op.props.get("pos"), op.props.get("angle_deg"))
        finally:
            self._reader.remember_place(op.id, item, op.props)
        return True

    def _is_whole(self, id: str) -> bool:
        """Whether all of a record is in the item, and in its place in the tree."""
        return id not in self._unshown and not self._layers.has_group(id) and self._layers.has_place(id)


def _is_possible(place: Mapping[str, Any]) -> bool:
    """Whether an item can be there; the host makes numbers of its own of where Qt shows it."""
    is_there = "pos" not in place or is_point(place["pos"])
    return is_there and ("angle_deg" not in place or is_number(place["angle_deg"]))
