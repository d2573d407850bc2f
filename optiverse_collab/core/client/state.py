"""How a participation stands, from the first attempt to the end."""

from __future__ import annotations

from enum import Enum


class State(str, Enum):
    """What a window shows of its connection."""

    OFFLINE = "offline"
    CONNECTING = "connecting"
    SYNCING = "syncing"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    FAILED = "failed"

    @property
    def in_session(self) -> bool:
        """Whether there is a session, or an attempt at one."""
        return self not in (State.OFFLINE, State.FAILED)
