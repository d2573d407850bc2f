"""What it takes that a file is there after a power cut."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from optiverse_collab.disk.durable import sync_folder


def test_names_need_no_sync_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sync_folder(tmp_path)
    gone = tmp_path / "gone"
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")
        sync_folder(gone)  # it is not even opened
    if os.name != "nt":
        with pytest.raises(FileNotFoundError):
            sync_folder(gone)
