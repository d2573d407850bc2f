"""The parts that an undo or redo left alone: ``Ben moved "Lens 3" to (50.0, 0.0) mm since; …``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from optiverse_collab.core.records import Record, Set
from optiverse_collab.core.text import printable
from optiverse_collab.wording.edits import deed, title

_IN_LAYERS = {"parent", "order", "z_value"}


class Standing(NamedTuple):
    """The properties of a record with somebody else's values.

    Attributes:
        by: their name; empty if nobody knows.
        values: the standing properties, with their values.
        record: the record.
    """

    by: str
    values: Set
    record: Record


def left_alone(parts: Sequence[Standing], redo: bool) -> str:
    """One sentence for everything that an undo or redo left alone."""
    mine = "redo" if redo else "undo"
    if len({part.record.id for part in parts}) > 1:
        who = sorted({printable(part.by) or "somebody" for part in parts})
        names = " and ".join([", ".join(who[:-1]), who[-1]] if len(who) > 1 else who)
        count = len({part.record.id for part in parts})
        return f"{names[:1].upper()}{names[1:]} changed {count} items since; your {mine} left them alone."
    part = parts[0]
    who_one = printable(part.by) or "Somebody"
    names_in = {*part.values.props, *part.values.unset}
    if names_in == {"members"}:
        what, where = f"changed what is in {title(part.record.id, part.record)}", "alone"
    elif names_in <= _IN_LAYERS:
        what, where = f"moved {title(part.record.id, part.record)} in the layers", "there"
    else:
        what, where = deed(part.values, part.record), "there" if names_in == {"pos"} else "alone"
    return f"{who_one} {what} since; your {mine} left it {where}."
