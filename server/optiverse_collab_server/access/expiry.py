"""The end of people's access: they get a warning, and are disconnected later (ACC-3)."""

from __future__ import annotations

from collections.abc import Iterable

from optiverse_collab.core.protocol.access import AccessExpires
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.timestamps import timestamp
from optiverse_collab_server.access.grants import Grants, StoredGrant
from optiverse_collab_server.connection import Connection
from optiverse_collab_server.outbox import Frame

WARN_MS = 5 * 60 * 1000
"""How long before the end the warning comes."""


def overdue(connections: Iterable[Connection], grants: Grants, now_ms: int) -> list[Connection]:
    """Warn people whose access ends soon, once for each end; returns those whose access has ended."""
    over: list[Connection] = []
    for connection in connections:
        grant = grants.get(connection.grant)
        if grant is None or grant.expires_ms is None:
            continue
        if grant.expires_ms <= now_ms:
            over.append(connection)
        elif grant.expires_ms <= now_ms + WARN_MS and connection.warned_of_ms != grant.expires_ms:
            _notify(connection, grant.expires_ms)
    return over


def notify_all(connections: Iterable[Connection], before: StoredGrant, after: StoredGrant) -> None:
    """A grant changed: if it has another end now, tell everybody who came in with it."""
    for connection in connections:
        if connection.grant == after.id and before.expires_ms != after.expires_ms:
            _notify(connection, after.expires_ms)


def _notify(connection: Connection, expires_ms: int | None) -> None:
    """Tell somebody when their access ends; None means never."""
    connection.warned_of_ms = expires_ms
    message = AccessExpires(None if expires_ms is None else timestamp(expires_ms))
    connection.outbox.send(Frame(encode(message).encode()))
