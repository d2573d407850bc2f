"""Where we keep what belongs to this computer."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QStandardPaths

from optiverse_collab.window.folders import data_folder, log_folder


def test_it_does_not_roam() -> None:
    local = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    assert data_folder() == Path(local) / "optiverse-collab"
    assert log_folder() == data_folder() / "logs"
