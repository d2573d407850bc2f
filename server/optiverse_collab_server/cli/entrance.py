"""Whom the server asks for a token, and the link of its owner."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from optiverse_collab.core.protocol.address import DEFAULT_SESSION, invite_link
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.doors import is_loopback
from optiverse_collab_server.tls import Identity, machine_names

if TYPE_CHECKING:
    from optiverse_collab_server.config.settings import Settings

log = logging.getLogger("optiverse_collab_server")


def entrance_for(settings: Settings, data: Path) -> Entrance | None:
    """Who may come in (ACC-9); None for everybody.

    Args:
        settings: of the server.
        data: the data folder.

    Raises:
        StorageError: the stored grants can't be used.
    """
    if settings.auth == "none":
        log.warning("Nobody needs an invite (auth is none): anyone who can reach it owns every session")
        return None
    return Entrance.open(data, trusts_own=settings.auth == "token" and is_loopback(settings.host))


def link_to(
    settings: Settings,
    port: int,
    identity: Identity | None,
    token: str | None,
    session: str = DEFAULT_SESSION,
) -> str:
    """The link to a session, for people who connect directly.

    Args:
        settings: of the server; if it listens on every address, the link has the machine's name.
        port: where it listens.
        identity: its key and certificate; None if connections are not encrypted.
        token: the secret in the link; None for one without.
        session: where it leads.
    """
    host = machine_names(settings.host)[0]
    scheme, pin = ("ws", None) if identity is None else ("wss", identity.pin)
    shown = f"[{host}]" if ":" in host else host
    return invite_link(f"{scheme}://{shown}:{port}", session, token, pin)
