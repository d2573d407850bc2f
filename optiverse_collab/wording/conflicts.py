"""Conflicts, each in a sentence with both values (SEEN-10)."""

from __future__ import annotations

from optiverse_collab.core.client.effects import Conflict, ConflictKind
from optiverse_collab.core.exhaustive import Unmatched
from optiverse_collab.core.records import Op, Remove, Set
from optiverse_collab.core.text import printable
from optiverse_collab.wording import values
from optiverse_collab.wording.edits import deed, title

SOMEBODY = "Somebody"


def sentence(conflict: Conflict, in_full: bool = False) -> str:
    """The sentence for one of the two people, without an arrow in front or a full stop behind.

    Args:
        in_full: with all of their own values, which may be recorded nowhere else.
    """
    mine, were = _mine(conflict, in_full)
    if conflict.kind is ConflictKind.REPLACED_THEIRS:
        return _replaced_theirs(conflict)
    did = _did(conflict) + " while you were away" * conflict.away
    match conflict.kind:
        case ConflictKind.HELD | ConflictKind.GONE:
            return f"{did}; your {mine} {were} not applied"
        case ConflictKind.REPLACED_MINE:
            how = "" if conflict.away else " at the same time"
            if isinstance(conflict.theirs, Remove):
                return f"{did}{how}, and with it your {mine}"
            return f"{did}{how}, which replaced your {mine}"
    raise Unmatched(conflict.kind)


def author(by: str) -> str:
    """The name of the other person; ``Somebody`` if nobody knows."""
    return printable(by) or SOMEBODY


def _replaced_theirs(conflict: Conflict) -> str:
    who, mine, theirs = author(conflict.by), conflict.mine, conflict.theirs
    single = _single(mine, theirs)
    if single and isinstance(theirs, Set):
        what = f"{who}'s {values.value(single, theirs.props[single])}"
    elif theirs is not None and conflict.names:
        what = f"{who}'s {values.edit(theirs)[0]}"
    else:
        what = f"a change of {who}'s"
    with_it = ", and with it" if isinstance(mine, Remove) else ", which replaced"
    return f"You {deed(mine, conflict.record)}{with_it} {what} that you had not seen"


def _did(conflict: Conflict) -> str:
    """The other person's edit, as far as this replica knows it."""
    who, theirs = author(conflict.by), conflict.theirs
    if theirs is not None and (conflict.names or not isinstance(theirs, Set)):
        return f"{who} {deed(theirs, conflict.record)}"
    what = title(conflict.mine.id, conflict.record)
    names = dict.fromkeys(values.property_name(name) for name in conflict.names)
    return f"{who} changed {values.joined([*names])} of {what}" if names else f"{who} changed {what}"


def _mine(conflict: Conflict, in_full: bool) -> tuple[str, str]:
    """My edit as a noun, and its verb; just the value, beside theirs of the same property."""
    mine = conflict.mine
    single = _single(mine, conflict.theirs)
    if single and not isinstance(mine, Remove):
        return values.value(single, mine.props[single], in_full), "was"
    if conflict.record is None and isinstance(mine, Set) and not mine.props:  # its values aren't known
        return values.joined([*map(values.property_name, mine.unset)]) or "change", "was"
    noun, is_plural = values.edit(mine, in_full)
    return noun, "were" if is_plural else "was"


def _single(mine: Op, theirs: Op | None) -> str:
    """The property whose value is all that both edits set; empty if there is no such one."""
    if not isinstance(mine, Set) or not isinstance(theirs, Set):
        return ""
    [name, *more] = [*mine.props, *mine.unset] or [""]
    both = mine.props.keys() & theirs.props.keys()
    return name if not more and name in both and len(theirs.props) == 1 and name not in values.LAYERS else ""
