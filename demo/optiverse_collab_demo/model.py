"""The bench: items by id, changed in place, with signals for every change.

An item is what an Optiverse file says of it, under the same names, except for what only makes sense
together: ``x_mm`` and ``y_mm`` are ``pos: [x_mm, y_mm]`` (docs/bench-format.md). What the editor
doesn't know of an item, it keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from PyQt6.QtCore import QObject, pyqtSignal


class Missing:
    """The value of a property that isn't there."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()

Props = dict[str, Any]


class Item:
    """One thing on the bench; the same object as long as it is there.

    Attributes:
        id: its `item_uuid`, or a group's.
        kind: ``component``, ``source``, ``ruler``, ``text``, ``group`` or anything else.
        props: its properties. Values are replaced, never changed in place.
    """

    __slots__ = ("id", "kind", "props")

    def __init__(self, id: str, kind: str, props: Mapping[str, Any]) -> None:
        self.id = id
        self.kind = kind
        self.props: Props = dict(props)

    @property
    def name(self) -> str:
        """Its title in a menu or a log line."""
        name = self.props.get("name") or self.props.get("text")
        return name.strip().splitlines()[0][:40] if isinstance(name, str) and name.strip() else self.kind


class Bench(QObject):
    """All items of one window.

    Attributes:
        items: id → item.

    Signals:
        items_added(list[str]): ids that are there now and weren't before.
        items_changed(list[str]): ids of items with new properties.
        items_removed(list[str]): ids that aren't there any more.
    """

    items_added = pyqtSignal(list)
    items_changed = pyqtSignal(list)
    items_removed = pyqtSignal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.items: dict[str, Item] = {}

    def put(self, id: str, kind: str, props: Mapping[str, Any]) -> None:
        """Add an item; if it is there already, make it this, in place."""
        item = self.items.get(id)
        if item is None:
            self.items[id] = Item(id, kind, props)
            self.items_added.emit([id])
        else:
            item.kind = kind
            item.props = dict(props)
            self.items_changed.emit([id])

    def change(self, changes: Mapping[str, Mapping[str, Any]]) -> None:
        """Change items' values; `MISSING` removes a property. Missing ids are skipped."""
        found = [id for id in changes if id in self.items]
        for id in found:
            props = self.items[id].props
            for name, value in changes[id].items():
                if value is MISSING:
                    props.pop(name, None)
                else:
                    props[name] = value
        if found:
            self.items_changed.emit(found)

    def remove(self, ids: Iterable[str]) -> None:
        """Remove items; missing ids are skipped."""
        found = [id for id in ids if self.items.pop(id, None) is not None]
        if found:
            self.items_removed.emit(found)

    def replace(self, items: Iterable[Item]) -> None:
        """Show another bench."""
        new = {item.id: item for item in items}
        self.remove(list(self.items))
        self.items.update(new)
        if new:
            self.items_added.emit(list(new))
