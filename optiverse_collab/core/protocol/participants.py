"""Participants of a session, in the form of the messages."""

from __future__ import annotations

import msgspec

from optiverse_collab.core.access import Role


class Participant(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody in the session.

    Attributes:
        user_id: the name to show; ``name (2)`` for the second connection of that name.
        connection_id: unique among all connections of the session.
        connected_at: when they joined.
        away: they have been silent for a while (HB-6).
        role: what they may do (ACC-1).
        person: the id of the grant that let them in; empty if they need none (PRES-8).
        script: it is a program without a person in front of it (PRES-18).
    """

    user_id: str
    connection_id: str
    connected_at: str
    away: bool = False
    role: Role = Role.OWNER
    person: str = ""
    script: bool = False
