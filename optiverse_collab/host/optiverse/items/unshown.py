"""Others' items that the host can't show."""

from __future__ import annotations

from collections.abc import Callable, Collection

from optiverse_collab.convert.kinds import is_item
from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.items.placeholders import Placeholders
from optiverse_collab.wording import hosts as wording
from optiverse_collab.wording.edits import title


class Unshown:
    """Records that are kept for the others, and for the next version of the host.

    Items among them have a placeholder on the canvas.

    Attributes:
        records: id → record.

    Args:
        placeholders: the canvas's.
        host_name: the host's name.
        log: takes a level and a line.
    """

    def __init__(self, placeholders: Placeholders, host_name: str, log: Callable[[str, str], None]) -> None:
        self.records: dict[str, Record] = {}
        self._given_up: set[str] = set()
        self._placeholders = placeholders
        self._host_name = host_name
        self._log = log

    def add(self, record: Record) -> None:
        """Keep a record; log it if it is new."""
        is_new = record.id not in self.records
        self.records[record.id] = record
        if is_item(record):
            self._placeholders.show(record)
        if is_new:
            level = "WARNING" if is_item(record) and record.kind not in self._given_up else "DEBUG"
            what = title(record.id, record)
            self._log(level, wording.not_shown(self._host_name, what))

    def give_up(self, kind: str, missing: Collection[str]) -> None:
        """Log once that no item of a kind will be shown, because the host's class lacks something."""
        if kind not in self._given_up:
            self._given_up.add(kind)
            self._log("WARNING", wording.kind_not_shown(self._host_name, kind, missing))

    def discard(self, id: str) -> None:
        """Forget a record: it is gone, or shown."""
        self.records.pop(id, None)
        self._placeholders.hide(id)

    def clear(self) -> None:
        """Forget all records."""
        self.records.clear()
        self._placeholders.clear()
