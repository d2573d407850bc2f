"""Ids for entries of a file that have none, or an unusable one."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard

from optiverse_collab.core.limits import Limits

# Never change this: every import of the same file must give the same ids.
_NAMESPACE = uuid.UUID("5f0c4f0e-8a2b-4a64-9d0e-2d1c0c7d3b11")


_MOST_CHARS = Limits().id_chars


def is_id(value: object) -> TypeGuard[str]:
    """Whether a value can be a record's id or kind (LIM-3 of docs/protocol.md)."""
    return isinstance(value, str) and 0 < len(value) <= _MOST_CHARS


def derived_id(content: Mapping[str, Any], copy: int = 0) -> str:
    """An id derived only from the content, regardless of the file and the place in it.

    Args:
        content: the file's entry.
        copy: 0 for the first entry with this content, 1 for the next, ….
    """
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return str(uuid.uuid5(_NAMESPACE, f"{copy}:{text}"))


class Ids:
    """Assigns ids while one file is read.

    Args:
        reserved: ids that no entry gets.
        warnings: gets a sentence for every entry with an unusable id.
    """

    def __init__(self, reserved: Iterable[str], warnings: list[str]) -> None:
        self._taken = set(reserved)
        self._warnings = warnings

    def claim(self, stated: Any, content: Mapping[str, Any], what: str) -> str:
        """The record id for an entry: its own, if that is valid and free.

        Args:
            stated: the entry's id; None in files of older versions.
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
