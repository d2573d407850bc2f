"""A data folder can be read while a server uses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab.errors import DataFolderInUse, StorageError
from optiverse_collab_server.storage.database import Append
from optiverse_collab_server.storage.lock import FolderLock
from optiverse_collab_server.storage.reading import read_stored
from optiverse_collab_server.storage.steps import finished
from optiverse_collab_server.storage.viewing import viewed
from tests.helpers.storage import SIGNED, copy_as_crashed, database, entries, execute, fill


def test_view_is_of_one_moment_while_a_server_writes(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        fill(made, "b", 0, 5)
        fill(made, "a", 0, 3)
        with viewed(tmp_path) as view:
            assert list(view.sessions) == ["a", "b"]
            assert made.append([Append("b", entries(6, 7, SIGNED), [])]) == [None]
            assert finished(read_stored(view.connection, view.session("b"))).clock == 5
        with viewed(tmp_path) as view:
            assert finished(read_stored(view.connection, view.session("b"))).clock == 7


def test_no_server_starts_on_a_folder_that_is_being_read(tmp_path: Path) -> None:
    """The server would take over the log."""
    with database(tmp_path) as made:
        fill(made, "a", 0, 5)
        copy_as_crashed(tmp_path, tmp_path / "crashed")
    for folder in (tmp_path, tmp_path / "crashed"):
        with viewed(folder) as view:
            assert finished(read_stored(view.connection, view.session("a"))).clock == 5
            with pytest.raises(DataFolderInUse):
                FolderLock(folder)
        FolderLock(folder).release()


def test_session_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        fill(made, "a", 0, 5)
    with (
        viewed(tmp_path) as view,
        pytest.raises(StorageError, match="There is no session 'x' in "),
    ):
        view.session("x")


def test_database_of_another_version_is_refused_while_in_use(tmp_path: Path) -> None:
    with database(tmp_path):
        execute(tmp_path, "PRAGMA user_version=1")
        with pytest.raises(StorageError, match="is being upgraded"), viewed(tmp_path):
            pass
        execute(tmp_path, "PRAGMA application_id=1")
        with pytest.raises(StorageError, match="is not a database of this server"), viewed(tmp_path):
            pass
