"""The location of the data folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab.errors import StorageError
from optiverse_collab_server.config import folders
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.config.settings import Settings


def test_folder_that_is_set_is_taken() -> None:
    assert data_folder(Settings(data=Path("benches"))) == Path("benches")


def test_otherwise_it_is_one_of_this_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "user_data_path", Path("/home/ann/data").joinpath)
    assert data_folder(Settings()) == Path("/home/ann/data/optiverse-collab/server")


def test_user_without_a_home_is_asked_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr(folders, "user_data_path", fail)
    with pytest.raises(StorageError, match="with --data"):
        data_folder(Settings())
