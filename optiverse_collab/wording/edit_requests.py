"""Sentences about requests for the right to edit. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.wording.attendance import some
from optiverse_collab.wording.numbers import counted
from optiverse_collab.wording.presence import short_name

ASK = "Ask to &edit"
LET, NOT_NOW = "&Let edit", "&Not now"

_MAY = {Role.COMMENTER: "comment"}


def have_asked(owners: Sequence[Participant]) -> str:
    """The user's request is sent."""
    return f"You asked {some([short_name(one) for one in owners])} for the right to edit."


def too_soon(ms: float) -> str:
    """A request that is not sent yet."""
    seconds = ceil(ms / 1000)
    left = counted(seconds, "second") if seconds < 60 else counted(ceil(seconds / 60), "minute")
    return f"You have already asked. You can ask again in {left}."


def asked(participant: Participant) -> str:
    """Somebody asks the user, who is an owner."""
    may = _MAY.get(participant.role, "view")
    return f"{short_name(participant)}, who may only {may}, asks you for the right to edit."


def refused(owner: Participant) -> str:
    """An owner has said no to the user."""
    return f"{short_name(owner)} does not let you edit for now. You can ask again in 10 minutes."


def failed(participant: Participant, reason: str) -> str:
    """The server did not give somebody the right; `reason` is its sentence."""
    return f"{short_name(participant)} could not be given the right to edit: {reason}"
