"""How each kind of item is made, and edited in place.

Both take what `to_dict` would give. An edit changes the object that is there: the user's undo steps,
selection and open dialogs hold on to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from optiverse_collab.host.optiverse.items.annotations import EDITS, Annotation
from optiverse_collab.host.optiverse.items.images import Images
from optiverse_collab.host.optiverse.items.optical import Optical


class Kinds:
    """All kinds of items in one window.

    Args:
        window: an Optiverse main window.
        warn: takes a sentence about something that can't be shown as others have it.
    """

    def __init__(self, window: Any, warn: Callable[[str], None]) -> None:
        self._optical = Optical(Images(window, warn))
        self._annotations = {kind: Annotation(*spec, window) for kind, spec in EDITS.items()}

    def called(self, kind: str) -> Optical | Annotation:
        """How to make what a record of this kind is about."""
        return self._annotations.get(kind, self._optical)

    def of(self, item: Any) -> Optical | Annotation:
        """How to read and edit this item."""
        found = (one for one in self._annotations.values() if isinstance(item, one.item_class))
        return next(found, self._optical)
