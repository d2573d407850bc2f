"""Reports about made-up histories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timezone
from typing import Any

from optiverse_collab.core.client.past_steps import played, steps_of
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Record
from optiverse_collab.report.contents import Report

NOON_MS = 1_800_100_800_000
"""2027-01-16 12:00 UTC."""

MINUTE_MS = 60_000

Change = tuple[Any, ...]
"""An author, and operations."""


def component(id: str, **props: Any) -> Record:
    """A component."""
    return Record(id, "component", props)


def report(start: Iterable[Record], *changes: Change, **others: Any) -> Report:
    """A report about changes, one a minute from noon, with clocks from 101 on.

    Args:
        changes: who made each, and its operations.
        others: attributes that are different.
    """
    before: Mapping[str, Record] = {record.id: record for record in start}
    entries = [
        PastEntry(101 + number, NOON_MS + number * MINUTE_MS, author, ops)
        for number, (author, *ops) in enumerate(changes)
    ]
    attributes = {
        "server": "wss://lab:8765",
        "session": "lab",
        "start": before,
        "end": played(before, entries),
        "steps": steps_of(before, entries),
        "zone": timezone.utc,
    }
    return Report(**{**attributes, **others})
