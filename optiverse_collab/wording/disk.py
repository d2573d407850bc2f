"""Sentences about edits on the user's own disk (DISK)."""

from __future__ import annotations

PROTECTED = "Edits are protected against a crash again."


def unprotected(cause: str) -> str:
    """Say that a crash would take edits back; `cause` is a sentence that says why, and what to do."""
    return f"Edits are not protected against a crash. {cause}"


def waiting(count: int) -> str:
    """Say what becomes of edits that the server has not acknowledged, when a session is left."""
    edits, they = ("1 edit waits", "it") if count == 1 else (f"{count} edits wait", "they")
    return f"{edits} for the server; {they} will be sent when you join again."
