"""The output of another program, in a file, so that the program can outlive us."""

from __future__ import annotations

from io import FileIO
from pathlib import Path

from optiverse_collab.disk import logs


class OutputFile:
    """A log that a process appends to, while we read along.

    Args:
        path: the file; it is created, with its folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = 0
        self._rest = b""

    def opened(self) -> FileIO:
        """The file, for the process to append to; `new_lines` starts after its present content.

        Raises:
            OSError: it can't be written.
        """
        if self.path.exists() and self.path.stat().st_size > logs.FILE_BYTES:
            logs.set_aside(self.path)
        file = logs.append_to(self.path)
        self._read, self._rest = file.tell(), b""
        return file

    def new_lines(self) -> list[str]:
        """The complete lines written since the last call, without empty ones."""
        try:
            with open(self.path, "rb") as file:
                file.seek(self._read)
                found = file.read()
        except OSError:
            return []
        self._read += len(found)
        *lines, self._rest = (self._rest + found).split(b"\n")
        return [text for line in lines if (text := line.decode("utf-8", "replace").strip())]
