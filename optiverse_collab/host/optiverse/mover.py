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
from optiverse_collab.host.optiverse.upstream.items import Item, Optic, is_optic


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
        if not is_move(op) or not is_optic(item) or not self._is_whole(op.id):
            return False
        place, angle = op.props.get("pos"), op.props.get("angle_deg")
        if not self._accepts(item, op.props):
            return False
        try:
            self._optical.move(item, place, angle)
        finally:
            self._reader.remember_place(op.id, item, op.props)
        return True

    def _is_whole(self, id: str) -> bool:
        """Whether all of a record is in the item, and in its place in the tree."""
        return id not in self._unshown and not self._layers.has_group(id) and self._layers.has_place(id)

    def _accepts(self, item: Optic, place: Mapping[str, Any]) -> bool:
        """Whether the host's object can have this place."""
        numbers: dict[str, Any] = {}
        if "pos" in place:
            if not is_point(place["pos"]):
                return False
            numbers["x_mm"], numbers["y_mm"] = place["pos"]
        if "angle_deg" in place:
            numbers["angle_deg"] = place["angle_deg"]
        accepts, item_class = self._optical.accepts, type(item)
        return all(is_number(one) and accepts(item_class, name, one) for name, one in numbers.items())
