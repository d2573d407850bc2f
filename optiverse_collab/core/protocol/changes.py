"""A change on its way to the server and to others, and the names of its step (PUSH-1, PUSH-5, PUSH-9)."""

from __future__ import annotations

import re
from typing import Annotated, NamedTuple

import msgspec

from optiverse_collab.core.limits import LARGEST_NUMBER
from optiverse_collab.core.protocol.outcomes import Replaced
from optiverse_collab.core.records import Op

SWEEP = "sweep:"
"""The prefix of a step's id that replaces the bench."""

RESTORE = "restore:"
"""The prefix of a step's id that brings an earlier bench back."""

MERGE = "merge:"
"""The prefix of a step's id that brings a bench's edits from elsewhere (HIST-12)."""

RECENT = 12
"""How many heads a replica names in a step that brings back what was lost (BACK-13)."""

_RETURN = re.compile(r"return:([0-9a-f]{8}(?:\.[0-9a-f]{8}){0,11})(:more)?")


Number = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_NUMBER)]
"""A client's number for a change (LIM-12)."""


def replaces_bench(step: str) -> bool:
    """Whether a step claims to replace the bench."""
    return step.startswith((SWEEP, RESTORE))


class Returned(NamedTuple):
    """What a step brings back that the server had lost (BACK-13): all of a history up to a head.

    Attributes:
        heads: the first 8 hex digits of the last heads of that history that its replica knew, newest first.
        is_whole: whether the step ends with this change.
    """

    heads: tuple[str, ...]
    is_whole: bool = True

    @property
    def step(self) -> str:
        """The id of the step."""
        return f"return:{'.'.join(self.heads)}{'' if self.is_whole else ':more'}"


def returned_by(step: str) -> Returned | None:
    """What a step claims to bring back; None if it is another step."""
    match = _RETURN.fullmatch(step)
    return None if match is None else Returned(tuple(match[1].split(".")), match[2] is None)


class PushedChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change of a push: refused as a whole, or accepted.

    Attributes:
        client_clock: the replica's own number for it.
        seen: the clock of the state on the user's screen (SEEN-1); None for everything sent.
        yields: whether it keeps unseen values of others (SEEN-4).
        step: the client's id for the step that it is a part of (PUSH-8).
        after: the newest head of a lost history that its user had seen; empty if there is none (BACK-13).
    """

    client_clock: Number
    ops: list[Op]
    seen: int | None = None
    yields: bool = msgspec.field(name="yield", default=False)
    step: str = ""
    after: str = ""


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One accepted change; `ops` are those that took effect."""

    clock: int
    user_id: str
    ops: list[Op]
    step: str = ""
    replaced: list[Replaced] = []
