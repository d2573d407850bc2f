"""Copies of items as text, for the clipboard. No Qt."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping

from optiverse_collab_demo import groups
from optiverse_collab_demo.geometry import moved
from optiverse_collab_demo.model import Item

MIME_TYPE = "application/x-optiverse-demo-items+json"


def to_text(items: Mapping[str, Item], ids: Iterable[str]) -> str:
    """Items as JSON, with the groups that they contain completely."""
    chosen = [id for id in ids if id in items]
    whole = groups.emptied(items, chosen)
    copied = [items[id] for id in (*chosen, *whole)]
    return json.dumps([[item.id, item.kind, item.props] for item in copied])


def from_text(text: str, offset: tuple[float, float]) -> list[Item]:
    """New items from a text of `to_text`, moved by mm; empty for any other text."""
    try:
        entries = json.loads(text)
        copies = [Item(id, kind, props) for id, kind, props in entries]
        new = {item.id: str(uuid.uuid4()) for item in copies}
    except (ValueError, TypeError, RecursionError):
        return []
    for item in copies:
        item.props.update(moved(item.kind, item.props, *offset))
        item.props.pop("order", None)
        parent = item.props.pop("parent", None)
        if isinstance(parent, str) and parent in new:
            item.props["parent"] = new[parent]
        item.id = new[item.id]
    return copies
