"""Files that disappear while the server uses them: DUR-7."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.open_files import OpenFiles
from optiverse_collab_server.storage.schema import FILE_NAME, log_of


def replace(path: Path) -> None:
    """Replace a file with a copy, as some editors and backup tools do."""
    copy = path.with_name("copy")
    shutil.copyfile(path, copy)
    os.replace(copy, path)


HARM: list[tuple[str, Callable[[Path], None]]] = [
    ("deleted", lambda file: file.unlink()),
    ("deleted", lambda file: log_of(file).unlink()),
    ("deleted", lambda file: shutil.rmtree(file.parent)),
    ("replaced", replace),
    ("replaced", lambda file: replace(log_of(file))),
    ("cut", lambda file: os.truncate(log_of(file), 0)),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "data" / FILE_NAME
    file.parent.mkdir()
    file.write_bytes(b"database")
    log_of(file).write_bytes(b"log")
    return file


@pytest.mark.parametrize(("what", "harm"), HARM)
def test_files_that_went_away(file: Path, what: str, harm: Callable[[Path], None]) -> None:
    """DUR-7"""
    files = OpenFiles(file)
    files.check()
    harm(file)
    for _ in range(2):
        with pytest.raises(StorageError, match=f"was {what} while the server ran"):
            files.check()


def test_cut_stays_noticed_however_much_is_written_behind_it(file: Path) -> None:
    """DUR-7"""
    files = OpenFiles(file)
    files.check()
    os.truncate(log_of(file), 0)
    for _ in range(2):
        with pytest.raises(StorageError, match="was cut"):
            files.check()
        log_of(file).write_bytes(b"much more than there was")


def test_files_that_grow_are_the_same(file: Path) -> None:
    """DUR-7"""
    files = OpenFiles(file)
    with log_of(file).open("ab") as log:
        log.write(b"more")
    files.check()
    os.truncate(log_of(file), 5)
    with pytest.raises(StorageError, match="was cut"):
        files.check()
