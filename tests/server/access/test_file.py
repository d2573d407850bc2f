"""The file of grants is written whole or not at all: ACC-11 of docs/protocol.md."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import GrantKind
from optiverse_collab.errors import DatabaseDamaged, StorageError
from optiverse_collab_server.access.file import FILE_NAME, AccessFile, Outdated, forget_grants
from tests.helpers.grants import grant

FULL = grant(
    kind=GrantKind.INVITE, role=Role.OWNER, id="full", expires_ms=7, uses=3, invite="from", seen_ms=9
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    first, second = grant(id="1")._replace(made_ms=2), grant(id="2")._replace(made_ms=1)
    with closing(AccessFile(tmp_path)) as file:
        assert file.load() == []
        file.write([first, second, FULL._replace(made_ms=3)])
        file.write([first._replace(role=Role.NONE)], forgotten=["2"])
    with closing(AccessFile(tmp_path)) as file:
        assert file.load() == [first._replace(role=Role.NONE), FULL._replace(made_ms=3)]
        assert [type(one.kind) for one in file.load()] == [GrantKind, GrantKind]


def test_what_other_processes_write_is_noticed(tmp_path: Path) -> None:
    with closing(AccessFile(tmp_path)) as file, closing(AccessFile(tmp_path)) as other:
        known = file.load_since(0)
        assert known is not None
        file.write([grant(id="own")])
        assert file.load_since(known[0]) is None
        other.write([grant(id="theirs")])
        found = file.load_since(known[0])
        assert found is not None
        assert {one.id for one in found[1]} == {"own", "theirs"}
        assert file.load_since(found[0]) is None


def test_nothing_is_written_by_who_knows_less_than_the_file(tmp_path: Path) -> None:
    """ACC-11: the change was judged by grants that are no longer so."""
    with closing(AccessFile(tmp_path)) as file, closing(AccessFile(tmp_path)) as other:
        file.load()
        other.write([grant(id="theirs")])
        with pytest.raises(Outdated):
            file.write([grant(id="own")])
        assert [one.id for one in file.load()] == ["theirs"]
        file.write([grant(id="own")])
        assert {one.id for one in other.load()} == {"own", "theirs"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX permissions")
def test_only_its_user_reads_it(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).touch(0o644)
    with closing(AccessFile(tmp_path)):
        assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_a_write_is_whole_or_nothing(tmp_path: Path) -> None:
    """ACC-11: both the invite and its device are stored, or neither is."""
    with closing(AccessFile(tmp_path)) as file:
        file.write([grant("same", id="1")])
        with pytest.raises(StorageError):
            file.write([grant(id="2"), grant(id="3")._replace(label=["no text"])])  # type: ignore[arg-type]
        assert [one.id for one in file.load()] == ["1"]
        file.write([grant(id="4")])


@pytest.mark.parametrize("how", ["deleted", "replaced"])
@pytest.mark.skipif(os.name == "nt", reason="Windows can't delete open files")
def test_a_file_that_is_gone_takes_nothing(tmp_path: Path, how: str) -> None:
    """ACC-11: SQLite would keep writing to a file that nobody can find again."""
    with closing(AccessFile(tmp_path)) as file:
        (tmp_path / FILE_NAME).rename(tmp_path / "elsewhere")
        if how == "replaced":
            (tmp_path / FILE_NAME).write_bytes((tmp_path / "elsewhere").read_bytes())
        with pytest.raises(StorageError, match="deleted or replaced while the server ran"):
            file.write([grant()])


def damage(folder: Path, change: Callable[[sqlite3.Connection], object]) -> None:
    """A grants file with one grant, changed by another program."""
    with closing(AccessFile(folder)) as file:
        file.write([grant(id="1")])
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection, connection:
        change(connection)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("PRAGMA user_version=3", "has version 3, and this server knows version 2"),
        ("PRAGMA application_id=7", "is not a file of this server"),
    ],
)
def test_a_file_of_others_is_left_alone(tmp_path: Path, statement: str, message: str) -> None:
    damage(tmp_path, lambda connection: connection.execute(statement))
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(StorageError, match=message):
        AccessFile(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_damage_is_noticed(tmp_path: Path) -> None:
    damage(tmp_path, lambda connection: connection.execute("UPDATE grants SET role='king'"))
    with closing(AccessFile(tmp_path)) as file, pytest.raises(DatabaseDamaged, match="king"):
        file.load()
    (tmp_path / FILE_NAME).write_bytes(b"SQLite format 3\0" + b"x" * 4000)
    with pytest.raises(DatabaseDamaged):
        AccessFile(tmp_path)


def test_torn_pages_are_noticed(tmp_path: Path) -> None:
    damage(tmp_path, lambda connection: connection.execute("PRAGMA user_version=1"))
    data = bytearray((tmp_path / FILE_NAME).read_bytes())
    data[-4096:] = b"\xff" * 4096
    (tmp_path / FILE_NAME).write_bytes(data)
    with pytest.raises(DatabaseDamaged):
        AccessFile(tmp_path)


def test_grants_of_one_session_are_forgotten(tmp_path: Path) -> None:
    forget_grants(tmp_path, "default")
    assert not (tmp_path / FILE_NAME).exists()
    with closing(AccessFile(tmp_path)) as file:
        file.write([grant(id="1"), grant(id="2", session="other"), grant(id="3", session="")])
    forget_grants(tmp_path, "default")
    with closing(AccessFile(tmp_path)) as file:
        assert {one.id for one in file.load()} == {"2", "3"}


def test_a_folder_in_its_place_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(StorageError):
        AccessFile(tmp_path)


def test_each_write_reaches_the_disk_before_it_counts(tmp_path: Path) -> None:
    """ACC-11: including the deletion of the journal, which commits the write."""
    with closing(AccessFile(tmp_path)) as file:
        [(synchronous,)] = file._connection.execute("PRAGMA synchronous")
        [(journal,)] = file._connection.execute("PRAGMA journal_mode")
    assert (synchronous, journal) == (3, "delete")


def test_a_file_of_version_1_goes_on(tmp_path: Path) -> None:
    """ACC-12: its invites admit people without an owner's answer."""
    with closing(AccessFile(tmp_path)) as file:
        file.write([FULL])
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as older:
        older.executescript("ALTER TABLE grants DROP COLUMN knock; PRAGMA user_version=1;")
    knock = grant(id="knock", kind=GrantKind.INVITE, knock=True)._replace(made_ms=FULL.made_ms + 1)
    for _ in range(2):
        with closing(AccessFile(tmp_path)) as file:
            file.write([knock])
            assert file.load() == [FULL, knock]
