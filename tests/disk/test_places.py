"""Programs without Qt find the files of windows."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PyQt6.QtCore import QStandardPaths

from optiverse_collab.disk.places import data_folder


def test_it_is_where_windows_keep_it() -> None:
    local = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    assert data_folder() == Path(local) / "optiverse-collab"


@pytest.mark.parametrize(
    ("system", "variable", "folder"),
    [
        ("linux", "XDG_DATA_HOME", "given/optiverse-collab"),
        ("linux", "", "home/.local/share/optiverse-collab"),
        ("darwin", "", "home/Library/Application Support/optiverse-collab"),
        ("win32", "LOCALAPPDATA", "given/optiverse-collab"),
        ("win32", "", "home/AppData/Local/optiverse-collab"),
    ],
)
def test_each_system_has_its_own(
    monkeypatch: pytest.MonkeyPatch, system: str, variable: str, folder: str
) -> None:
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, "given")
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(Path, "home", lambda: Path("home"))
    assert data_folder() == Path(folder)
