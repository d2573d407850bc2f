"""The sentences for users when the disk fails: what happened, and what to do."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from optiverse_collab.disk.failures import explained
from optiverse_collab.errors import DiskError


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "The disk with the folder F is full; free some"),
        (OSError(errno.EDQUOT, "quota"), "The disk with the folder F is full; free some"),
        (sqlite3.OperationalError("database or disk is full"), "The disk with the folder F is full; free"),
        (OSError(errno.EACCES, "denied"), "The folder F can't be written; give yourself the right"),
        (OSError(errno.EROFS, "read-only"), "The folder F can't be written; give yourself the right"),
        (sqlite3.OperationalError("unable to open database file"), "The folder F can't be written; give"),
        (OSError(errno.EIO, "I/O error"), "Using the folder F failed (I/O error); check the disk."),
        (sqlite3.OperationalError("disk I/O error"), "Using the folder F failed (disk I/O error); check"),
        (OSError("odd"), "Using the folder F failed (odd); check the disk."),
    ],
)
def test_sentence(error: OSError | sqlite3.Error, sentence: str) -> None:
    with pytest.raises(DiskError) as failed, explained(Path("F")):
        raise error
    assert str(failed.value).startswith(sentence)


def test_what_works_is_let_be() -> None:
    with explained(Path("F")):
        pass
