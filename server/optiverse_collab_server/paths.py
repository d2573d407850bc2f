"""The path of a WebSocket: ``/ws/{session_id}/{user_id}`` (MSG-4)."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote

from optiverse_collab.core.limits import Limits


class Place(NamedTuple):
    """Where a connection wants to go."""

    session_id: str
    user_id: str


class PathRefused(Exception):
    """No such place; the text is a sentence for whoever asked."""


def parse_path(path: str, limits: Limits) -> Place:
    """Read the path of a request; a query string is ignored.

    Raises:
        PathRefused: it is not the path of a session.
    """
    parts = path.split("?", 1)[0].split("/")
    if len(parts) != 4 or parts[0] or parts[1] != "ws":
        raise PathRefused(
            "This is an Optiverse Collaboration Server; connect a WebSocket to /ws/SESSION/USER."
        )
    names = []
    for part, what in zip(parts[2:], ("session", "user"), strict=True):
        try:
            name = unquote(part, errors="strict")
        except UnicodeDecodeError:
            raise PathRefused(f"The name of the {what} is not UTF-8; percent-encode it as such.") from None
        if not name:
            raise PathRefused(f"The name of the {what} is empty; connect to /ws/SESSION/USER.")
        if len(name) > limits.id_chars:
            raise PathRefused(
                f"The name of the {what} has {len(name)} characters; at most {limits.id_chars} may be."
            )
        names.append(name)
    return Place(*names)
