"""Finds the edit between two states of a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optiverse_collab.core.records import Op, Record, Remove, Set, record_difference, same_value


def moved(before: Record, place: Mapping[str, Any]) -> Op | None:
    """The operation that gives a record another place."""
    props = before.props
    changed = {
        name: value
        for name, value in place.items()
        if name not in props or not same_value(props[name], value)
    }
    return Set(before.id, changed) if changed else None


def diff(before: Record | None, after: Record | None) -> Op | None:
    """The operation that turns one into the other; either may not be there."""
    if after is not None:
        return record_difference(before, after)
    return None if before is None else Remove(before.id)
