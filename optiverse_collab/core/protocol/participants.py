"""Who is in a session, as the messages say it."""

from __future__ import annotations

import msgspec


class Participant(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody in the session.

    Attributes:
        user_id: the name to show; ``name (2)`` for the second connection of that name.
        connection_id: unique among all connections of the session.
        connected_at: when they joined.
        away: nothing was heard from them for a while (HB-6).
    """

    user_id: str
    connection_id: str
    connected_at: str
    away: bool = False
