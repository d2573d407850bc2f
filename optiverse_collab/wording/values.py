"""Properties and their values in words: ``position (10.0, 20.0) mm``. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from optiverse_collab.core.records import Op, Put, Remove, Set
from optiverse_collab.core.text import printable

VALUE_CHARS = 60
"""How many characters of a value are shown, unless in full."""

LAYERS = frozenset(("parent", "order", "z_value"))
"""Together they are the place in the layers; their numbers mean nothing to people (SEEN-6)."""

_UNITS = {"_mm": "mm", "_deg": "°", "_nm": "nm"}
"""The ending of a property's name → the unit of its value."""

_PLACES = frozenset(("pos", "points", "vertex", "point1", "point2", "owner_offset"))
"""Properties in mm whose names don't say so."""

_NAMES = {"pos": "position"}

_FIRST = ("pos", "angle_deg", "name")
"""Which of several properties are named first."""


def property_name(name: str) -> str:
    """The displayed name of a property: ``object_height_mm`` is ``object height``."""
    for ending in _UNITS:
        name = name.removesuffix(ending)
    return printable(_NAMES.get(name, name.replace("_", " ")))


def value(name: str, value: Any, in_full: bool = False) -> str:
    """The value of a property with its unit: ``(10.0, 20.0) mm``.

    Args:
        in_full: with all digits and the whole text.
    """
    if isinstance(value, str) and not in_full and len(value) > VALUE_CHARS:
        value = value[:VALUE_CHARS] + "…"
    words = _words(value, in_full)
    if not isinstance(value, str) and not in_full and len(words) > VALUE_CHARS:
        words = words[:VALUE_CHARS] + "…"
    if isinstance(value, bool) or not isinstance(value, (int, float, list)):
        return words
    measure = unit(name)
    return words + " " * (measure not in ("", "°")) + measure


def unit(name: str) -> str:
    """The unit of a property's numbers: ``mm``, ``°``, ``nm``, or empty."""
    if name in _PLACES:
        return "mm"
    return next((_UNITS[end] for end in _UNITS if name.endswith(end)), "")


def state(ops: Iterable[Op]) -> str:
    """The result of edits of a record: ``position (10.0, 20.0) mm, angle 45.0°``, ``removed``."""
    parts: dict[str, None] = {}
    for op in ops:
        parts.update(dict.fromkeys(["removed"] if isinstance(op, Remove) else _states(op)))
    return ", ".join(parts) or "changed"


def edit(op: Op, in_full: bool = False) -> tuple[str, bool]:
    """An edit as a noun, ``move to (10.0, 20.0) mm and angle 45.0°``, and whether that is a plural."""
    if isinstance(op, Remove):
        return "removal", False
    parts: dict[str, None] = {}
    for name in in_order(op.props):
        parts[_edit(name, op.props[name], in_full)] = None
    for name in _unset(op):
        parts[_layers(name) or f"removal of {property_name(name)}"] = None
    if not parts:
        return ("new item" if isinstance(op, Put) else "change"), False
    return joined(list(parts)), len(parts) > 1


def joined(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def in_order(names: Iterable[str]) -> list[str]:
    """Names of properties, with those first that people look at first."""
    return sorted(names, key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))


def _states(op: Put | Set) -> list[str]:
    there = [
        "place in the layers" if name in LAYERS else f"{property_name(name)} {value(name, op.props[name])}"
        for name in in_order(op.props)
    ]
    gone = ["place in the layers" if name in LAYERS else f"no {property_name(name)}" for name in _unset(op)]
    return there + gone


def _edit(name: str, new: Any, in_full: bool) -> str:
    words = value(name, new, in_full)
    if name in ("pos", "angle_deg"):
        return f"{'move' if name == 'pos' else 'turn'} to {words}"
    return _layers(name) or f"{property_name(name)} {words}"


def _layers(name: str) -> str:
    return "move in the layers" if name in LAYERS else ""


def _unset(op: Put | Set) -> list[str]:
    return op.unset if isinstance(op, Set) else []


def _words(value: Any, in_full: bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "nothing"
    if isinstance(value, float) and not in_full:
        return repr(float(f"{value:.6g}"))
    if isinstance(value, list):
        return f"({', '.join(_words(part, in_full) for part in value)})"
    return printable(msgspec.json.encode(value).decode())
