"""What was done as CSV (RFC 4180): a row for each property of each item that a step changed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from optiverse_collab.core.protocol.codec import encoded
from optiverse_collab.core.records import Record, same_value
from optiverse_collab.core.text import printable
from optiverse_collab.report.contents import Report
from optiverse_collab.wording import values
from optiverse_collab.wording.conflicts import SOMEBODY

COLUMNS = "time", "clock", "author", "step", "item name", "item id", "property", "before", "after", "unit"

KIND = "(kind)"
"""Stands for a property: the kind of an item that was added (before is empty) or removed (after is empty)."""

_FORMULAS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With these, a spreadsheet takes a text for a formula; the last four are their full-width forms."""


def table(report: Report) -> str:
    """The whole table; its lines end with CR LF."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for number, step in enumerate(report.steps, start=1):
        time = report.time(step.began_ms).isoformat(timespec="milliseconds")
        author = _safe(step.author or SOMEBODY)
        for edit in step.edits:
            writer.writerows((time, step.last, author, number, *cells) for cells in _rows(*edit))
    return text.getvalue()


def _rows(id: str, before: Record | None, after: Record | None) -> Iterator[tuple[object, ...]]:
    """The cells of each property that differs, from the item's name on."""
    old, new = _props(before), _props(after)
    item = _safe(_name(before or after)), _safe(id)
    for name in dict.fromkeys([KIND, *values.in_order(dict.fromkeys([*old, *new]))]):
        if name in old and name in new and same_value(old[name], new[name]):
            continue
        yield *item, _safe(name), _cell(old, name), _cell(new, name), values.unit(name)


def _props(record: Record | None) -> dict[str, Any]:
    return {} if record is None else {KIND: record.kind, **record.props}


def _name(record: Record | None) -> str:
    name = None if record is None else record.props.get("name")
    return name if isinstance(name, str) else ""


def _cell(props: dict[str, Any], name: str) -> object:
    """A value: numbers as numbers, text as text, everything else as JSON; empty if there is none."""
    if name not in props:
        return ""
    value = props[name]
    if isinstance(value, str):
        return _safe(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    return printable(encoded(value).decode())


def _safe(text: str) -> str:
    """Text in one line that no spreadsheet calculates."""
    line = printable(text)
    return f"'{line}" if line.lstrip().startswith(_FORMULAS) else line
