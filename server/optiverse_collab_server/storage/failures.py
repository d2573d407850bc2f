"""Errors of the operating system and SQLite, as one sentence for the server's operator."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from optiverse_collab.errors import DatabaseDamaged, StorageError

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)

# Python 3.10 gives no error codes, so the causes are recognised by SQLite's texts (sqlite3_errstr), which
# don't change from release to release.
_FULL = "The disk that holds {path} is full; free some space on it, then try again."
_CAUSES = {
    "database or disk is full": _FULL,
    "readonly database": "{path} can't be written; let the user who runs the server write there, or choose "
    "another data folder.",
    "unable to open database file": "{path} can't be opened; let the user who runs the server read and write "
    "there, or choose another data folder.",
    "database is locked": "Another program is writing to {path}; close that program, then try again.",
    "disk I/O error": "Using {path} failed; check the disk and the system's log, then try again.",
}
_DAMAGE = ("malformed", "file is not a database", "Could not decode")


class Misfit(Exception):
    """The stored data of a session is not what was written; says where. Becomes a `DatabaseDamaged`."""


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn errors of SQLite or the operating system about `path` into a `StorageError`."""
    try:
        yield
    except sqlite3.Error as error:
        raise failure(error, path) from error
    except (FileExistsError, NotADirectoryError) as error:
        raise StorageError(f"{path} is a file, or lies in one; choose a folder.") from error
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise StorageError(_FULL.format(path=path)) from error
        first = (
            "let the user who runs the server write there" if error.errno in _FORBIDDEN else "check the disk"
        )
        raise StorageError(
            f"{path} can't be used ({error.strerror}); {first}, or choose another data folder."
        ) from error


def failure(error: sqlite3.Error, path: Path) -> StorageError:
    """The sentence for an error of SQLite about the database at `path`."""
    text = str(error)
    if any(part in text for part in _DAMAGE):
        return damaged(path, text)
    for part, sentence in _CAUSES.items():
        if part in text:
            return StorageError(sentence.format(path=path))
    return StorageError(f"{path} can't be used ({text}); check the file and the server's version.")


def damaged(path: Path, detail: str) -> DatabaseDamaged:
    """The error for a database that can't be trusted as a whole."""
    return DatabaseDamaged(
        f"The database {path} is damaged ({detail}) and was left unchanged; keep a copy of its folder, "
        "then restore a backup."
    )


def session_damaged(path: Path, session_id: str, detail: str) -> DatabaseDamaged:
    """The error for one session whose rows can't be trusted."""
    return DatabaseDamaged(
        f"Session {session_id!r} in {path} is damaged ({detail}) and was left unchanged; keep a copy of the "
        "folder, then restore a backup."
    )
