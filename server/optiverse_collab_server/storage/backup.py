"""Copies a data folder while a server may be using it."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from optiverse_collab.disk.durable import write_private
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.failures import explained
from optiverse_collab_server.storage.replacing import put_in_place, sync_file
from optiverse_collab_server.storage.schema import FILE_NAME, unfinished_name
from optiverse_collab_server.storage.shards import finish_shards, new_shards, shards_of
from optiverse_collab_server.storage.viewing import View, viewed


def copy_folder(folder: Path, to: Path, also: Sequence[str] = ()) -> None:
    """Copy everything that a server needs; the copy is itself a data folder, and durable.

    Args:
        folder: the data folder.
        to: a folder that is not there, or empty.
        also: names of other parts, if they exist: files, folders, and databases (``.db``).

    Raises:
        DatabaseDamaged: the database can't be trusted as a whole.
        StorageError: the original can't be read or the copy not be written; a partial copy is deleted.
    """
    with explained(to):
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(to.iterdir()):
            raise StorageError(f"{to} is not empty; give a new folder for the backup.")
    shards = shards_of(folder)
    with _deleted_if_unfinished(to), explained(to):
        copy_missing(folder, to, also)
        if not shards:
            _copy_part(folder, to)
            return
        for shard, copy in zip(shards, new_shards(to, len(shards)), strict=True):
            _copy_part(shard, copy)
        finish_shards(to)


def _copy_part(part: Path, to: Path) -> None:
    """Copy the database of a folder into another one.

    Raises:
        DatabaseDamaged: it can't be trusted as a whole.
        StorageError: it can't be read.
        sqlite3.Error, OSError: the copy can't be written.
    """
    file = to / FILE_NAME
    with viewed(part) as view, explained(file):
        copy_database(view, unfinished_name(file))
        put_in_place(unfinished_name(file), file, aside=file)


@contextlib.contextmanager
def _deleted_if_unfinished(folder: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def copy_missing(folder: Path, to: Path, names: Sequence[str]) -> None:
    """Copy files missing in the other folder, readable only for this user; on disk when this returns.

    Raises:
        sqlite3.Error, OSError: it can't be read or written.
    """
    for name in names:
        source, target = folder / name, to / name
        if not source.exists() or target.exists():
            continue
        if source.is_dir():
            shutil.copytree(source, target, copy_function=_copy_file)
        elif source.suffix == ".db":
            _copy_while_in_use(source, target)
        else:
            _copy_file(source, target)


def _copy_file(source: str | Path, target: str | Path) -> None:
    write_private(Path(target), Path(source).read_bytes())


def _copy_while_in_use(source: Path, target: Path) -> None:
    """Copy a small database as of one moment, even while somebody writes to it."""
    address = f"{source.absolute().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(address, uri=True, timeout=5)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    target.chmod(0o600)
    sync_file(target)


def copy_database(view: View, to: Path) -> None:
    """Copy the viewed state to a new file.

    Raises:
        sqlite3.Error, OSError: it can't be written.
    """
    view.connection.execute("COMMIT")  # VACUUM reads its own snapshot of one moment
    view.connection.execute("VACUUM INTO ?", (str(to),))
    to.chmod(0o600)
