"""Others' edits, in lines for the log: one for each gesture, however many messages it took. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import starmap

from optiverse_collab.core.client.effects import ShowChange
from optiverse_collab.core.records import Op, Record, Remove, Set, record_difference
from optiverse_collab.core.text import printable
from optiverse_collab.wording import values
from optiverse_collab.wording.conflicts import SOMEBODY
from optiverse_collab.wording.edits import clauses, joined_clauses, title, verb
from optiverse_collab.wording.numbers import length
from optiverse_collab.wording.presence import marked

NAMED = 3
"""The most items that a line names; it counts the others."""

LINES = 10
"""If there are more lines than this at once, each person gets one."""

Parts = tuple[tuple[str, str], ...]

Edited = tuple[str, Record | None, Record | None]
"""Who edited a record, the record before, and after; None where it was not there."""


def sentences(edited: Iterable[Edited]) -> list[str]:
    """What people did: ``Ben moved "Lens 3" by 3.2 mm``, ``Ben removed "A", "B", "C" and 4 others``."""
    done = deeds(edited, together=True)
    if len(done) <= LINES:
        return [f"{who} {predicate(parts, names)}" for (who, parts), names in done.items()]
    counts: dict[str, Counter[str]] = {}
    for (who, parts), names in done.items():
        counts.setdefault(who, Counter())[parts[0][0].split()[0]] += len(names)
    return [f"{who} {values.joined([*starmap(_counted, told.items())])}" for who, told in counts.items()]


def deeds(edited: Iterable[Edited], together: bool = False) -> dict[tuple[str, Parts], list[str]]:
    """Who did what → the names of the items with which they did it.

    Args:
        together: items that were moved by different distances are one deed: ``by up to 3.2 mm``.
    """
    found: dict[tuple[str, str, Parts], list[tuple[str, float | None]]] = {}
    for by, before, after in edited:
        op = _edit(before, after)
        if op is not None:
            mm = _distance(op, before) if isinstance(op, Set) else None
            far = "" if mm is None else "some way" if together else length(mm)
            deed = printable(by) or SOMEBODY, far, _parts(op, before, is_move=mm is not None)
            found.setdefault(deed, []).append((title(op.id, before or after), mm))
    return {
        (who, _with_distance(parts, [mm for _, mm in items if mm is not None])): [name for name, _ in items]
        for (who, _, parts), items in found.items()
    }


def predicate(parts: Parts, names: Sequence[str]) -> str:
    """``moved "M3" and "M4" by 3.2 mm and rotated them to 45.0°``."""
    return joined_clauses(parts, things(names), "it" if len(names) == 1 else "them")


def removed_in_hand(
    change: ShowChange, held: Callable[[], Collection[str]], scripts: Collection[str] = ()
) -> str:
    """The sentence for a user who held a removed item; empty if they held none.

    Args:
        held: returns the ids that the user holds; called only if something was removed.
        scripts: the names of scripts.
    """
    removed = [op.id for op in change.ops if isinstance(op, Remove)]
    in_hand = set(held()).intersection(removed) if removed else ()
    names = [title(id, change.before.get(id)) for id in removed if id in in_hand]
    if not names:
        return ""
    whose = {change.authors.get(id, "") for id in removed if id in in_hand}
    name = whose.pop() if len(whose) == 1 else ""
    return f"{marked(printable(name), name in scripts) or SOMEBODY} removed {things(names)}, which you held."


def things(names: Sequence[str]) -> str:
    """``"A", "B", "C" and 4 others``."""
    more = len(names) - NAMED
    if more <= 0:
        return values.joined(names)
    return f"{', '.join(names[:NAMED])} and {more} other{'s' * (more > 1)}"


def _edit(before: Record | None, after: Record | None) -> Op | None:
    if after is None:
        return None if before is None else Remove(before.id)
    return record_difference(before, after)


def _parts(op: Op, before: Record | None, is_move: bool) -> Parts:
    """The deed, as the texts before and after the item's name; without how far it was moved, if it was."""
    if not isinstance(op, Set):
        return ((verb(op, before), ""),)
    if not is_move:
        return tuple(clauses(op)) or (("changed", ""),)
    rest = {name: value for name, value in op.props.items() if name != "pos"}
    return tuple(clauses(Set(op.id, rest, op.unset)))


def _with_distance(parts: Parts, distances_mm: Collection[float]) -> Parts:
    if not distances_mm:
        return parts
    up_to = "up to " if len(set(map(length, distances_mm))) > 1 else ""
    return (("moved", f" by {up_to}{length(max(distances_mm))}"), *parts)


def _distance(op: Set, before: Record | None) -> float | None:
    """How far an item was moved [mm]; None if it was not, or had no position."""
    if before is None:
        return None
    try:
        return math.dist(op.props["pos"], before.props["pos"])
    except (KeyError, OverflowError, TypeError, ValueError):
        return None


def _counted(did: str, count: int) -> str:
    return f"{did} {count} item{'s' * (count > 1)}"
