"""Commands change a data folder while no server uses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab.core.records import Put
from optiverse_collab.errors import DataFolderInUse, StorageError
from optiverse_collab_server.storage import Retention
from optiverse_collab_server.storage.alone import delete_session, opened_alone, prune
from optiverse_collab_server.storage.check import check_folder
from optiverse_collab_server.storage.lock import FolderLock
from optiverse_collab_server.storage.schema import FILE_NAME
from tests.helpers.kept_session import NAME, KeptSession
from tests.helpers.storage import copy_as_crashed, database, execute, fill, tidy


def test_folder_is_left_as_a_server_leaves_it(tmp_path: Path) -> None:
    """It has no log and no note about a holder, even after a crash or an error."""
    with database(tmp_path / "data") as made:
        fill(made, "lab", 0, 5)
        copy_as_crashed(tmp_path / "data", tmp_path / "crashed")
    for folder in (tmp_path / "data", tmp_path / "crashed", tmp_path / "new"):
        with opened_alone(folder), pytest.raises(DataFolderInUse):
            FolderLock(folder)
        with pytest.raises(RuntimeError), opened_alone(folder):
            raise RuntimeError
        assert {path.name for path in folder.iterdir()} == {FILE_NAME, "server.lock"}
        list(check_folder(folder))


def test_deleted_session_takes_its_versions_along(tmp_path: Path) -> None:
    """HIST-15"""
    with database(tmp_path, Retention(bytes=0)) as made:
        session = KeptSession(made)
        session.change(Put("lens", "k"))
        session.keep("old", 1)
        session.begin_chunk()
        tidy(made)
    assert execute(tmp_path, "SELECT count(*) FROM kept_part") == [(1,)]
    with opened_alone(tmp_path) as view:
        delete_session(view, NAME)
    assert execute(tmp_path, "SELECT clock FROM kept UNION ALL SELECT clock FROM kept_part") == []


def test_deleted_session_takes_nothing_of_others_along(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        fill(made, "a", 0, 5, 8)
        fill(made, "b", 0, 5, 8)
    with opened_alone(tmp_path) as view:
        delete_session(view, "a")
    [b] = check_folder(tmp_path)
    assert (b.session_id, b.entries, b.faults) == ("b", 8, [])
    with opened_alone(tmp_path) as view, pytest.raises(StorageError, match="There is no session 'a'"):
        delete_session(view, "a")


def test_pruned_file_has_no_empty_pages(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        fill(made, "a", 0, 300, 301, records=400)
    with opened_alone(tmp_path) as view:
        prune(view, Retention(days=0))
        assert view.connection.execute("PRAGMA freelist_count").fetchone() == (0,)
    [a] = check_folder(tmp_path)
    assert (a.entries, a.chunks, a.faults) == (1, 1, [])
