"""One replica's file on disk: appended to, synced, and replaced by a new one."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from optiverse_collab.core.client.journal import Entry
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.disk.durable import sync_folder
from optiverse_collab.disk.file_format import MAGIC, Owner, more, new_file
from optiverse_collab.disk.frames import Frames

_FLAGS = os.O_WRONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_RETRIES_ON_WINDOWS, _BETWEEN_S = 5, 0.05
"""Windows can't replace a file while a virus scanner has it open."""

_RETRIES = _RETRIES_ON_WINDOWS if os.name == "nt" else 0


class ReplicaFile:
    """Writes one file. After any `OSError`, only `replace` works.

    Args:
        path: the file; its folder exists.

    Attributes:
        path: as given.
        is_open: whether entries can be appended.
        unsynced: whether a power cut could lose something.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unsynced = False
        self._descriptor: int | None = None
        self._frames = Frames(MAGIC)

    @property
    def is_open(self) -> bool:
        """Whether entries can be appended."""
        return self._descriptor is not None

    def replace(self, owner: Owner, saved: Saved) -> None:
        """Write a copy of a replica to a new file, sync it, and replace the old one by it.

        Raises:
            OSError: it failed; the old file is unchanged.
        """
        new = self.path.with_suffix(".new")
        frames = Frames(MAGIC)
        try:
            with open(os.open(new, _FLAGS | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.writelines(new_file(owner, saved, frames))
                file.flush()
                os.fsync(file.fileno())
            self.close()  # Windows replaces no open file
            _replace(new, self.path)
        except OSError:
            self.close()
            with contextlib.suppress(OSError):
                new.unlink()  # it may be filling the disk
            raise
        sync_folder(self.path.parent)
        self._descriptor = os.open(self.path, _FLAGS | os.O_APPEND)
        self._frames = frames

    def append(self, entries: Iterable[Entry]) -> None:
        """Append entries to the journal: they survive the process now, and a power cut once they are synced.

        Raises:
            OSError: it failed.
        """
        assert self._descriptor is not None, "replace it first"
        data = memoryview(b"".join(more(entries, self._frames)))
        with self._closed_on_error():
            while data:
                data = data[os.write(self._descriptor, data) :]
            self.unsynced = True

    def sync(self) -> None:
        """Sync, so that the entries survive a power cut.

        Raises:
            OSError: it failed.
        """
        if self._descriptor is not None and self.unsynced:
            with self._closed_on_error():
                os.fsync(self._descriptor)
                self.unsynced = False

    def close(self) -> None:
        """Stop appending."""
        self.unsynced = False
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(descriptor)

    @contextlib.contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        """Nothing can be appended after half an entry."""
        try:
            yield
        except OSError:
            self.close()
            raise


def _replace(new: Path, old: Path) -> None:
    for _ in range(_RETRIES):
        with contextlib.suppress(PermissionError):
            os.replace(new, old)
            return
        time.sleep(_BETWEEN_S)
    os.replace(new, old)
