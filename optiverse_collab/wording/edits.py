"""Edits of the bench, in lines for people: ``Ann moved "Lens" to (10.0, 20.0) mm``.

Pure. The names of properties are those of `optiverse_collab.convert`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from optiverse_collab.core.client.effects import ShowChange
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, apply
from optiverse_collab.core.text import printable
from optiverse_collab.wording import values
from optiverse_collab.wording.values import LAYERS

MANY = 10
"""Above this many operations (an import, a paste), a change is one line."""

TITLE_CHARS = 60
"""How many characters of a name or note are shown."""

VALUES = 3
"""An edit of more properties without a specific verb is described without their values."""

_DEEDS = {"pos": "moved", "angle_deg": "rotated", "name": "renamed"}


def describe(change: ShowChange, known: dict[str, Record]) -> list[str]:
    """One line per operation of `change`, or one per author if there are many.

    Args:
        known: id → record before the change; brought up to date.
    """
    counts: dict[str, Counter[str]] = {}
    lines: list[str] = []
    for op in change.ops:
        who = printable(change.authors.get(op.id) or "Somebody")
        before = known.get(op.id)
        lines.append(f"{who} {deed(op, before)}")
        counts.setdefault(who, Counter())[verb(op, before)] += 1
        apply(known, op)
    if len(lines) <= MANY:
        return lines
    return [
        f"{who} {', '.join(f'{did} {count} record' + 's' * (count > 1) for did, count in deeds.items())}"
        for who, deeds in counts.items()
    ]


def title(id: str, record: Record | None) -> str:
    """The title of a record: its name in quotes, or its kind and the start of its id."""
    if record is None:
        return f"record {printable(id[:8])}"
    kind = printable(record.kind.replace("_", " "))
    name = record.props.get("name") or record.props.get("text")
    if not isinstance(name, str) or not name.strip():
        return f"{kind} {printable(id[:8])}"
    short = name if len(name) <= TITLE_CHARS else name[:TITLE_CHARS] + "…"
    quoted = f'"{printable(short)}"'
    return quoted if record.kind == "component" else f"{kind} {quoted}"


def raw_values(props: Mapping[str, Any]) -> str:
    """Properties with their values, all of them: ``pos = [10.0,20.0], name = "Lens"``."""
    return ", ".join(f"{printable(name)} = {_json(value)}" for name, value in props.items())


def verb(op: Op, before: Record | None) -> str:
    """The verb for an edit without a more specific one."""
    if isinstance(op, Remove):
        return "removed"
    if isinstance(op, Put):
        return "added" if before is None else "replaced"
    return "changed"


def short_values(op: Put | Set) -> str:
    """The properties that an edit sets and removes: ``pos = [10.0,20.0], without notes``."""
    parts = [raw_values(op.props)] if op.props else []
    if isinstance(op, Set):
        parts += [f"without {printable(name)}" for name in op.unset]
    return ", ".join(parts)


def deed(op: Op, before: Record | None) -> str:
    """An edit, without its author: ``moved "Lens" to (10.0, 20.0) mm``."""
    if isinstance(op, Put):
        return f"{verb(op, before)} {title(op.id, Record(op.id, op.kind, op.props))}"
    if isinstance(op, Remove):
        return f"removed {title(op.id, before)}"
    return joined_clauses(clauses(op) or [("changed", "")], title(op.id, before), "it")


def joined_clauses(parts: Sequence[tuple[str, str]], what: str, again: str) -> str:
    """``moved WHAT to (10.0, 20.0) mm and rotated AGAIN to 45.0°``."""
    objects = [what, *[again] * len(parts)]
    return values.joined([f"{did} {whom}{how}" for (did, how), whom in zip(parts, objects, strict=False)])


def clauses(op: Set) -> list[tuple[str, str]]:
    """The parts of an edit: the texts before and after the name of the record."""
    found = [
        (did, f" to {values.value(name, op.props[name])}") for name, did in _DEEDS.items() if name in op.props
    ]
    names = dict.fromkeys([*op.props, *op.unset])
    if not LAYERS.isdisjoint(names):
        found.append(("moved", " in the layers"))
    rest = [name for name in names if name not in LAYERS and not (name in _DEEDS and name in op.props)]
    if len(rest) > VALUES:
        found.append((f"changed {values.joined([*map(values.property_name, rest)])} of", ""))
    elif rest:
        first, *more = (values.property_name(name) for name in rest)
        news = [values.value(name, op.props.get(name)) for name in rest]
        to = "".join(f", {name} to {new}" for name, new in zip(more, news[1:], strict=True))
        found.append((f"changed {first} of", f" to {news[0]}{to}"))
    return found


def _json(value: Any) -> str:
    return printable(msgspec.json.encode(value).decode())
