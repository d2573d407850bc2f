"""Ids of what a file says without one, or with one that can't be used."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard

from optiverse_collab.core.limits import Limits

# Never changes: every import of the same file gives the same ids.
_NAMESPACE = uuid.UUID("5f0c4f0e-8a2b-4a64-9d0e-2d1c0c7d3b11")


_MOST_CHARS = Limits().id_chars


def is_id(value: object) -> TypeGuard[str]:
    """Whether a value can be a record's id or kind (LIM-3 of docs/protocol.md)."""
    return isinstance(value, str) and 0 < len(value) <= _MOST_CHARS


def derived_id(content: Mapping[str, Any], copy: int = 0) -> str:
    """An id that follows from the content alone, wherever in whichever file it stands.

    Args:
        content: the entry of the file.
        copy: 0 for the first entry with this content, 1 for the next, ….
    """
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return str(uuid.uuid5(_NAMESPACE, f"{copy}:{text}"))


class Ids:
    """The ids given out while one file is read.

    Args:
        reserved: ids that no entry gets.
        warnings: takes a sentence for every entry whose own id could not be used.
    """

    def __init__(self, reserved: Iterable[str], warnings: list[str]) -> None:
        self._taken = set(reserved)
        self._warnings = warnings

    def claim(self, stated: Any, content: Mapping[str, Any], what: str) -> str:
        """The record id for an entry: the one that it states, if that is free and can be one.

        Args:
            stated: what the entry has for an id; nothing at all in files of older versions.
            content: the entry.
            what: what the entry is, for a warning.
        """
        if is_id(stated) and stated not in self._taken:
            self._taken.add(stated)
            return stated
        id = self._derived(content)
        if stated is not None and stated != "":
            why = "is taken already" if is_id(stated) else "can't be an id"
            self._warnings.append(f"The id {str(stated)[:40]!r} of {what} {why}; it gets the id {id}.")
        self._taken.add(id)
        return id

    def _derived(self, content: Mapping[str, Any]) -> str:
        copy = 0
        while (id := derived_id(content, copy)) in self._taken:
            copy += 1
        return id
