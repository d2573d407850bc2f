"""One server per data folder, and whether the last one stopped cleanly."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec

from optiverse_collab.disk.durable import sync_folder
from optiverse_collab.disk.lock import AlreadyLocked, FileLock
from optiverse_collab.errors import DataFolderInUse
from optiverse_collab_server.storage.failures import explained

LOCK_NAME = "server.lock"
HOLDER_NAME = "server.json"


class Holder(msgspec.Struct, frozen=True):
    """Who holds a data folder.

    Attributes:
        pid: the server's process.
        host: the name of its machine.
    """

    pid: int
    host: str


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[FolderLock]:
    """Use a data folder briefly.

    Raises:
        DataFolderInUse: a server has it.
        StorageError: the folder can't be written.
    """
    lock = FolderLock(folder)
    try:
        yield lock
    finally:
        lock.release()


class FolderLock:
    """The right to use a data folder, from construction to `release`.

    It ends with the process, in any way (docs/decisions/0011-data-folder-lock.md).

    Attributes:
        interrupted: the last holder did not reach `forget_holder`, and neither did this one yet.

    Raises:
        DataFolderInUse: another process, or another lock in this one, has the folder.
        StorageError: the folder can't be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._holder = folder / HOLDER_NAME
        file = folder / LOCK_NAME
        with explained(file):
            try:
                self._lock = FileLock(file)
            except AlreadyLocked as locked:
                raise self._in_use() from locked
        self.interrupted = self._holder.exists()

    def note_holder(self) -> None:
        """Record that this process uses the folder.

        Raises:
            OSError: the folder can't be written.
        """
        self._holder.write_bytes(msgspec.json.encode(Holder(os.getpid(), socket.gethostname())))

    def forget_holder(self) -> None:
        """Record that this process stopped cleanly; on disk when this returns.

        Raises:
            OSError: the folder can't be written.
        """
        self._holder.unlink(missing_ok=True)
        sync_folder(self._folder)
        self.interrupted = False

    def release(self) -> None:
        """Release the folder."""
        self._lock.release()

    def _in_use(self) -> DataFolderInUse:
        who = "another server"
        with contextlib.suppress(OSError, msgspec.DecodeError):
            holder = msgspec.json.decode(self._holder.read_bytes(), type=Holder)
            who = f"the server with process id {holder.pid} on {holder.host}"
        return DataFolderInUse(
            f"The data folder {self._folder} is in use by {who}; stop that one, or choose another folder."
        )
