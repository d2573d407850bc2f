"""Turns errors of the operating system into sentences for the editor's user."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from optiverse_collab.errors import DiskError

_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def failure(error: OSError | sqlite3.Error, folder: Path) -> DiskError:
    """A sentence about an error in `folder`, and what to do about it."""
    number = error.errno if isinstance(error, OSError) else None
    text = str(error)
    if number in _FULL or "is full" in text:
        return DiskError(f"The disk with the folder {folder} is full; free some space on it.")
    if number in _FORBIDDEN or "readonly" in text or "unable to open" in text:
        return DiskError(f"The folder {folder} can't be written; give yourself the right to write there.")
    detail = error.strerror if isinstance(error, OSError) and error.strerror else text
    return DiskError(f"Using the folder {folder} failed ({detail}); check the disk.")


@contextlib.contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn errors of SQLite or the operating system about `folder` into a `DiskError`."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise failure(error, folder) from error
