"""Where we keep what belongs to this computer and does not roam."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QStandardPaths


def data_folder() -> Path:
    """The folder of all that we keep; it may not exist yet."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    return Path(place) / "optiverse-collab"


def log_folder() -> Path:
    """The folder of our log files."""
    return data_folder() / "logs"


def ancestor_folder() -> Path:
    """Where we keep what bench files were when they were last a session's."""
    return data_folder() / "ancestors"


def token_folder() -> Path:
    """Where it is kept what lets this computer's user into sessions."""
    return data_folder() / "tokens"


def replica_folder() -> Path:
    """The folder of the replicas of sessions."""
    return data_folder() / "replicas"
