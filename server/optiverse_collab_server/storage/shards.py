"""A data folder with several databases: each session is in one of them, its shard, by a hash of its name."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

from optiverse_collab.disk.durable import sync_folder
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.failures import explained
from optiverse_collab_server.storage.opening import database_in
from optiverse_collab_server.storage.schema import FILE_NAME, create_database

FOLDER = "shards"
"""Has a folder for each shard; a data folder without it has one database."""

_NAME = re.compile(r"([1-9][0-9]*)-of-([1-9][0-9]*)")


def number_of(session: str, shards: int) -> int:
    """Which shard has a session, counted from 0; the same on every machine and in every version."""
    return int.from_bytes(hashlib.sha256(session.encode()).digest()[:8], "big") % shards


def shards_of(data: Path) -> list[Path]:
    """The folders of the shards; none if the data folder has one database.

    Raises:
        StorageError: one is missing, and its sessions with it; or they can't be looked for.
    """
    folder = data / FOLDER
    with explained(folder):
        found = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    counts = {int(match[2]) for name in found if (match := _NAME.fullmatch(name))}
    names = shard_names(max(counts, default=0))
    missing = [name for name in names if name not in found]
    if missing or len(counts) > 1 or (folder.is_dir() and not names):
        raise StorageError(
            f"{folder} lacks {', '.join(missing) or 'shards'}, and with it some sessions; put that back, or "
            "restore a backup."
        )
    return [folder / name for name in names]


def shard_names(shards: int) -> list[str]:
    """The names of the folders of this many shards."""
    return [f"{number}-of-{shards}" for number in range(1, shards + 1)]


def parts_of(data: Path) -> list[Path]:
    """The folders that have a database: those of the shards, or the data folder itself.

    Raises:
        StorageError: a shard is missing.
    """
    return shards_of(data) or [data]


def part_with(data: Path, session: str) -> Path:
    """The folder with the database of a session, whether there is such a session or not.

    Raises:
        StorageError: a shard is missing.
    """
    parts = parts_of(data)
    return parts[number_of(session, len(parts))]


def check_undivided(data: Path) -> None:
    """Make sure that the data folder has one database.

    Raises:
        StorageError: it has several.
    """
    if shards := len(shards_of(data)):
        raise StorageError(
            f"The sessions in {data} are divided among {shards} databases; add --workers {shards}, or run "
            "`optiverse-collab-server divide --workers 1` first."
        )


def shards_for(data: Path, workers: int) -> list[Path]:
    """The shards for some workers; made if the data folder has no database yet.

    Args:
        data: the data folder, whose lock this process holds.
        workers: how many; more than one.

    Raises:
        StorageError: there is another number of databases, one is missing, or the folder can't be written.
    """
    shards = shards_of(data)
    if not shards and not (data / FILE_NAME).exists():
        with explained(data):
            for path in new_shards(data, workers):
                create_database(path / FILE_NAME)
            shards = finish_shards(data)
    if len(shards) != workers:
        number = len(shards) or "one"
        raise StorageError(
            f"{workers} workers need as many databases, and the sessions in {data} are in {number}; run "
            f"`optiverse-collab-server divide --workers {workers}` first."
        )
    for path in shards:
        database_in(path)
    return shards


def new_shards(data: Path, shards: int) -> list[Path]:
    """Empty folders for this many shards, which count only after `finish_shards`.

    Raises:
        OSError: they can't be made.
    """
    unfinished = _unfinished(data)
    if unfinished.exists():
        shutil.rmtree(unfinished)
    paths = [unfinished / name for name in shard_names(shards)]
    for path in paths:
        path.mkdir(mode=0o700, parents=True)
    return paths


def finish_shards(data: Path) -> list[Path]:
    """From now on, the new shards are those of the data folder; durable when this returns.

    Raises:
        OSError: it can't be written.
    """
    unfinished = _unfinished(data)
    sync_folder(unfinished)
    unfinished.rename(data / FOLDER)
    sync_folder(data)
    return shards_of(data)


def _unfinished(data: Path) -> Path:
    return data / f"{FOLDER}.new"
