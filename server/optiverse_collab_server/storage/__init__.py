"""Storage of sessions: one small interface, `Store`, and its implementations.

It stores entries and snapshots without interpreting them.
"""

from __future__ import annotations

from optiverse_collab_server.storage.apart import Apart, StandbyStore
from optiverse_collab_server.storage.api import (
    CopiedStore,
    Span,
    Store,
    Stored,
    StoredEntries,
    StoredPast,
    TooLarge,
)
from optiverse_collab_server.storage.housekeeping import Retention
from optiverse_collab_server.storage.memory import MemoryStore
from optiverse_collab_server.storage.sqlite import SqliteStore

__all__ = [
    "Apart",
    "CopiedStore",
    "MemoryStore",
    "Retention",
    "Span",
    "SqliteStore",
    "StandbyStore",
    "Store",
    "Stored",
    "StoredEntries",
    "StoredPast",
    "TooLarge",
]
