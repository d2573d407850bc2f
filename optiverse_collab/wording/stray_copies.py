"""Texts about copies of a bench that were edited elsewhere and come back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from optiverse_collab.convert.ancestor_search import Departure
from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.client.effects import Conflict
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.wording import values
from optiverse_collab.wording.changes import sides
from optiverse_collab.wording.edits import title
from optiverse_collab.wording.numbers import counted

NOTHING = "There is nothing to merge: the session has all of it."
DRY_RUN = "This was a dry run: nothing was changed."

NEVER_HERE = "No item of this bench was in the session at any moment that its history keeps."
TOO_LONG = "The session's history is too long to be searched here. Use the command: optiverse-collab merge"
NOT_SURE = (
    "It is not sure when this copy left the session. If you know, use the command: optiverse-collab merge "
    "--ancestor"
)

STRANGER = (
    "No item of this copy was ever in the session, as far as ids show; check the name of the session, or add "
    "the items with `push`."
)

_DAYS = "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"

_MINUTE_MS = 60_000


def left(departure: Departure, subject: str = "Copy") -> str:
    """``Copy left the session on Tuesday 2026-11-24 at 14:02 (sure)``; no full stop."""
    if departure.is_oldest:
        when = "" if departure.until_ms is None else f" before {_moment(departure.until_ms)}"
        return (
            f"{subject} left the session{when}, and older history is not kept: nothing counts as removed, "
            "and each difference is a conflict"
        )
    begin, end = departure.when_ms, departure.until_ms
    if begin is None:
        when = f"at {departure.clock}"
    elif end is not None and end - begin >= _MINUTE_MS:
        when = f"between {_moment(begin)} and {_moment(end)}"
    else:
        when = f"on {_moment(begin)}"
    return f"{subject} left the session {when} ({departure.certainty.value})"


def counts(changes: int, conflicts: int) -> str:
    """``8 changes, 1 conflict``."""
    return f"{counted(changes, 'change')}, {counted(conflicts, 'conflict')}"


def offer(departure: Departure, changes: int, conflicts: int) -> str:
    """``This copy left the session on Tuesday … (sure): 8 changes, 1 conflict``, for a button."""
    return f"{left(departure, 'This copy')}: {counts(changes, conflicts)}"


def change(op: Op, before: Mapping[str, Record]) -> str:
    """A change with both values: ``"M3": position (0.0, 0.0) mm → (5.0, 4.0) mm``.

    Args:
        before: id → record in the session.
    """
    there = before.get(op.id)
    if isinstance(op, Remove) or there is None:
        verb = "removed" if isinstance(op, Remove) else "added"
        new = Record(op.id, op.kind, op.props) if isinstance(op, Put) else there
        return f"{title(op.id, new)}: {verb}"
    parts = [_both(name, there.props.get(name), new) for name, new in op.props.items()]
    parts += [_both(name, there.props.get(name), None) for name in (op.unset if isinstance(op, Set) else ())]
    return f"{title(op.id, there)}: {', '.join(dict.fromkeys(parts))}"


def conflict(one: Conflict) -> str:
    """A conflict with both values: ``"M4": Ben's: angle 45.0° · Yours: angle 90.0°``."""
    theirs = Remove(one.mine.id) if one.theirs is None else one.theirs
    shown = sides(HeldChange([one.mine], one.by), theirs, one.by, stands=False, again=False)
    return f"{title(one.mine.id, one.record)}: {shown.theirs} · {shown.mine}"


def unsure(departure: Departure) -> str:
    """The copy is near no moment, or near several."""
    at = "" if departure.when_ms is None else f", on {_moment(departure.when_ms)}"
    return (
        "It is not sure when this copy left the session, so nothing was changed. The nearest moment is "
        f"{departure.clock}{at}: look with `show` and `history`, and name the right one with --ancestor."
    )


def no_such_ancestor(clock: int) -> str:
    """The user named a moment."""
    return (
        f"The session has no moment {clock}, or keeps it no longer, or this copy shares no item with the "
        "bench then; name another one."
    )


def _both(name: str, old: object, new: object) -> str:
    if name in values.LAYERS:
        return "moved in the layers"
    return f"{values.property_name(name)} {values.value(name, old)} → {values.value(name, new)}"


def _moment(ms: int) -> str:
    at = datetime.fromtimestamp(ms / 1000).astimezone()
    return f"{_DAYS[at.weekday()]} {at:%Y-%m-%d} at {at:%H:%M}"
