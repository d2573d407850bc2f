"""What the groups of both versions have in common: places that are said and shown, and heights."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from optiverse_collab.host.optiverse.layers.places import Places, Shown


class Layers:
    """The base of `GroupList` (0.2) and `LayerTree` (0.3).

    Args:
        bench: the window's items.
        is_unshown: whether a record of this id is on the bench but not shown.
        moved: takes the ids of what the user put somewhere else.
        warn: takes a sentence about what can't be shared, or not be shown.

    Attributes:
        more: others' changes go on: what costs the host something for each item waits for the last of them.
        renewed: takes the ids of groups and items, when the window shows them by other objects than before.
    """

    def __init__(
        self,
        bench: Any,
        is_unshown: Callable[[str], bool],
        moved: Callable[[Collection[str]], None],
        warn: Callable[[str], None],
    ) -> None:
        self._bench = bench
        self._is_unshown = is_unshown
        self._moved = moved
        self._warn = warn
        self._places = Places()
        self._z: dict[str, float] = {}
        self._unsettled = False
        self.more = False
        self.renewed: Callable[[Collection[str]], None] = lambda ids: None

    def place_of(self, id: str) -> dict[str, Any]:
        """`parent` and `order` that travel for an item or a group."""
        return self._places.of(id)

    def in_hand(self) -> Collection[str]:
        """The ids of groups that the user changes just now."""
        return ()

    def release(self, id: str) -> None:
        """An item is about to come on the bench; whatever had its id gives it up."""

    def _tree_of(self, has_node: Callable[[str], bool], holds: Callable[[str], bool]) -> Shown:
        """The tree to show.

        Args:
            has_node: whether the host has something of this id to put into a tree.
            holds: whether something of this id can hold others.
        """

        def exists(id: str) -> bool:
            return has_node(id) or self._is_unshown(id) or self._bench.known(id) is not None

        def shows(id: str) -> bool:
            return not self._is_unshown(id)

        return self._places.tree(exists, shows, holds)
