"""Paths that came from others, in a form that names no file of this computer.

Whoever shares a bench shares paths: of images, of linked files. A host opens what a path names, and writes
to it: a file of the user's, a device, a server that asks for a password. So a host gets a stand-in, one
name that only says what the path was, unless the user's own libraries have the file.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

FOLDER = "@elsewhere/"
"""Before the stand-in; no editor has such a folder."""

_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
"""Names that mean a device on Windows, in any folder."""


def stand_in(path: str) -> str:
    """Text that stands for `path`, and has it in it percent-encoded."""
    name = quote(path, safe=" ")
    return FOLDER + (name if name.strip(".") else name.replace(".", "%2E"))


def original(path: str) -> str:
    """The path that a stand-in stands for; any other text unchanged."""
    if not path.startswith(FOLDER):
        return path
    meant = unquote(path[len(FOLDER) :])
    return meant if stand_in(meant) == path else path


def stays_below(path: str) -> bool:
    """Whether a path leads to something below the folder it starts from, on every system."""
    return all(map(_is_plain, path.split("/")))


def _is_plain(name: str) -> bool:
    return bool(name.strip(". ")) and not _DEVICE.fullmatch(name) and not any(c in "\\:\0" for c in name)
