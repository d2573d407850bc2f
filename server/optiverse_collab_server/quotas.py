"""The limits that whoever runs a server may set: sessions, disk, memory, connections (LIM-15, -16, -18)."""

from __future__ import annotations

from dataclasses import dataclass

from optiverse_collab.errors import ChangeRefused, Reason

MB = 1_000_000

ONE_SESSION = 0.96
"""The share of the memory that one session's records may take."""

FULL_SOON = 0.8
"""Above this share of its limit, there is a warning: whoever runs the server has time to drop history."""


@dataclass(frozen=True)
class Quotas:
    """The limits.

    Attributes:
        sessions: the most sessions.
        session_bytes: the most bytes of one on the disk, with its history.
        space_bytes: memory for the state of all live sessions, and for old benches that are being sent.
        connections: the most connections.
    """

    sessions: int = 10_000
    session_bytes: int = 1_000 * MB
    space_bytes: int = 70 * MB
    connections: int = 2_000

    @property
    def records_bytes(self) -> int:
        """The most memory of one session's records: nearly all, so that one large bench fits (LIM-16)."""
        return int(self.space_bytes * ONE_SESSION)

    def warning(self, session_id: str, size: int) -> str:
        """The sentence for the log when a session is nearly full; empty before that."""
        if size <= self.session_bytes * FULL_SOON:
            return ""
        return (
            f"Session {session_id} takes {size / MB:.0f} of at most {self.session_bytes / MB:g} MB with its "
            "history; above that, changes are refused. Set keep-mb, or stop the server and run prune."
        )

    def refusal(self, size: int) -> ChangeRefused | None:
        """The refusal for the author of a change to a session of `size` bytes; None if it may grow."""
        if size <= self.session_bytes:
            return None
        return ChangeRefused(
            Reason.SESSION_FULL,
            f"The session and its history take more than {self.session_bytes / MB:g} MB on the server, which "
            "is the limit. Ask whoever runs the server to drop old history, then join again.",
        )


DEFAULTS = Quotas()
"""The limits of a server without settings."""
