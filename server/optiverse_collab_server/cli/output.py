"""The output of commands: lines for people, or JSON for programs."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add ``--json`` to a command's arguments."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def write_line(line: str) -> None:
    """Write a line to standard output, and flush it."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # the terminal may lack a character
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def write_json(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """Write a value as one line of JSON; with non-ASCII characters escaped."""
    write_line(json.dumps(value))
