"""Others' paths, in a form that names no file on this computer.

A shared bench contains paths: of images, of linked files. A host opens the file at a path, and writes to
it, even if it is a private file, a device, or a server that asks for a password. So unless the user's own
libraries have the file, a host gets a stand-in: a name that only records the path.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

FOLDER = "@elsewhere/"
"""The prefix of a stand-in; no editor has such a folder."""

_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
"""Names that mean a device on Windows, in any folder."""


def stand_in(path: str) -> str:
    """The stand-in for `path`, which contains it percent-encoded."""
    name = quote(path, safe=" ")
    return FOLDER + (name if name.strip(".") else name.replace(".", "%2E"))


def original(path: str) -> str:
    """The path in a stand-in; any other text unchanged."""
    if not path.startswith(FOLDER):
        return path
    meant = unquote(path[len(FOLDER) :])
    return meant if stand_in(meant) == path else path


def stays_below(path: str) -> bool:
    """Whether a path stays below the folder it starts from, on every system."""
    return all(map(_is_plain, path.split("/")))


def _is_plain(name: str) -> bool:
    return bool(name.strip(". ")) and not _DEVICE.fullmatch(name) and not any(c in "\\:\0" for c in name)
