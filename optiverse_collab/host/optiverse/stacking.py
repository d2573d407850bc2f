"""What lies on top of what, in both versions.

In Optiverse 0.2 an item's z value says so, and nothing else. Optiverse 0.3 has a tree of layers, and after
each change of it gives all items new z values, from the number of items down to 0. So one item less
at the bottom changes the z value of all the others, though none of them has moved. What travels is
therefore not the z value that the host shows but one that only changes when an item changes its place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from typing import Any, Protocol

Key = tuple[float, str]


class Stacking(Protocol):
    """Where items lie."""

    def z_of(self, item: Any) -> Any:
        """The `z_value` that travels for an item."""

    def place(self, item: Any, z: float) -> None:
        """Put an item where others see it; takes effect with `settle`."""

    def drop(self, id: str) -> None:
        """An item left the bench."""

    def settle(self) -> None:
        """Show what `place` and `drop` said."""


class ZValues:
    """Optiverse 0.2: the z value it is."""

    def z_of(self, item: Any) -> Any:
        return float(item.zValue())

    def place(self, item: Any, z: float) -> None:
        item.setZValue(z)

    def drop(self, id: str) -> None:
        pass

    def settle(self) -> None:
        pass


class LayerOrder:
    """Optiverse 0.3: the order in the tree of layers.

    Args:
        layer_state: the window's tree.
        moved: takes the ids of items that the user put somewhere else.
    """

    def __init__(self, layer_state: Any, moved: Callable[[Collection[str]], None]) -> None:
        self._state = layer_state
        self._moved = moved
        self._z: dict[str, float] = {}
        self._unsettled = False
        self._muted = False
        self._follow()
        layer_state.changed.connect(self._follow)

    def close(self) -> None:
        """Follow the tree no longer."""
        self._state.changed.disconnect(self._follow)

    def z_of(self, item: Any) -> Any:
        return self._z.get(item.item_uuid, float(item.zValue()))

    def place(self, item: Any, z: float) -> None:
        id = item.item_uuid
        self._z[id] = z
        item.setZValue(z)
        self._state.add_item(id, None, 0, emit=False)
        self._unsettled = True

    def drop(self, id: str) -> None:
        self._z.pop(id, None)
        # An orphan would come back as a line in the layer panel without an item.
        self._state.remove_item(id, emit=False)
        self._unsettled = True

    def settle(self) -> None:
        if not self._unsettled:
            return
        self._unsettled = False
        self._sort(self._state._roots)
        self._muted = True
        try:
            # The one signal that makes the host number its items and draw the panel anew.
            self._state._emit_changed()
        finally:
            self._muted = False

    def _follow(self) -> None:
        """Take over what the user did to the tree."""
        if self._muted:
            return
        order = self._state.get_all_items_in_order()
        z = restacked(order, self._z)
        moved = [id for id in order if self._z.get(id) != z[id]]
        self._z = z
        if moved:
            self._moved(moved)

    def _sort(self, siblings: list[Any]) -> Key:
        """Sort siblings from top to bottom; returns the key of the topmost item, for their group."""
        keys = {}
        for node in siblings:
            own = [(-self._z[node.uuid], node.uuid)] if node.uuid in self._z else []
            below = [self._sort(node.children)] if node.children else []
            keys[node.uuid] = min(own + below, default=(float("inf"), node.uuid))
        siblings.sort(key=lambda node: keys[node.uuid])
        return keys[siblings[0].uuid] if siblings else (float("inf"), "")


def restacked(order: Sequence[str], z: dict[str, float]) -> dict[str, float]:
    """New z values for items that lie in this order, with as few changes as can be.

    Args:
        order: ids from top to bottom.
        z: the z values so far; items with the same are in the order of their ids.

    Returns:
        A z value for each id of `order`.
    """
    keys: list[Key | None] = [(-z[id], id) if id in z else None for id in order]
    kept = _longest_run(keys)
    result: dict[str, float] = {}
    at = 0
    while at < len(order):
        if at in kept:
            result[order[at]] = z[order[at]]
            at += 1
            continue
        end = next((i for i in range(at, len(order)) if i in kept), len(order))
        above = z[order[at - 1]] if at else None
        below = z[order[end]] if end < len(order) else None
        between = _between(above, below, end - at)
        if between is None:
            return {id: float(len(order) - 1 - i) for i, id in enumerate(order)}
        result.update(zip(order[at:end], between, strict=True))
        at = end
    return result


def _between(above: float | None, below: float | None, count: int) -> list[float] | None:
    """So many z values from top to bottom; None if there is no room for them."""
    if below is None:
        top = float(count) if above is None else above
        return [top - 1.0 - i for i in range(count)]
    if above is None:
        return [below + count - i for i in range(count)]
    step = (above - below) / (count + 1)
    values = [above - step * (i + 1) for i in range(count)]
    rising = [above, *values, below]
    return values if all(a > b for a, b in pairwise(rising)) else None


def _longest_run(keys: Sequence[Key | None]) -> set[int]:
    """Indexes of a longest subsequence that rises."""
    ends: list[Key] = []
    last: list[int] = []
    before: dict[int, int] = {}
    for i, key in enumerate(keys):
        if key is None:
            continue
        n = bisect_left(ends, key)
        before[i] = last[n - 1] if n else -1
        ends[n : n + 1] = [key]
        last[n : n + 1] = [i]
    run: set[int] = set()
    i = last[-1] if last else -1
    while i >= 0:
        run.add(i)
        i = before[i]
    return run
