"""Clients that send no old heads, and servers that wouldn't look at them (BACK-14)."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any
from unittest import mock

from optiverse_collab.core.server import signatures
from optiverse_collab.core.server.lineage import parted_at


def without_heads() -> AbstractContextManager[Any]:
    """Heads hide other mistakes: while this lasts, nobody has any."""
    return mock.patch.object(
        signatures, "parted_at", lambda history, heads, *rest: parted_at(history, [], *rest)
    )
