"""One database replaces another, which stays as a copy."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.replacing import name_aside, put_in_place, take_log_in
from optiverse_collab_server.storage.schema import FILE_NAME
from tests.helpers.storage import copy_as_crashed, database, fill


def no_links(*names: object) -> None:
    raise OSError


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_the_old_one_stays_under_its_other_name(
    tmp_path: Path, links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    file, new = tmp_path / "a.db", tmp_path / "a.db.new"
    file.write_text("old")
    new.write_text("new")
    put_in_place(new, file, name_aside(file, "before"))
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "a.db": "new",
        "a-before.db": "old",
    }


def test_names_that_are_taken_are_left(tmp_path: Path) -> None:
    file = tmp_path / "a.db"
    assert name_aside(file, "before") == tmp_path / "a-before.db"
    (tmp_path / "a-before.db").touch()
    assert name_aside(file, "before") == tmp_path / "a-before-2.db"
    file.touch()
    (tmp_path / "a-before-2.db").touch()
    assert name_aside(file, "before") == tmp_path / "a-before-3.db"


def test_interrupted_replacing_goes_on_under_the_same_name(tmp_path: Path) -> None:
    file, aside = tmp_path / "a.db", tmp_path / "a-before.db"
    file.touch()
    os.link(file, aside)
    assert name_aside(file, "before") == aside


def test_log_becomes_part_of_the_database(tmp_path: Path) -> None:
    with database(tmp_path / "data") as made:
        fill(made, "lab", 0, 5)
        copy_as_crashed(tmp_path / "data", tmp_path / "crashed")
    take_log_in(tmp_path / "crashed" / FILE_NAME)
    assert not (tmp_path / "crashed" / f"{FILE_NAME}-wal").exists()


def test_database_that_another_program_reads_is_refused(tmp_path: Path) -> None:
    with database(tmp_path) as made:
        fill(made, "lab", 0, 5)
    reader = sqlite3.connect(tmp_path / FILE_NAME)
    try:
        reader.execute("PRAGMA journal_mode=WAL")
        reader.execute("SELECT count(*) FROM session").fetchone()
        with pytest.raises(StorageError, match="Another program uses"):
            take_log_in(tmp_path / FILE_NAME)
    finally:
        reader.close()
