"""The texts of the list of changes while the user was away. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.records import Op, Remove
from optiverse_collab.wording import values
from optiverse_collab.wording.conflicts import author
from optiverse_collab.wording.numbers import counted

TITLE = "Changes while you were away"
USE = "&Use mine"
BRING_BACK = "Bring it &back"
KEEP = "&Keep theirs"
DISMISS = "&Dismiss"
USE_ALL = "Use all mine"
KEEP_ALL = "Keep all theirs"
AGAIN = "This changed again. Look before you use yours."
HINT_TIP = "Others changed what you had changed too. Click to decide what stands."

_S = "'s"


class Sides(NamedTuple):
    """The two sides of an entry, and a note.

    Attributes:
        mine: the user's value.
        theirs: the standing value, or the replaced one.
        note: empty if there is neither.
    """

    mine: str
    theirs: str
    note: str = ""

    @property
    def lines(self) -> list[str]:
        """The text, line by line."""
        return [line for line in self if line]


def sides(change: HeldChange, theirs: Op, by: str, stands: bool, again: bool) -> Sides:
    """Both values of an entry.

    Args:
        change: the user's edit.
        theirs: the edit that stands, or was replaced.
        by: its author; empty if unknown.
        stands: the user's edit stands.
        again: `theirs` has changed since the first time.
    """
    removes = isinstance(change.ops[-1], Remove)
    mine = "You removed it" if removes else f"Yours: {values.state(change.ops)}"
    who = author(by)
    if isinstance(theirs, Remove):
        other = "Now: removed" if again else f"{who} removed it"
    elif removes:  # all of the record would be replaced
        other = "Now: changed again" if again else f"{who} changed it"
    else:
        other = f"{'Now' if again else who + _S}: {values.state([theirs])}"
    return Sides(f"{mine} (stands)" if stands else mine, other, AGAIN if again else "")


def hint(count: int) -> str:
    """For the status bar: ``2 changes to look at``."""
    return f"{counted(count, 'change')} to look at"


def step(titles: Sequence[str]) -> str:
    """The name of the undo step that uses the user's changes of these items."""
    [*_, last] = titles
    return f"Use my change of {last}" if len(titles) == 1 else f"Use {len(titles)} changes of mine"
