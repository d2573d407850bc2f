"""Errors as SQLite and the operating system really raise them, each reported in one sentence."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from optiverse_collab.errors import DatabaseDamaged, StorageError
from optiverse_collab_server.storage.failures import explained


def connect(address: Path | str) -> contextlib.closing[sqlite3.Connection]:
    """A connection that is closed at the end."""
    return contextlib.closing(sqlite3.connect(address, isolation_level=None, timeout=0, uri=True))


def fill_the_disk(file: Path) -> None:
    with connect(file) as connection:
        connection.execute("PRAGMA max_page_count=3")
        connection.execute("INSERT INTO t VALUES (zeroblob(100000))")


def write_while_another_does(file: Path) -> None:
    with connect(file) as other, connect(file) as connection:
        other.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t VALUES (1)")


def write_without_the_right(file: Path) -> None:
    with connect(f"{file.as_uri()}?mode=ro") as connection:
        connection.execute("INSERT INTO t VALUES (1)")


def open_a_folder(file: Path) -> None:
    with connect(file.parent):
        pass


def read_garbage(file: Path) -> None:
    file.write_bytes(b"garbage" * 1000)
    with connect(file) as connection:
        connection.execute("SELECT * FROM t")


def read_half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:4096])
    with connect(file) as connection:
        connection.execute("SELECT * FROM t").fetchall()


def read_text_that_is_none(file: Path) -> None:
    with connect(file) as connection:
        connection.execute("SELECT CAST(x'ff' AS TEXT)").fetchall()


def ask_nonsense(file: Path) -> None:
    with connect(file) as connection:
        connection.execute("SELECT * FROM missing")


def make_a_folder_in_a_file(file: Path) -> None:
    (file / "folder").mkdir()


def make_a_folder_over_a_file(file: Path) -> None:
    file.mkdir(exist_ok=True)


def make_a_folder_with_too_long_a_name(file: Path) -> None:
    file.with_name("x" * 5000).mkdir()


@pytest.mark.parametrize(
    ("provoke", "error", "sentence"),
    [
        (
            fill_the_disk,
            StorageError,
            "The disk that holds {} is full; free some space on it, then try again.",
        ),
        (write_while_another_does, StorageError, "Another program is writing to {}; close that program"),
        (
            write_without_the_right,
            StorageError,
            "{} can't be written; let the user who runs the server write",
        ),
        (open_a_folder, StorageError, "{} can't be opened; let the user who runs the server read and write"),
        (read_garbage, DatabaseDamaged, "The database {} is damaged (file is not a database) and was left"),
        (read_half, DatabaseDamaged, "The database {} is damaged (database disk image is malformed) and was"),
        (read_text_that_is_none, DatabaseDamaged, "The database {} is damaged (Could not decode"),
        (ask_nonsense, StorageError, "{} can't be used (no such table: missing); check the file"),
        pytest.param(
            make_a_folder_in_a_file,
            StorageError,
            "{} is a file, or lies in one; choose a folder.",
            marks=pytest.mark.skipif(os.name == "nt", reason="Windows reports a missing path instead"),
        ),
        (make_a_folder_over_a_file, StorageError, "{} is a file, or lies in one; choose a folder."),
        (
            make_a_folder_with_too_long_a_name,
            StorageError,
            "{} can't be used (",
        ),
    ],
)
def test_every_cause_has_its_sentence(
    tmp_path: Path, provoke: Callable[[Path], None], error: type[StorageError], sentence: str
) -> None:
    file = tmp_path / "database"
    with connect(file) as connection:
        connection.execute("CREATE TABLE t (a)")
        connection.execute("INSERT INTO t VALUES (zeroblob(5000))")
    with pytest.raises(error) as caught, explained(file):
        provoke(file)
    assert type(caught.value) is error
    assert str(caught.value).startswith(sentence.format(file))
    assert str(caught.value).endswith(".")
    assert str(caught.value).count("\n") == 0


def test_what_is_explained_already_stays(tmp_path: Path) -> None:
    with pytest.raises(DatabaseDamaged, match="said"), explained(tmp_path):
        raise DatabaseDamaged("said")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "The disk that holds {} is full; free some space on it, then try again."),
        (errno.EDQUOT, "The disk that holds {} is full; free some space on it, then try again."),
        (errno.EACCES, "{} can't be used (why); let the user who runs the server write there, or choose"),
        (errno.EIO, "{} can't be used (why); check the disk, or choose another data folder."),
    ],
)
def test_the_systems_errors_have_their_advice(tmp_path: Path, number: int, sentence: str) -> None:
    """A full disk is not mended by other rights, which a command said when it wrote a small file."""
    with pytest.raises(StorageError) as caught, explained(tmp_path):
        raise OSError(number, "why")
    assert str(caught.value).startswith(sentence.format(tmp_path))
