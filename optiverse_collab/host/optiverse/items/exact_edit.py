"""Moves an item without the host's interference."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from optiverse_collab.host.optiverse.upstream.items import Item


@contextmanager
def exact_edit(item: Item) -> Iterator[None]:
    """Let an item be moved to an exact place, without side effects.

    Quirks: `BaseObj.itemChange` snaps every new position of an item that is `_ready` to its neighbours'
    (`MainWindow.magnetic_snap`), whoever moves it, and hands it to the built-in collaboration;
    `_locked` items refuse a new position and rotation.
    """
    before = {name: getattr(item, name) for name in ("_ready", "_locked") if hasattr(item, name)}
    for name in before:
        setattr(item, name, False)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(item, name, value)
