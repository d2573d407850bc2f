"""How two benches differ, item by item. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from optiverse_collab.convert.displacement import Displacement, displacement
from optiverse_collab.convert.kinds import ASSEMBLY
from optiverse_collab.core.records import Record, Set, record_difference
from optiverse_collab.wording import values
from optiverse_collab.wording.edits import title
from optiverse_collab.wording.numbers import length
from optiverse_collab.wording.values import LAYERS

COLUMNS = ("Item", "Change", "Before", "After")

ADDED = "added"
REMOVED = "removed"

NO_DIFFERENCE = "The two benches are the same."

VALUES = 4
"""Of how many properties the values are shown."""

_PLACE = ("pos", "angle_deg")


class Row(NamedTuple):
    """How an item differs.

    Attributes:
        id: of the item.
        item: its name.
        change: ``moved by 3.2 mm, rotated by 5.0°``.
        before, after: the values: ``position (10.0, 20.0) mm``; empty where there are none.
    """

    id: str
    item: str
    change: str
    before: str
    after: str


def rows(before: Mapping[str, Record], after: Mapping[str, Record]) -> list[Row]:
    """A row for each item and group that differs, in the order of the benches; what is removed comes last."""
    return [row for id in dict.fromkeys([*after, *before]) for row in _row(before.get(id), after.get(id))]


def how_far(moved: Displacement) -> str:
    """The text at an arrow: ``3.2 mm, 5.0°``."""
    turn = [_degrees(moved)] if moved.is_turn else []
    return ", ".join([length(moved.mm)] * moved.is_move + turn)


def _row(before: Record | None, after: Record | None) -> Iterator[Row]:
    there = after or before
    if there is None or there.kind == ASSEMBLY:
        return
    name = title(there.id, there)
    if before is None or after is None:
        change = ADDED if before is None else REMOVED
        yield Row(there.id, name, change, _listed(before, _PLACE), _listed(after, _PLACE))
        return
    op = record_difference(before, after)
    if isinstance(op, Set):
        names = [one for one in values.in_order([*op.props, *op.unset]) if one not in LAYERS]
        old, new = (_listed(one, names, absent="no ") for one in (before, after))
        yield Row(there.id, name, _change(op, displacement(before, after)), old, new)
    elif op is not None:
        yield Row(there.id, name, "replaced", title(before.id, before), name)


def _change(op: Set, moved: Displacement | None) -> str:
    """What was done to it: ``moved by 3.2 mm, renamed, changed focal length``."""
    names = dict.fromkeys([*op.props, *op.unset])
    done = {"pos": "moved", "angle_deg": "rotated", "name": "renamed"}
    if moved is not None:
        done["pos"] += f" by {length(moved.mm)}"
        done["angle_deg"] += f" by {_degrees(moved)}"
    parts = [done[name] for name in done if name in names]
    rest = [values.property_name(name) for name in names if name not in done and name not in LAYERS]
    parts += [f"changed {values.joined(rest)}"] if rest else []
    parts += ["moved in the layers"] if not LAYERS.isdisjoint(names) else []
    return ", ".join(parts)


def _degrees(moved: Displacement) -> str:
    return values.value("angle_deg", abs(float(f"{moved.turn_deg:.1f}")) or abs(moved.turn_deg))


def _listed(record: Record | None, names: Iterable[str], absent: str | None = None) -> str:
    """``position (10.0, 20.0) mm, no notes``; without the absent ones, or with this word before them."""
    props: Mapping[str, Any] = {} if record is None else record.props
    shown = [name for name in names if name in props or absent is not None]
    words = [
        f"{values.property_name(name)} {values.value(name, props[name])}"
        if name in props
        else f"{absent}{values.property_name(name)}"
        for name in shown[:VALUES]
    ]
    return ", ".join(words) + ", …" * (len(shown) > VALUES)
