"""Sentences about a standby copy of the host's server on a participant's computer. Pure."""

from __future__ import annotations

from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.wording.presence import short_name

KEEP = "&Keep a copy"
ALLOW, NOT_NOW = "&Allow", "&Not now"
HOST_NOW = "&Host now"
COMPLETE = (
    "This computer has a standby copy of the session now. If the host's computer goes away, choose Host now."
)
ENDED = "The standby copy on this computer was deleted, since you left the session."
TAKEN = "Another computer keeps the standby copy already."
ELSEWHERE = "If the host's computer is gone, the guest whose computer has a standby copy can choose Host now."
LABEL = "the new host"
HOSTING = "You host the session now. The others follow within seconds."
ONLY_IF_GONE = (
    "Host now lets this computer serve the session, with its copy of everything. Choose it if the host's "
    "computer is off or gone. If only the network between you is broken, wait: others still work there."
)


def suggestion(host: Participant) -> str:
    """The host's computer is the only one that has everything."""
    name = short_name(host)
    return f"If {name}'s computer goes away, the session stops. This computer can keep a standby copy."


def offered(host: Participant) -> str:
    """The user's offer is on its way."""
    return f"You offered {short_name(host)} to keep a standby copy of the session on this computer."


def asked(participant: Participant) -> str:
    """Somebody offers the user, who hosts, to keep a copy."""
    name = short_name(participant)
    return (
        f"{name} offers to keep a standby copy of your server, with all its sessions, on their computer. "
        "If your computer goes away, they can host."
    )


def agreed(participant: Participant) -> str:
    """The user, who hosts, agreed."""
    return f"{short_name(participant)}'s computer keeps a standby copy of your server."


def not_allowed(participant: Participant, reason: str) -> str:
    """The server refused; `reason` is its sentence."""
    return f"{short_name(participant)}'s computer can't keep a standby copy: {reason}"


def copying(host: Participant) -> str:
    """The host agreed."""
    return f"{short_name(host)} agrees. The copy is being made."


def declined(host: Participant) -> str:
    """The host declined."""
    return f"{short_name(host)} does not want a standby copy for now."


def failed(reason: str) -> str:
    """The standby's process failed; `reason` is a sentence."""
    return f"There is no standby copy on this computer: {reason}"


def troubled(reason: str) -> str:
    """The standby goes on, but its log has an error; `reason` is that sentence."""
    return f"The standby copy on this computer lacks something: {reason}"


def not_promoted(reason: str) -> str:
    """The standby can't take over; `reason` is what the command or the system says."""
    return f"This computer can't host the session: {reason.rstrip('.')}. Try again, or see the log."
