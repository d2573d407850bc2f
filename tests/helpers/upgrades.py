"""Folders with a database of format 1, for tests of its upgrade."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path

from optiverse_collab.core.server.history import History
from optiverse_collab_server.storage.check import check_folder
from optiverse_collab_server.storage.lock import HOLDER_NAME
from optiverse_collab_server.storage.schema import FILE_NAME
from optiverse_collab_server.storage.steps import finished
from tests.helpers.format1 import OldSession, write_database
from tests.helpers.storage import database

BACKUP = "sessions-format-1.sqlite3"
"""The name of the old file, once it is upgraded."""


def histories(folder: Path) -> dict[str, History]:
    """Every session of a folder, from its newest chunk; fails if a check finds a fault."""
    with database(folder) as made:
        loaded = {name: finished(made.load(name)) for name in finished(made.names())}
    assert all(report.faults == [] for report in check_folder(folder))
    return {
        name: History(stored.snapshot, stored.names, stored.entries)
        for name, stored in loaded.items()
        if stored is not None
    }


def example() -> OldSession:
    """A session with a snapshot and entries."""
    session = OldSession("epoch-1")
    for number in range(400):
        put = {
            "op": "put",
            "id": f"item-{number}",
            "kind": "component",
            "props": {"pos": [number, 0.5], "n": 1},
        }
        session.accept("client-a", "Ann", number, [put])
        if number % 5 == 0:
            session.accept("client-b", "Bob", number, [{"op": "remove", "id": f"item-{number}"}])
    session.take_snapshot()
    for number in range(300):
        ops = [{"op": "put", "id": f"item-{number}", "kind": "component", "props": {"pos": [number, 1.5]}}]
        session.accept("client-c", "Ann", 1000 + number, ops)
    return session


def crash(folder: Path, session: OldSession, script: str = "") -> None:
    """Leave a folder like an old server that was killed: half of the entries are only in its log.

    The script runs before that.
    """
    live = folder / "live"
    late, session.entries = session.entries[150:], session.entries[:150]
    write_database(live, [("bench", session)])
    session.entries = late
    with contextlib.closing(sqlite3.connect(live / FILE_NAME, isolation_level=None)) as connection:
        connection.executescript(script)
        for row in session.rows(1)[2]:
            connection.execute("INSERT INTO log VALUES (?,?,?,?,?)", row)
        for name in (FILE_NAME, f"{FILE_NAME}-wal"):
            shutil.copy(live / name, folder / name)
    shutil.rmtree(live)
    (folder / HOLDER_NAME).write_bytes(b'{"pid":1,"host":"somewhere"}')


def files(folder: Path) -> dict[str, bytes]:
    """All files in a folder that could be lost."""
    return {file.name: file.read_bytes() for file in folder.glob("sessions*")}
