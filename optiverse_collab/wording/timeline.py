"""Texts of the timeline: who did what in the session, and the bench of an earlier moment."""

from __future__ import annotations

from datetime import datetime

from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.records import Set, record_difference
from optiverse_collab.core.text import printable
from optiverse_collab.wording.activity import sentences
from optiverse_collab.wording.conflicts import SOMEBODY
from optiverse_collab.wording.edits import title
from optiverse_collab.wording.values import LAYERS, property_name

TITLE = "Timeline"
LIST = "What was done, newest first"
NO_SESSION = "Join a session to see who did what in it."
READING = "Reading the history…"
NOTHING = "Nothing was done in this session yet."
NOT_KEPT = "The server no longer keeps that part of the history; the timeline begins with what it keeps."
NO_MATCH = "No such change among those that have been read."

EVERYBODY = "Everybody"
PEOPLE = "Whose changes to list"
FILTER = "Name of an item"
FILTER_TIP = "List only the changes of items with this in their name."

PREVIEW = "&Preview"
PREVIEW_TIP = "Show the bench after this change, in a window of its own."
COMPARE = "&Compare"
COMPARE_TIP = "Mark how other moments differ from the one that is selected now."
RESTORE = "&Restore"
RESTORE_TIP = "Make the bench, or a part of it, what it was after this change."
VERSIONS = "&Versions"
VERSIONS_TIP = "Look at a version of the session, or keep one."
OLDER = "&Older changes"
OLDER_TIP = "Read earlier changes from the server."
TRY_AGAIN = "Try &again"
WHOLE_BENCH = "The whole &bench"

PLAY = "Play"
PAUSE = "Pause"
SPEED = "Speed"
SPEEDS = (1, 4, 16, 64)
SLIDER = "Moment of the preview"

BACK_TO_NOW = "Back to &now"
RESTORE_BENCH = "&Restore this bench"
RESTORE_TEXT = "Restore an earlier bench"
SAME = "The bench is the same now as it was then."

SHOW_CHANGES = "Show what changed"

HISTORY_OF = "&History of {item}"
LAST_TOUCHED = "{who} changed it last, {when}"
NOT_TOUCHED = "Not changed since {when}"


def speed(times: int) -> str:
    """The label of a speed of playing."""
    return f"{times} \N{MULTIPLICATION SIGN}"


def no_moment(clock: int) -> str:
    """A link leads to a moment that there is not."""
    return f"This session has no change {clock}; check whether the link is to another session."


def since_you_left(count: int) -> str:
    """The notice on coming back."""
    changes = "1 change was" if count == 1 else f"{count} changes were"
    return f"{changes} made in this session since you left."


def moment(time_ms: int, now: datetime) -> str:
    """``13:02:11``, with the date if it is another day; local time.

    Args:
        time_ms: in ms since 1970 UTC.
        now: in local time.
    """
    time = datetime.fromtimestamp(time_ms / 1000).astimezone(now.tzinfo)
    return f"{time:%H:%M:%S}" if time.date() == now.date() else f"{time:%Y-%m-%d %H:%M:%S}"


def author(step: PastStep) -> str:
    """Who did it."""
    return printable(step.author) or SOMEBODY


def deed(step: PastStep) -> str:
    """``moved "M3" by 3.2 mm``, without the author; deeds of different kinds are joined."""
    told = sentences((step.author, before, after) for _, before, after in step.edits)
    return "; ".join(sentence.removeprefix(author(step)).lstrip() for sentence in told)


def items(step: PastStep) -> dict[str, str]:
    """The records of a step: id → title."""
    return {id: title(id, after or before) for id, before, after in step.edits}


def changed_properties(step: PastStep, id: str) -> list[str]:
    """The names of the properties of an item that a step changed; none if it added or removed it.

    The place in the layers is left out: its numbers mean nothing to people.
    """
    found = next(((before, after) for one, before, after in step.edits if one == id), (None, None))
    before, after = found
    op = None if before is None or after is None else record_difference(before, after)
    names = [*op.props, *op.unset] if isinstance(op, Set) else []
    return [name for name in names if name not in LAYERS]


def preview_title(session: str, time_ms: int, now: datetime) -> str:
    """The title of the window with an earlier bench."""
    return f"Session '{printable(session)}' at {moment(time_ms, now)}"


def caption(step: PastStep | None, time_ms: int, now: datetime) -> str:
    """``13:02:11, after Ana moved "M3" by 3.2 mm``; without a step, the time alone."""
    after = "" if step is None else f", after {author(step)} {deed(step)}"
    return f"{moment(time_ms, now)}{after}"


def comparison_title(session: str, before_ms: int, after_ms: int, now: datetime) -> str:
    """The title of the window that compares two moments."""
    span = f"{moment(before_ms, now)} and {moment(after_ms, now)}"
    return f"Session '{printable(session)}': {span} compared"


def comparison_caption(before_ms: int, after_ms: int, now: datetime) -> str:
    """What a comparison shows."""
    before, after = moment(before_ms, now), moment(after_ms, now)
    return f"The bench at {after}; lines and arrows show how it differs from {before}."


def restore_item(name: str) -> str:
    """The entry that restores one item; an ampersand is no mnemonic."""
    return name.replace("&", "&&")


def restore_property(name: str, property: str) -> str:
    """The entry that restores one property of an item."""
    return f"{name}: {property_name(property)}".replace("&", "&&")


def history_of(name: str) -> str:
    """The entry in the menu of an item; an ampersand in its name is no mnemonic."""
    return HISTORY_OF.format(item=name.replace("&", "&&"))


def last_touched(step: PastStep, now: datetime) -> str:
    """Who touched an item last, and when."""
    return LAST_TOUCHED.format(who=author(step), when=moment(step.ended_ms, now))


def not_touched(since_ms: int, now: datetime) -> str:
    """Nobody touched it in the part of the history that has been read."""
    return NOT_TOUCHED.format(when=moment(since_ms, now))
