"""A copy of a data folder is complete or does not exist."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
from pathlib import Path

import pytest

from optiverse_collab.errors import DatabaseDamaged, StorageError
from optiverse_collab_server.access.file import AccessFile
from optiverse_collab_server.storage.backup import copy_folder
from optiverse_collab_server.storage.check import check_folder
from optiverse_collab_server.storage.schema import FILE_NAME
from tests.helpers.storage import copy_as_crashed, database, fill


def test_copy_has_all_of_it(tmp_path: Path) -> None:
    with database(tmp_path / "data") as made:
        fill(made, "a", 0, 5, 8)
    copy_folder(tmp_path / "data", tmp_path / "copy")
    copied = list(check_folder(tmp_path / "copy"))
    assert copied == list(check_folder(tmp_path / "data"))
    assert copied[0].entries == 8


def test_what_only_the_log_has_is_copied(tmp_path: Path) -> None:
    """While the server runs, and after a crash."""
    with database(tmp_path / "data") as made:
        fill(made, "a", 0, 5, 8)
        copy_folder(tmp_path / "data", tmp_path / "running")
        copy_as_crashed(tmp_path / "data", tmp_path / "crashed")
    copy_folder(tmp_path / "crashed", tmp_path / "copy")
    assert [report.clock for report in check_folder(tmp_path / "running")] == [8]
    assert [report.clock for report in check_folder(tmp_path / "copy")] == [8]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no POSIX permissions")
def test_others_on_the_machine_can_not_read_the_copy(tmp_path: Path) -> None:
    with database(tmp_path / "data") as made:
        fill(made, "a", 0, 5)
    copy_folder(tmp_path / "data", tmp_path / "copy")
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "copy").iterdir()] == [0o600]


def test_all_of_a_copy_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy includes the server's other files: a backup without its key is of little use."""
    data, copy = tmp_path / "data", tmp_path / "copy"
    with database(data) as made:
        fill(made, "a", 0, 5)
    (data / "tls").mkdir()
    for name in ("tls/key.pem", "server.toml"):
        (data / name).write_text(name)
    with contextlib.closing(AccessFile(data)):
        pass
    synced: set[int] = set()
    sync = os.fsync

    def noted(descriptor: int) -> None:
        sync(descriptor)
        synced.add(os.fstat(descriptor).st_ino)

    monkeypatch.setattr(os, "fsync", noted)
    copy_folder(data, copy, ("access.db", "tls", "server.toml"))
    copied = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.stat().st_ino in synced}
    assert copied >= {FILE_NAME, "access.db", "tls/key.pem", "server.toml"}
    assert (copy / "tls" / "key.pem").read_text() == "tls/key.pem"


def test_nothing_is_left_of_a_copy_that_fails(tmp_path: Path) -> None:
    with database(tmp_path / "data") as made:
        fill(made, "a", 0, 5)
    file = tmp_path / "data" / FILE_NAME
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * 4096 + whole[8192:])
    with pytest.raises(DatabaseDamaged):
        copy_folder(tmp_path / "data", tmp_path / "copy")
    assert list((tmp_path / "copy").iterdir()) == []
    shutil.rmtree(tmp_path / "data")
    with pytest.raises(StorageError, match="There is no database"):
        copy_folder(tmp_path / "data", tmp_path / "copy")


def test_place_that_can_not_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="is a file, or lies in one"):
        copy_folder(tmp_path, tmp_path / "file" / "copy")
