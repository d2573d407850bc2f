"""Lines on the terminal: written at once, and printable whatever the terminal's encoding is."""

from __future__ import annotations

import logging
import sys
from datetime import datetime
from io import TextIOWrapper
from typing import TextIO


def set_up() -> None:
    """Make every text printable on any terminal, and show warnings."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)


def write_line(line: str, stream: TextIO | None = None) -> None:
    """Write a line and flush it; to standard output if no stream is given."""
    stream = stream or sys.stdout
    stream.write(f"{line}\n")
    stream.flush()


def write_timed_line(line: str) -> None:
    """Write a line to standard output, with the local time in front."""
    write_line(f"{datetime.now().astimezone():%H:%M:%S} {line}")
