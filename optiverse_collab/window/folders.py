"""Folders for data that belongs to this computer and does not roam."""

from __future__ import annotations

import contextlib
from pathlib import Path

from PyQt6.QtCore import QStandardPaths


def data_folder() -> Path:
    """The folder for all our data; it may not exist yet."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    return Path(place) / "optiverse-collab"


def log_folder() -> Path:
    """The folder of our log files."""
    return data_folder() / "logs"


def ancestor_folder() -> Path:
    """The folder for the ancestors of bench files."""
    return data_folder() / "ancestors"


def token_folder() -> Path:
    """The folder for the tokens of this computer's user."""
    return data_folder() / "tokens"


def standby_folder() -> Path:
    """The folder for the copies of others' servers that this computer keeps."""
    return data_folder() / "standby"


def replica_folder() -> Path:
    """The folder of the replicas of sessions."""
    return data_folder() / "replicas"


_MARK = "hosted-session"
"""A file in the folder of a server that took another one's place."""


def mark_folder(folder: Path, session: str) -> None:
    """Remember that a session is hosted from this folder, and no longer from the usual one."""
    with contextlib.suppress(OSError):  # only the next start needs it
        (folder / _MARK).write_text(session, "utf-8")


def folder_with(session: str) -> Path | None:
    """The folder from which a session was hosted last, if that was not the usual one."""
    found: list[tuple[float, Path]] = []
    for mark in standby_folder().glob(f"*/{_MARK}"):
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if mark.read_text("utf-8") == session:
                found.append((mark.stat().st_mtime, mark.parent))
    return max(found, default=(0.0, None))[1]
