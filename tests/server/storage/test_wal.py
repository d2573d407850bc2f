"""A log as SQLite itself writes it, after a stop without `close`."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import struct
from pathlib import Path

import pytest

from optiverse_collab_server.storage.wal import LogBroken, check_log

HEADER, FRAME = 32, 24 + 4096


def crashed(folder: Path, *statements: str) -> Path:
    """A log after some statements, one transaction each, and a crash."""
    live = folder / "live"
    with contextlib.closing(sqlite3.connect(live, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        for statement in ("CREATE TABLE t (a)", *statements):
            connection.execute(statement)
        shutil.copy(folder / "live-wal", folder / "log")
        shutil.copy(live, folder / "database")
    return folder / "log"


ROWS = [f"INSERT INTO t VALUES ({number})" for number in range(6)]


def commits(log: Path) -> list[int]:
    """The numbers of the frames that end a transaction."""
    data = log.read_bytes()
    sizes = [struct.unpack_from(">I", data, at + 4)[0] for at in range(HEADER, len(data), FRAME)]
    return [number for number, size in enumerate(sizes) if size]


def test_no_log_and_an_empty_one_are_none(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert check_log(tmp_path / "missing") is False
    assert check_log(tmp_path / "empty") is False


def test_a_whole_log_is_one(tmp_path: Path) -> None:
    assert check_log(crashed(tmp_path, *ROWS)) is True


def test_a_crash_cuts_the_log_short_anywhere(tmp_path: Path) -> None:
    log = crashed(tmp_path, *ROWS)
    data = log.read_bytes()
    for length in (*range(HEADER, len(data), 611), len(data) - 1):
        log.write_bytes(data[:length])
        assert check_log(log) is True
    for length in range(len(data) - FRAME, len(data), 97):  # the last transaction was not yet on the disk
        log.write_bytes(data[:length] + b"\xa5" * (len(data) - length))
        assert check_log(log) is True


@pytest.mark.parametrize("length", [1, 31])
def test_less_than_a_header_is_damage(tmp_path: Path, length: int) -> None:
    log = crashed(tmp_path)
    log.write_bytes(log.read_bytes()[:length])
    with pytest.raises(LogBroken, match="header"):
        check_log(log)


def test_any_flipped_bit_of_the_header_is_damage(tmp_path: Path) -> None:
    log = crashed(tmp_path)
    data = log.read_bytes()
    for position in range(HEADER):
        log.write_bytes(flipped(data, position))
        with pytest.raises(LogBroken, match="header"):
            check_log(log)


def test_a_flipped_bit_in_what_was_committed_is_damage(tmp_path: Path) -> None:
    """SQLite drops everything after it silently."""
    log = crashed(tmp_path, *ROWS)
    data = log.read_bytes()
    last_but_one = commits(log)[-2]
    for position in range(HEADER, HEADER + last_but_one * FRAME, 97):
        log.write_bytes(flipped(data, position))
        with pytest.raises(LogBroken, match="before its end"):
            check_log(log)
    with contextlib.closing(sqlite3.connect(with_log(tmp_path, flipped(data, HEADER + 4 * FRAME)))) as broken:
        (rows,) = broken.execute("SELECT count(*) FROM t").fetchone()
    assert rows < len(ROWS)


def test_a_restarted_log_has_old_frames_at_its_end(tmp_path: Path) -> None:
    log = crashed(tmp_path, *ROWS, "PRAGMA wal_checkpoint(RESTART)", "INSERT INTO t VALUES (99)")
    assert len(log.read_bytes()) > HEADER + FRAME * 3
    assert check_log(log) is True
    with contextlib.closing(sqlite3.connect(with_log(tmp_path, log.read_bytes()))) as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (len(ROWS) + 1,)


def test_what_was_taken_back_is_no_damage(tmp_path: Path) -> None:
    """A large transaction is written in parts before it ends; a smaller one then overwrites it."""
    log = crashed(
        tmp_path,
        "PRAGMA cache_size=5",
        "BEGIN",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<60) "
        "INSERT INTO t SELECT zeroblob(3000) FROM n",
        "ROLLBACK",
        *ROWS,
    )
    assert len(log.read_bytes()) > HEADER + FRAME * 20
    assert check_log(log) is True


def flipped(data: bytes, position: int) -> bytes:
    """The data with one bit changed."""
    return data[:position] + bytes([data[position] ^ 0x10]) + data[position + 1 :]


def with_log(folder: Path, log: bytes) -> Path:
    """The crashed database, next to a log."""
    shutil.copy(folder / "database", folder / "again")
    (folder / "again-wal").write_bytes(log)
    return folder / "again"
