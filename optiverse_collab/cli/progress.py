"""Progress on a terminal, when something takes long."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TextIO

PATIENCE_S = 0.5
"""Shorter work needs no progress."""

EVERY_S = 0.1


class ProgressLine:
    """One line with the progress of something, inside a ``with`` block; nothing without a terminal.

    Args:
        doing: the activity: ``Receiving``.
        stream: where to print it.
        things: what is done, one after the other.
    """

    def __init__(self, doing: str, stream: TextIO, things: str = "records") -> None:
        self._doing = doing
        self._things = things
        self._stream = stream
        self._next_s = time.monotonic() + PATIENCE_S if stream.isatty() else float("inf")
        self._width = 0

    def __call__(self, done: int, total: int) -> None:
        """`done` of `total` things are done."""
        now = time.monotonic()
        if now < self._next_s:
            return
        self._next_s = now + EVERY_S
        self._write(f"{self._doing} {done} of {total} {self._things} ({100 * done // max(total, 1)} %)")

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Remove the line."""
        if self._width:
            self._write("")

    def _write(self, text: str) -> None:
        self._stream.write(f"\r{text:{self._width}}{'' if text else chr(13)}")
        self._stream.flush()
        self._width = len(text)
