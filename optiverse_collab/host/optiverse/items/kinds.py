"""How each kind of item is made, and edited in place.

Both take what `to_dict` would give. An edit changes the object that is there: the user's undo steps,
selection and open dialogs hold on to it.
"""

from __future__ import annotations

from typing import Any, Protocol

from optiverse_collab.host.optiverse.items.annotations import annotation_kinds
from optiverse_collab.host.optiverse.items.images import Images
from optiverse_collab.host.optiverse.items.optical import Optical
from optiverse_collab.host.optiverse.upstream.items import Data, Item, Props
from optiverse_collab.host.optiverse.upstream.tracing import Rays


class Kind(Protocol):
    """The operations on items of one kind."""

    def read(self, item: Item) -> Data:
        """What `to_dict` gives."""

    def make(self, data: Props) -> Item | None:
        """An item that is not on the bench yet; None if the host has no such type."""

    def accepts(self, item_class: type, name: str, value: Any) -> bool:
        """Whether the host's objects can have this value."""

    def write(self, item: Item, before: Props, after: Props) -> None:
        """Change the item from `before` to `after`."""


class Kinds:
    """All kinds of items in one window, or in one picture.

    Args:
        rays: those that measures follow.
        images: finds the images of components.

    Attributes:
        optical: components and sources.
    """

    def __init__(self, rays: Rays, images: Images) -> None:
        self.optical = Optical(images)
        self._annotations = annotation_kinds(rays)

    def named(self, kind: str) -> Kind:
        """The kind with this name in records."""
        return self._annotations.get(kind, self.optical)

    def of(self, item: Item) -> Kind:
        """The kind of an item."""
        found = (one for one in self._annotations.values() if isinstance(item, one.item_class))
        return next(found, self.optical)
