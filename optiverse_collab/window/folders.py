"""Folders for data that belongs to this computer and does not roam."""

from __future__ import annotations

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
