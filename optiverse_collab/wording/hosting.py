"""The question when a user closes a hosting editor. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.wording.attendance import some

TITLE = "Others are in your session"
KEEP = "&Keep the server running"
END = "&End it for everybody"


def connected(names: Sequence[str]) -> str:
    """The connected people: ``Ben, Zoë and 2 others are connected to the server that …``"""
    verb = "is" if len(names) == 1 else "are"
    return f"{some(names)} {verb} connected to the server that this editor started."


def consequences(pid: int, log: str) -> str:
    """The consequences of keeping it, and how to end it later.

    Args:
        pid: the server's process.
        log: the path of its log.
    """
    return (
        "If you keep it running, they continue without you. It then runs until this computer shuts down, or "
        f"until you end its process ({pid}). Its log is {log}. The bench is stored either way."
    )
