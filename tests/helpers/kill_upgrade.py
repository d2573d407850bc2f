"""Upgrades a database again and again, killed one line later each time, until an upgrade gets to its end.

python -m tests.helpers.kill_upgrade FOLDER STEP MODULE…

The first attempt is killed at once, the second after STEP lines of these modules of
`optiverse_collab_server.storage`, the third after twice as many, and so on. Prints the version of the
database after each.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from optiverse_collab_server.storage.lock import FolderLock
from optiverse_collab_server.storage.opening import open_database
from optiverse_collab_server.storage.schema import FILE_NAME
from tests.helpers.processes import ends_well


class _Killer:
    """A trace function that ends the process after a number of lines."""

    def __init__(self, lines: int, modules: list[str]) -> None:
        self._left = lines
        self._files = {f"{module}.py" for module in modules}

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:
        if Path(frame.f_code.co_filename).name not in self._files:
            return None
        if event == "line":
            self._left -= 1
            if self._left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


def attempt(folder: Path, lines: int, modules: list[str]) -> bool:
    """Upgrade in a process of its own; returns whether it finished."""

    def upgrade() -> None:
        lock = FolderLock(folder)
        sys.settrace(_Killer(lines, modules))
        open_database(folder, lock).close()

    return ends_well(upgrade)


def version(folder: Path) -> int:
    """The format of the database."""
    with contextlib.closing(
        sqlite3.connect(f"{(folder / FILE_NAME).as_uri()}?mode=ro", uri=True)
    ) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


if __name__ == "__main__":
    place, step, *names = Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]
    lines = 0
    while not attempt(place, lines, names):
        sys.stdout.write(f"{version(place)}\n")
        lines += step
    sys.stdout.write(f"{version(place)}\n")
