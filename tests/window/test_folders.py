"""The folders for what belongs to this computer."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QStandardPaths

from optiverse_collab.window.folders import data_folder, log_folder, replica_folder


def test_it_does_not_roam() -> None:
    local = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    assert data_folder() == Path(local) / "optiverse-collab"


def test_what_is_kept_lies_in_it(own_data_folder: Path) -> None:
    assert log_folder() == own_data_folder / "logs"
    assert replica_folder() == own_data_folder / "replicas"
