"""Texts about the copies of benches that are saved before something replaces them. Pure."""

from __future__ import annotations

FOLDER = "Optiverse copies"
"""The folder for copies, among the user's documents."""

JOINING = "joining"
REPLACING = "replacing"
RESTORE = "the restore of"
DISCARDING = "discarding edits of"
"""Why a copy is saved, as its file name says: ``2026-05-03 09.05.30 before joining lab.json``."""


def file_name(when: str, why: str, session: str) -> str:
    """The name of a copy, without its ending."""
    return f"{when} before {why} {session}"


def own_saved(path: str) -> str:
    """The window's bench was saved."""
    return f"✓ A copy of your bench was saved: {path}"


def session_saved(path: str) -> str:
    """The session's bench was saved."""
    return f"✓ A copy of the session's bench was saved: {path}"


def session_kept(error: str) -> str:
    """The session's bench could not be saved, so it stays."""
    return f"✗ {error} The session's bench was not replaced."
