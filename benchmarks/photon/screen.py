"""A screen whose pixels can be read while programs paint them, with a mouse: Xvfb and xdotool."""

from __future__ import annotations

import mmap
import os
import re
import shutil
import struct
import subprocess
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import IO

NEEDED = ("Xvfb", "xdotool")
"""The programs, on Debian in packages ``xvfb`` and ``xdotool``."""


def missing() -> list[str]:
    """The programs that are not installed."""
    return [name for name in NEEDED if shutil.which(name) is None]


class Screen:
    """The screen, inside a ``with`` block.

    Args:
        width: in pixels.
        height: the same.

    Attributes:
        display: its name, for the environment of programs.
    """

    def __init__(self, width: int, height: int) -> None:
        self._size = f"{width}x{height}x24"
        self._cleanup = ExitStack()
        self.display = ""

    def __enter__(self) -> Screen:
        """Start it."""
        folder = self._cleanup.enter_context(TemporaryDirectory())
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", self._size, "-fbdir", folder]
        self._start([*command, "-nolisten", "tcp"], keeps=(write,))
        os.close(write)
        with os.fdopen(read, encoding="ascii") as number:
            self.display = f":{number.readline().strip()}"
        with (Path(folder) / "Xvfb_screen0").open("rb") as file:
            self._file = self._cleanup.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        header = struct.unpack(">25I", self._file[:100])  # XWDFileHeader of X11/XWDFile.h
        self._begin, self._line = header[0] + 12 * header[19], header[12]
        self._mouse = self._start(["xdotool", "-"], DISPLAY=self.display)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End it."""
        self._cleanup.close()

    def _start(self, command: list[str], keeps: tuple[int, ...] = (), **environment: str) -> IO[str]:
        """Start a program that ends with the screen; returns its standard input."""
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            pass_fds=keeps,
            env={**os.environ, **environment},
        )
        self._cleanup.callback(process.wait)
        self._cleanup.callback(process.terminate)
        assert process.stdin is not None
        self._cleanup.callback(process.stdin.close)
        return process.stdin

    def move(self, x: int, y: int) -> None:
        """Move the mouse."""
        self._do(f"mousemove {x} {y}")

    def press(self) -> None:
        """Press the left button."""
        self._do("mousedown 1")

    def release(self) -> None:
        """Release it."""
        self._do("mouseup 1")

    def find(self, colour: bytes, y: int, left: int, right: int) -> int | None:
        """Where two pixels next to each other first have a colour; None if it is nowhere.

        Args:
            colour: blue, green and red.
            y: the line of pixels.
            left: where to begin.
            right: where to end.
        """
        begin = self._begin + y * self._line
        pixels = self._file[begin + 4 * left : begin + 4 * right]
        two = re.compile(re.escape(colour) + b"." + re.escape(colour), re.DOTALL)  # the fourth byte is unused
        starts = (match.start() for match in two.finditer(pixels))
        return next((left + start // 4 for start in starts if start % 4 == 0), None)

    def _do(self, command: str) -> None:
        self._mouse.write(command + "\n")
        self._mouse.flush()
