"""Puts a backup in the place of a data folder's database; each session continues in a new epoch (CLK-8)."""

from __future__ import annotations

import contextlib
import logging
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Parent
from optiverse_collab.errors import DatabaseDamaged
from optiverse_collab_server.storage.backup import copy_database, copy_missing
from optiverse_collab_server.storage.directory import SessionRow, read_directory
from optiverse_collab_server.storage.failures import Misfit, explained
from optiverse_collab_server.storage.lock import FolderLock, locked
from optiverse_collab_server.storage.opening import opened_to_read
from optiverse_collab_server.storage.reading import read_stored
from optiverse_collab_server.storage.replacing import name_aside, put_in_place, take_log_in
from optiverse_collab_server.storage.rows import checksum
from optiverse_collab_server.storage.schema import FILE_NAME, log_of, unfinished_name
from optiverse_collab_server.storage.shards import check_undivided, shards_for, shards_of
from optiverse_collab_server.storage.steps import finished, transaction
from optiverse_collab_server.storage.viewing import viewed
from optiverse_collab_server.storage.writing import write_parents

log = logging.getLogger("optiverse_collab_server")

Lineage = list[Parent]
"""The histories that a session continues, oldest first, and its own up to the end."""


@dataclass(frozen=True)
class Restored:
    """The outcome for a session.

    Attributes:
        session: its name.
        change: the clock at which it continues.
        time_ms: of that change, ms since 1970 UTC.
        replaced: the last clock of the replaced session; None if there was none, or it can't be read.
        damage: why it can't be served, as in the backup.
    """

    session: str
    change: int
    time_ms: int
    replaced: int | None
    damage: str | None = None


def restore_folder(backup: Path, folder: Path, also: Sequence[str] = ()) -> tuple[list[Restored], list[Path]]:
    """Restore a backup.

    Args:
        backup: a data folder that `backup.copy_folder` made, or another one.
        folder: the server's, which is made if there is none.
        also: names of other parts that are taken from the backup, if the folder lacks them.

    Returns:
        The outcome for each session of the backup; and the places of the replaced databases, if there were
        any.

    Raises:
        DataFolderInUse: a server has the folder.
        DatabaseDamaged: the backup can't be trusted as a whole; nothing has changed.
        StorageError: the backup can't be read, or the folder not be written; nothing has changed.
    """
    with explained(folder), contextlib.ExitStack() as stack:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = stack.enter_context(locked(folder))
        pairs = _pairs(backup, folder)
        locks = [lock if part == folder else stack.enter_context(locked(part)) for _, part in pairs]
        files = [part / FILE_NAME for _, part in pairs]
        try:
            restored: list[Restored] = []
            for (source, part), lock in zip(pairs, locks, strict=True):
                restored += _prepare(source, part, lock)
            copy_missing(backup, folder, also)
            aside = [
                _replace(unfinished_name(file), file, lock) for file, lock in zip(files, locks, strict=True)
            ]
        except BaseException:
            for file in files:
                unfinished_name(file).unlink(missing_ok=True)
            raise
        return sorted(restored, key=lambda one: one.session), [one for one in aside if one is not None]


def _pairs(backup: Path, folder: Path) -> list[tuple[Path, Path]]:
    """The folders with a database of the backup, and for each the one that gets it.

    Raises:
        StorageError: the data folder is divided in another way, or can't be written.
    """
    shards = shards_of(backup)
    if shards:
        return list(zip(shards, shards_for(folder, len(shards)), strict=True))
    check_undivided(folder)
    return [(backup, folder)]


def _prepare(backup: Path, folder: Path, lock: FolderLock) -> list[Restored]:
    """Make the database that will be in the place of a folder's.

    Raises:
        DatabaseDamaged: the backup can't be trusted as a whole.
        StorageError: the backup can't be read, or the folder not be written.
    """
    unfinished = unfinished_name(folder / FILE_NAME)
    with explained(unfinished):
        unfinished.unlink(missing_ok=True)
        with viewed(backup) as view:
            copy_database(view, unfinished)
        return _continue_all(unfinished, _lineages(folder, lock))


def _lineages(folder: Path, lock: FolderLock) -> dict[str, Lineage]:
    """Those of the sessions that are in the folder, as far as they can be read.

    Raises:
        StorageError: the existing file is not our database.
    """
    found: dict[str, Lineage] = {}
    if not (folder / FILE_NAME).exists():
        return found
    with contextlib.suppress(DatabaseDamaged), opened_to_read(folder, lock) as connection:
        for name, session in read_directory(connection, folder / FILE_NAME).sessions.items():
            with contextlib.suppress(Misfit):
                found[name] = _lineage(connection, session)
    return found


def _lineage(connection: sqlite3.Connection, session: SessionRow) -> Lineage:
    stored = finished(read_stored(connection, session))
    history = History(stored.snapshot, stored.names, stored.entries)
    return [*history.parents, Parent(history.epoch, history.clock, history.time_ms)]


def _siblings(end: Parent, replaced: Lineage) -> Lineage:
    """The replaced histories that also have the backup's changes, up to their branching point."""
    epochs = [one.epoch for one in replaced]
    if end.epoch not in epochs:
        return []
    at = epochs.index(end.epoch)
    shared = min([end, *replaced[at:-1]], key=lambda one: one.clock)
    return [Parent(one.epoch, shared.clock, shared.time_ms) for one in replaced[at + 1 :]]


def _replace(unfinished: Path, file: Path, lock: FolderLock) -> Path | None:
    """Put a database in its place; returns the place of the old one, if there was one."""
    aside = name_aside(file, "replaced")
    was_there = file.exists()
    # As when a server stops: a missing log counts as damage only while there is a holder.
    lock.forget_holder()
    if was_there:
        try:
            take_log_in(file)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # it is damaged: that may be the reason for the restore
            log.warning("%s is damaged", file)
    if log_of(file).exists():
        log_of(file).rename(log_of(aside))
    put_in_place(unfinished, file, aside)
    return aside if was_there else None


def _continue_all(file: Path, replaced: dict[str, Lineage]) -> list[Restored]:
    """Let all sessions of a database continue in another epoch."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")  # this counts only once the file has its name
        sessions = read_directory(connection, file).sessions
        with transaction(connection):
            return [
                _continue(connection, sessions[name], replaced.get(name, [])) for name in sorted(sessions)
            ]


def _continue(connection: sqlite3.Connection, session: SessionRow, replaced: Lineage) -> Restored:
    last = replaced[-1].clock if replaced else None
    try:
        end = _lineage(connection, session)[-1]
    except Misfit as misfit:
        return Restored(session.name, 0, 0, last, str(misfit))
    chunk = session.chunk
    assert chunk is not None
    parents = [*_siblings(end, replaced), end]
    write_parents(connection, chunk, parents)
    session = replace(session, epoch=secrets.token_hex(16))
    connection.execute(
        "UPDATE session SET epoch=?, checksum=? WHERE key=?",
        (session.epoch, checksum(session.columns), session.key),
    )
    return Restored(session.name, end.clock, end.time_ms, last)
