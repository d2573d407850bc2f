"""Saves a copy of a bench before it is replaced, where its user finds it and nothing is overwritten."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from PyQt6.QtCore import QStandardPaths

from optiverse_collab.convert import bench_from_records, write_bench
from optiverse_collab.core.records import Record
from optiverse_collab.errors import BenchFileError
from optiverse_collab.host.api import Host
from optiverse_collab.wording import copies as wording


def copy_path(why: str, session: str, now: datetime) -> Path:
    """A new file in the user's documents; its name says when and why.

    Args:
        why: one of the reasons in `wording.copies`.
        session: name of the session that it was about.
        now: local time.
    """
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    folder = Path(documents or Path.home()) / wording.FOLDER
    # What no file system refuses, so short that the whole path fits on Windows.
    name = re.sub(r"[^\w .-]", "_", session)[:40].strip(" .") or "session"
    stem = wording.file_name(f"{now:%Y-%m-%d %H.%M.%S}", why, name)
    path, number = folder / f"{stem}.json", 1
    while path.exists():
        number += 1
        path = folder / f"{stem} ({number}).json"
    return path


def save_copy(write: Callable[[Path], None], path: Path) -> None:
    """Let `write` write a bench to `path`, and make its folder if needed.

    Raises:
        BenchFileError: it can't be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BenchFileError(
            f"The folder {path.parent} can't be made: {error.strerror or error}; make it, and try again."
        ) from None
    write(path)


def save_own(host: Host, path: Path) -> None:
    """Save a window's bench before the session's bench replaces it.

    Raises:
        BenchFileError: it can't be written.
    """
    save_copy(host.save_copy, path)
    host.log("INFO", wording.own_saved(str(path)))


def save_records(records: Mapping[str, Record], path: Path) -> None:
    """Write a bench to `path`, and make its folder if needed.

    Raises:
        BenchFileError: it can't be written.
    """
    save_copy(lambda path: write_bench(path, bench_from_records(records)), path)


def save_session(host: Host, records: Mapping[str, Record], path: Path) -> bool:
    """Save a session's bench before it is replaced for everybody; returns whether that worked."""
    try:
        save_records(records, path)
    except BenchFileError as error:
        host.log("ERROR", wording.session_kept(str(error)))
        return False
    host.log("INFO", wording.session_saved(str(path)))
    return True
