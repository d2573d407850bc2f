"""What the groups of both versions have in common: places in records and in the window, and heights."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection

from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.items.scene_bench import SceneBench
from optiverse_collab.host.optiverse.layers.places import Places, Shown
from optiverse_collab.host.optiverse.upstream.items import Data, Item, Props


class Layers(ABC):
    """A window's groups, and what lies on top of what.

    Changes by others come in batches: `begin_batch`, then the methods that write, then `end_batch`, which
    shows the result. Work that costs the host something for each item on the bench waits for the last batch.

    Args:
        bench: the window's items.
        is_unshown: whether a record of this id is on the bench without being shown.
        moved: takes the ids that the user moved.
        warn: takes a sentence about something that can't be shared or shown.
    """

    def __init__(
        self,
        bench: SceneBench,
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
        self._batch_continues = False

    @abstractmethod
    def close(self) -> None:
        """Stop following the groups."""

    @abstractmethod
    def group_ids(self) -> list[str]:
        """The ids of all groups."""

    @abstractmethod
    def has_group(self, id: str) -> bool:
        """Whether there is a group of this id."""

    @abstractmethod
    def read_group(self, id: str) -> Data:
        """The properties of a group, without its place."""

    @abstractmethod
    def write_group(self, id: str, props: Props) -> None:
        """Make a group if it isn't there, and give it these properties, as far as the host can show them."""

    @abstractmethod
    def read_item(self, id: str) -> Data:
        """The properties of an item that stand with its layer, not with the item itself."""

    @abstractmethod
    def write_item(self, id: str, props: Props, changed: Collection[str]) -> None:
        """Give the layer of an item these properties.

        Args:
            props: all properties of the item …
            changed: … and the names of those that changed.
        """

    @abstractmethod
    def z_of(self, item: Item) -> float:
        """The shared `z_value` of an item."""

    @abstractmethod
    def stack(self, item: Item, z: float) -> None:
        """Others gave an item this `z_value`."""

    @abstractmethod
    def place(self, record: Record) -> None:
        """Put an item or a group where its record says."""

    @abstractmethod
    def drop(self, id: str) -> None:
        """Take out an item or a group that left the bench."""

    @abstractmethod
    def in_hand(self) -> Collection[str]:
        """The ids of groups that the user is changing."""

    @abstractmethod
    def release(self, id: str) -> None:
        """Give up an id: an item of this id is about to come on the bench."""

    @abstractmethod
    def look(self) -> None:
        """Read the user's edits."""

    @abstractmethod
    def _shows_file(self, group: Record) -> bool:
        """Whether a group shows a linked file."""

    @abstractmethod
    def _settle(self) -> bool:
        """Show the written changes; return whether that redraws the layer panel."""

    def begin_batch(self) -> None:
        """Read the user's edits, before others' changes are written."""
        self._batch_continues = True
        self.look()

    def end_batch(self, continues: bool) -> bool:
        """Show the changes since `begin_batch`.

        Args:
            continues: another batch follows soon.

        Returns:
            Whether that redraws the layer panel.
        """
        self._batch_continues = continues
        return self._settle()

    def place_of(self, id: str) -> Data:
        """The shared `parent` and `order` of an item or a group."""
        return self._places.of(id)

    def has_place(self, id: str) -> bool:
        """Whether the record of an item has stated its place, and the window shows it in its tree."""
        return self._places.has(id)

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

        return self._places.tree(exists, shows, holds, self._shows_file)
