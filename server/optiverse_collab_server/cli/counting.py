"""How many records and versions a session has, for the commands that say so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from optiverse_collab.core.records import Lane, Record


class Counts(NamedTuple):
    """The content of a session.

    Attributes:
        records: items and comments.
        versions: the moments that were kept (HIST-10).
    """

    records: int
    versions: int

    @classmethod
    def of(cls, records: Iterable[Record]) -> Counts:
        """Count these records of all lanes."""
        versions = [record.lane is Lane.META for record in records]
        return cls(versions.count(False), versions.count(True))

    def __str__(self) -> str:
        versions = f", {self.versions} version(s)" if self.versions else ""
        return f"{self.records} record(s){versions}"
