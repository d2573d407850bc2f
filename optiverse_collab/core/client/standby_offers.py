"""A participant offers to keep a standby of the host's server, and the host answers (STAND-10). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from optiverse_collab.core.access import Role, may_manage
from optiverse_collab.core.client.host_watch import HOSTS
from optiverse_collab.core.protocol.participants import Participant

OFFER, ANSWER = "offers_copy", "answers_copy"
"""Keys of the presence."""

_HASH = re.compile(r"[0-9a-f]{64}")

Participants = Mapping[str, Participant]
States = Mapping[str, Mapping[str, Any]]


def hash_of(token: str) -> str:
    """What others may know of a standby's token, which only the server sees."""
    return blake2b(token.encode(), digest_size=32).hexdigest()


def may_offer(role: Role) -> bool:
    """Whether somebody with this role may offer: a copy has everything, and may become the original."""
    return role in (Role.EDITOR, Role.OWNER)


def offer_in(participant: Participant, state: Mapping[str, Any]) -> str | None:
    """A participant's offer; None if there is none, or they may make none."""
    shown = state.get(OFFER)
    is_offer = isinstance(shown, str) and _HASH.fullmatch(shown) is not None
    return shown if is_offer and may_offer(participant.role) else None


def answer(offer: str, taken: bool) -> dict[str, object]:
    """The value of `ANSWER`."""
    return {"offer": offer, "taken": taken}


def host_of(participants: Participants, states: States) -> Participant | None:
    """The participant who can answer: the host, if an owner; None if nobody can."""
    for id, one in participants.items():
        if may_manage(one.role) and states.get(id, {}).get(HOSTS) is True:
            return one
    return None


def answer_to(offer: str, participants: Participants, states: States) -> bool | None:
    """Whether the host has taken an offer, or declined it; None without an answer."""
    host = host_of(participants, states)
    shown = None if host is None else states[host.connection_id].get(ANSWER)
    if not isinstance(shown, dict) or shown.get("offer") != offer:
        return None
    return shown.get("taken") is True
