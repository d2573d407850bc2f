"""Where the copy of a bench goes before it is replaced: somewhere its user finds it, over nothing else."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from PyQt6.QtCore import QStandardPaths

from optiverse_collab.errors import BenchFileError
from optiverse_collab.host.api import Host

FOLDER = "Optiverse copies"


def copy_path(session: str, now: datetime) -> Path:
    """A file that is not there yet, in the user's documents; its name tells when and why.

    Args:
        session: name of the session that the bench makes room for.
        now: local time.
    """
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    folder = Path(documents or Path.home()) / FOLDER
    # What no file system refuses, so short that the whole path fits on Windows.
    name = re.sub(r"[^\w .-]", "_", session)[:40].strip(" .") or "session"
    stem = f"{now:%Y-%m-%d %H.%M.%S} before joining {name}"
    path, number = folder / f"{stem}.json", 1
    while path.exists():
        number += 1
        path = folder / f"{stem} ({number}).json"
    return path


def save_copy(host: Host, path: Path) -> None:
    """Write a host's bench to `path`, whose folder is made where it is missing.

    Raises:
        BenchFileError: it can't be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BenchFileError(
            f"The folder {path.parent} can't be made: {error.strerror or error}; make it, and try again."
        ) from None
    host.save_copy(path)
