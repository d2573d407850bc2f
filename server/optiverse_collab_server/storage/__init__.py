"""Where sessions are kept: one small interface, `Store`, and what implements it.

It keeps entries and snapshots without a look at what is in them.
"""

from __future__ import annotations

from optiverse_collab_server.storage.api import Span, Store, Stored, StoredEntries, StoredPast, TooLarge
from optiverse_collab_server.storage.housekeeping import Retention
from optiverse_collab_server.storage.memory import MemoryStore
from optiverse_collab_server.storage.sqlite import SqliteStore

__all__ = [
    "MemoryStore",
    "Retention",
    "Span",
    "SqliteStore",
    "Store",
    "Stored",
    "StoredEntries",
    "StoredPast",
    "TooLarge",
]
