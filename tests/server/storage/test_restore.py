"""What a backup replaces, and what is left if that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.lineage import last_shared
from optiverse_collab.errors import DatabaseDamaged, DataFolderInUse, StorageError
from optiverse_collab_server.storage import SqliteStore
from optiverse_collab_server.storage.backup import copy_folder
from optiverse_collab_server.storage.check import check_folder
from optiverse_collab_server.storage.restore import restore_folder
from optiverse_collab_server.storage.schema import FILE_NAME
from tests.helpers.aio import run
from tests.helpers.storage import EPOCH, copy_as_crashed, database, execute, fill, opened


def history(folder: Path, session: str = "lab") -> History:
    """Load a session as a server would."""

    async def load() -> History:
        async with opened(folder) as store:
            stored = await store.load(session)
            assert stored is not None
            return History(stored.snapshot, stored.names, stored.entries)

    return run(load())


def clocks(folder: Path) -> list[int]:
    """The last clock of each session in a folder, which is undamaged."""
    reports = list(check_folder(folder))
    assert not any(report.faults for report in reports)
    return [report.clock for report in reports]


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup of a session that has two chunks and ends at change 8."""
    with database(tmp_path / "backup") as made:
        fill(made, "lab", 0, 5, 8)
    return tmp_path / "backup"


def test_session_goes_on_in_an_epoch_that_names_its_parent(tmp_path: Path, backup: Path) -> None:
    """CLK-8"""
    [restored], aside = restore_folder(backup, tmp_path / "data")
    assert (restored.session, restored.change, restored.replaced, aside) == ("lab", 8, None, [])
    found = history(tmp_path / "data")
    assert found.epoch not in (EPOCH, "")
    assert (found.clock, last_shared(found, EPOCH)) == (8, 8)
    assert found.chain.head == history(backup).chain.head
    assert clocks(tmp_path / "data") == [8]
    assert history(backup).epoch == EPOCH, "the backup is unchanged"


def test_each_restore_begins_another_epoch(tmp_path: Path, backup: Path) -> None:
    """CLK-8: even if the first restore was a mistake, its participants get a report."""
    data = tmp_path / "data"
    restore_folder(backup, data)
    first = history(data).epoch
    restore_folder(backup, data)
    second = history(data)
    assert second.epoch != first
    assert last_shared(second, first) == last_shared(second, EPOCH) == 8


def test_restored_backup_of_a_restored_session_knows_both(tmp_path: Path, backup: Path) -> None:
    """CLK-8"""
    restore_folder(backup, tmp_path / "data")
    first = history(tmp_path / "data").epoch
    copy_folder(tmp_path / "data", tmp_path / "again")
    restore_folder(tmp_path / "again", tmp_path / "data")
    found = history(tmp_path / "data")
    assert [parent.epoch for parent in found.parents[-2:]] == [EPOCH, first]
    assert clocks(tmp_path / "data") == [8]


@pytest.mark.parametrize("crashed", [False, True])
def test_what_was_there_is_kept_with_its_newest_changes(tmp_path: Path, backup: Path, crashed: bool) -> None:
    with database(tmp_path / "data") as made:
        fill(made, "lab", 0, 5, 20)
        copy_as_crashed(tmp_path / "data", tmp_path / "crashed")
    data = tmp_path / ("crashed" if crashed else "data")
    [restored], [aside] = restore_folder(backup, data)
    assert (restored.change, restored.replaced) == (8, 20)
    assert aside == data / "sessions-replaced.sqlite3"
    assert clocks(data) == [8]
    (tmp_path / "look").mkdir()
    aside.rename(tmp_path / "look" / FILE_NAME)
    assert clocks(tmp_path / "look") == [20]


def test_what_was_damaged_is_kept_too(tmp_path: Path, backup: Path) -> None:
    data = tmp_path / "data"
    with database(data) as made:
        fill(made, "lab", 0, 5, 20)
    damaged = b"SQLite format 3\0" + b"nonsense" * 1000
    (data / FILE_NAME).write_bytes(damaged)
    [restored], [aside] = restore_folder(backup, data)
    assert (restored.change, restored.replaced) == (8, None)
    assert aside.read_bytes() == damaged
    assert clocks(data) == [8]


def test_log_whose_database_is_gone_is_kept_too(tmp_path: Path, backup: Path) -> None:
    """It would be mistaken for the log of the restored database."""
    with database(tmp_path / "data") as made:
        fill(made, "lab", 0, 5, 20)
        copy_as_crashed(tmp_path / "data", tmp_path / "crashed")
    data = tmp_path / "crashed"
    (data / FILE_NAME).unlink()
    log = (data / f"{FILE_NAME}-wal").read_bytes()
    assert restore_folder(backup, data)[1] == []
    assert clocks(data) == [8]
    assert (data / "sessions-replaced.sqlite3-wal").read_bytes() == log


def test_second_one_is_kept_beside_the_first(tmp_path: Path, backup: Path) -> None:
    with database(tmp_path / "data") as made:
        fill(made, "lab", 0, 5)
    for name in ("sessions-replaced.sqlite3", "sessions-replaced-2.sqlite3"):
        assert restore_folder(backup, tmp_path / "data")[1] == [tmp_path / "data" / name]


def test_backup_that_is_damaged_as_a_whole_replaces_nothing(tmp_path: Path, backup: Path) -> None:
    with database(tmp_path / "data") as made:
        fill(made, "lab", 0, 5, 20)
    (backup / FILE_NAME).write_bytes(b"nonsense" * 1000)
    with pytest.raises(DatabaseDamaged):
        restore_folder(backup, tmp_path / "data")
    assert clocks(tmp_path / "data") == [20]
    assert {path.name for path in (tmp_path / "data").iterdir()} == {FILE_NAME, "server.lock"}


def test_database_of_another_program_is_not_replaced(tmp_path: Path, backup: Path) -> None:
    with database(tmp_path / "data"):
        pass
    execute(tmp_path / "data", "PRAGMA application_id=1")
    with pytest.raises(StorageError, match="is not a database of this server"):
        restore_folder(backup, tmp_path / "data")
    assert not (tmp_path / "data" / f"{FILE_NAME}.new").exists()


def test_folder_that_a_server_uses_is_refused(tmp_path: Path, backup: Path) -> None:
    async def main() -> None:
        store = SqliteStore(tmp_path / "data")
        with pytest.raises(DataFolderInUse):
            restore_folder(backup, tmp_path / "data")
        await store.close()

    run(main())
