"""Texts about merging two benches: the differences, and the options."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from optiverse_collab.convert import compare
from optiverse_collab.core.records import Record
from optiverse_collab.wording.edits import title
from optiverse_collab.wording.numbers import counted, moment

JOINING_TITLE = "Two benches"
BRING = "&Bring my bench into the session"
MERGE = "&Merge what was changed in this copy"
SEARCHING = "Looking in the session's history for the moment when this copy left…"
REPLACE = "&Replace my bench with the session's"
REPLACE_NOTE = "A copy of yours is saved first: {path}"
CANCEL = "&Don't join"
OPENED_TITLE = "Another bench"
LEAVE = "&Leave the session"
LEAVE_NOTE = "You continue alone with the bench that you opened. The session is unchanged."
EVERYBODY = "Replace the session's bench for &everybody"
BACK = "&Back to the session's bench"

SAVED_UNKNOWN = "The disk did not answer in time; the saved version of this file is unknown."

NEW_ROW = "{title}: only on your bench"
DIFFERS_ROW = "{title}: differs"
MISSING_ROW = "{title}: only in the session"


class Differences(NamedTuple):
    """The differences between a user's bench and the session's.

    Attributes:
        new: the names of items that only the user has …
        differ: … those that both have, with other content …
        missing: … and those that only the session has.
        same: how many are the same.
    """

    new: list[str]
    differ: list[str]
    missing: list[str]
    same: int

    @property
    def mine(self) -> int:
        """How many items are on the user's bench."""
        return len(self.new) + len(self.differ) + self.same

    @property
    def theirs(self) -> int:
        """How many are in the session."""
        return len(self.missing) + len(self.differ) + self.same


def differences(mine: Mapping[str, Record], theirs: Mapping[str, Record]) -> Differences:
    """Compare a user's bench with the session's."""
    found = compare(mine, theirs)

    def titles(ids: list[str], records: Mapping[str, Record]) -> list[str]:
        return sorted((title(id, records[id]) for id in ids), key=str.casefold)

    new, differ = titles(found.new, mine), titles(found.differ, mine)
    return Differences(new, differ, titles(found.missing, theirs), len(found.same))


def counts(found: Differences) -> str:
    """All of it in numbers: ``1 new, 2 differ, 22 the same``."""
    differ = f"{len(found.differ)} differ{'s' * (len(found.differ) == 1)}"
    return f"{len(found.new)} new, {differ}, {found.same} the same"


def shared(found: Differences) -> str:
    """The outcome for a bench in an empty session."""
    return f"The session was empty, so your bench was shared: {items(found.mine)}."


def merged(edited: int, taken: int, since_ms: int) -> str:
    """The outcome of a merge since `since_ms` (since 1970); empty without any edits."""
    if not edited and not taken:
        return ""
    at, now = datetime.fromtimestamp(since_ms / 1000).astimezone(), datetime.now().astimezone()
    sent = f"{edited} of your edits since {moment(at, now)} {'was' if edited == 1 else 'were'} sent"
    changes = counted(taken, "change")
    return f"Merged: {sent}, {changes} by others {'was' if taken == 1 else 'were'} applied."


def not_sent(name: str) -> str:
    """An edit of the item with this name was refused."""
    return f"Your edit of {name} was not shared: the session does not accept it."


def joining_question(found: Differences) -> str:
    """The question about a bench that meets the session's for the first time."""
    more = f" {_only_there(found)}" if found.missing else ""
    return (
        f"Your bench and the session's have not met before. Of your items: {counts(found)}.{more} "
        "What would you like to do with yours?"
    )


def bring_note(found: Differences, path: str) -> str:
    """The effect of bringing the bench; `path` is the place of its copy."""
    note = f"Everybody gets your {new_items(len(found.new))}."
    if found.differ:
        note += f" Items that differ keep the session's version. A copy of yours is saved first: {path}"
    return note


def opened_question(found: Differences) -> str:
    """The question about a bench that was opened while in a session."""
    more = f" {_only_there(found)}" if found.missing else ""
    return (
        f"You opened another bench while you are in a session. Of its items: {counts(found)}.{more} "
        "Nobody else sees it yet. What would you like to do?"
    )


def everybody_note(found: Differences, path: str) -> str:
    """The effect of replacing the session's bench; `path` is the place of its copy."""
    count = len(found.missing)
    goes = f"{items(count)} of the session will be removed" if count else "No item will be removed"
    changes = f", {len(found.differ)} will match yours" if found.differ else ""
    return f"{goes}{changes}. A copy is saved first: {path}"


def rows(found: Differences) -> list[str]:
    """A line for each item that is not the same in both."""
    return [
        *(DIFFERS_ROW.format(title=title) for title in found.differ),
        *(NEW_ROW.format(title=title) for title in found.new),
        *(MISSING_ROW.format(title=title) for title in found.missing),
    ]


def items(count: int) -> str:
    """``1 item``, ``3 items``."""
    return counted(count, "item")


def new_items(count: int) -> str:
    """``1 new item``, ``3 new items``."""
    return counted(count, "new item")


def _only_there(found: Differences) -> str:
    count = len(found.missing)
    return f"The session has {items(count)} that yours lacks."
