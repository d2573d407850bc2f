"""The folders for what belongs to this computer."""

from __future__ import annotations

import os
from pathlib import Path

from PyQt6.QtCore import QStandardPaths

from optiverse_collab.window import folders
from optiverse_collab.window.folders import data_folder, log_folder, replica_folder


def test_it_does_not_roam() -> None:
    local = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    assert data_folder() == Path(local) / "optiverse-collab"


def test_what_is_kept_lies_in_it(own_data_folder: Path) -> None:
    assert log_folder() == own_data_folder / "logs"
    assert replica_folder() == own_data_folder / "replicas"


def test_a_session_is_hosted_from_where_it_was_last(own_data_folder: Path) -> None:
    assert folders.folder_with("lab") is None
    for number, name in enumerate(("a", "b", "c")):
        folder = folders.standby_folder() / name
        folder.mkdir(parents=True)
        folders.mark_folder(folder, "other" if name == "c" else "lab")
        os.utime(folder / "hosted-session", (100 - number, 100 - number))
    assert folders.folder_with("lab") == folders.standby_folder() / "a"
    folders.mark_folder(own_data_folder / "no such folder", "lab")
    (folders.standby_folder() / "a" / "hosted-session").write_bytes(b"\xff")
    assert folders.folder_with("lab") == folders.standby_folder() / "b"
