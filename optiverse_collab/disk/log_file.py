"""The log of one run of an editor, in a file: a host's own log only keeps a thousand lines in memory.

A thread writes the lines, so that nobody waits for the disk. Lines that can't be written are dropped.
"""

from __future__ import annotations

import contextlib
import logging
import os
from datetime import datetime
from io import FileIO
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from optiverse_collab.disk import logs

KEPT = 20
"""How many files of earlier runs are kept."""

WAITING = 10_000
"""How many lines wait for a disk that doesn't answer; further ones are dropped."""

CLOSE_S = 1.0
"""How long closing waits for the disk."""

_PREFIX = "collaboration-"


class LogFile(logging.Handler):
    """Appends records of `logging` to a file that only its user can read (mode 0600).

    Args:
        folder: where earlier logs are, and where the file is created with the first record.

    Attributes:
        path: the file; each run has its own, so that two editors never write to the same.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        started = datetime.now().astimezone()
        self.path = folder / f"{_PREFIX}{started:%Y%m%d-%H%M%S}-{os.getpid()}.log"
        self.setFormatter(
            logging.Formatter("%(asctime)s.%(msecs)03d %(levelname)-7s %(message)s", "%Y-%m-%d %H:%M:%S")
        )
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._file: FileIO | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Queue a record for the thread."""
        if self._lines.qsize() < WAITING:
            self._lines.put(f"{self.format(record)}\n".encode("utf-8", "replace"))
        if self._thread is None:
            self._thread = Thread(target=self._run, name="collaboration log", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Write the queued lines, if the disk answers soon, and end the thread."""
        super().close()
        thread, self._thread = self._thread, None
        if thread is not None:
            self._lines.put(None)
            thread.join(CLOSE_S)

    # In the thread

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            self._prune()
        while (line := self._lines.get()) is not None:
            lines = [line]
            with contextlib.suppress(Empty):
                while (line := self._lines.get_nowait()) is not None:
                    lines.append(line)
            self._write(b"".join(lines))
            if line is None:
                break
        self._close_file()

    def _prune(self) -> None:
        """Make room for this run's file."""
        files = sorted(self.path.parent.glob(f"{_PREFIX}*.log"), key=lambda file: file.stat().st_mtime)
        for file in files[:-KEPT]:
            with contextlib.suppress(OSError):  # another editor may use it, on Windows
                file.unlink()

    def _write(self, text: bytes) -> None:
        try:
            if self._file is None:
                self._file = logs.append_to(self.path)
            self._file.write(text)
            if self._file.tell() > logs.FILE_BYTES:
                self._close_file()
                logs.set_aside(self.path)
        except OSError:
            self._close_file()

    def _close_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()
