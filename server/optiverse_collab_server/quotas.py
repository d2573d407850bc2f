"""Limits on storage: sessions on the server, and bytes of one on its disk (LIM-18)."""

from __future__ import annotations

from dataclasses import dataclass

from optiverse_collab.errors import ChangeRefused, Reason

MB = 1_000_000


@dataclass(frozen=True)
class Quotas:
    """The limits.

    Attributes:
        sessions: the most sessions.
        session_bytes: the most bytes of one, with its history.
    """

    sessions: int = 10_000
    session_bytes: int = 1_000 * MB

    def refusal(self, size: int) -> ChangeRefused | None:
        """The refusal for the author of a change to a session of `size` bytes; None if it may grow."""
        if size <= self.session_bytes:
            return None
        return ChangeRefused(
            Reason.SESSION_FULL,
            f"The session and its history take more than {self.session_bytes / MB:g} MB on the server, which "
            "is the limit. Ask whoever runs the server to drop old history, then join again.",
        )
