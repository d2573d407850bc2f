"""What became of two edits of the same thing, in a sentence with both values (SEEN-10)."""

from __future__ import annotations

from optiverse_collab.core.client.effects import Conflict, ConflictKind
from optiverse_collab.core.exhaustive import Unmatched
from optiverse_collab.core.records import Op, Put, Remove
from optiverse_collab.core.text import printable
from optiverse_collab.wording.edits import deed, short_values, title


def sentence(conflict: Conflict) -> str:
    """The sentence for one of the two people, without an arrow in front."""
    who = printable(conflict.by) or "Somebody"
    what = title(conflict.mine.id, conflict.record)
    theirs = _did(who, conflict, what)
    match conflict.kind:
        case ConflictKind.HELD:
            return f"{theirs}; your {_edit(conflict.mine)} was not applied"
        case ConflictKind.GONE:
            return f"{who} removed {what}; your {_edit(conflict.mine)} had no effect"
        case ConflictKind.REPLACED_THEIRS:
            return f"Your {_edit(conflict.mine)} of {what} replaced what you had not seen: {theirs}"
        case ConflictKind.REPLACED_MINE:
            return f"{theirs} without having seen your {_edit(conflict.mine)}, which is replaced"
    raise Unmatched(conflict.kind)


def _did(who: str, conflict: Conflict, what: str) -> str:
    """What the other person did, as far as it is known here."""
    if conflict.theirs is None:
        names = ", ".join(map(printable, conflict.names))
        return f"{who} changed {names} of {what}" if names else f"{who} changed {what}"
    if conflict.kind is ConflictKind.REPLACED_THEIRS:
        return f"{who}'s {_edit(conflict.theirs)}"
    return f"{who} {deed(conflict.theirs, conflict.record)}"


def _edit(op: Op) -> str:
    """An edit as a noun with its values: ``change (pos = [10.0,20.0])``."""
    if isinstance(op, Remove):
        return "removal"
    values = short_values(op)
    return f"change ({values})" if values else "new item" if isinstance(op, Put) else "change"
