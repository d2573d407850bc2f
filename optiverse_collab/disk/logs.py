"""Log files: only their user can read them (mode 0600), and long ones are rotated."""

from __future__ import annotations

import os
from io import FileIO
from pathlib import Path

FILE_BYTES = 2**20
"""A longer file is rotated; one old file is kept."""

_FORMER = ".1.log"


def append_to(path: Path) -> FileIO:
    """Open a log; creates it and its folder.

    Raises:
        OSError: it can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    return open(path, "ab", buffering=0, opener=_open_private)


def set_aside(path: Path) -> None:
    """Rotate a log, so that the next line starts a new one.

    Raises:
        OSError: it can't be renamed.
    """
    os.replace(path, path.with_suffix(_FORMER))


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
