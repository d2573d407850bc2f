"""Whom the server asks for a token, and the link of its owner."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from optiverse_collab.core.protocol.address import DEFAULT_SESSION, invite_link
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.doors import is_loopback
from optiverse_collab_server.signing import keep_key, signing_key
from optiverse_collab_server.storage import Store
from optiverse_collab_server.tls import Identity, machine_names
from optiverse_collab_server.wall_clock import now_ms

if TYPE_CHECKING:
    from optiverse_collab_server.config.settings import Settings

log = logging.getLogger("optiverse_collab_server")


async def access_for(settings: Settings, data: Path, store: Store) -> tuple[Entrance | None, bytes]:
    """Who may come in, and the key for signatures; servers that share a store share both (OWN-11, OWN-12).

    Args:
        settings: of the server.
        data: the data folder.
        store: where the sessions are.

    Raises:
        StorageError: the stored grants can't be used.
    """
    key = signing_key(data)
    if settings.store is None:
        return entrance_for(settings, data), key
    from optiverse_collab_server.cluster.grants import open_grants
    from optiverse_collab_server.cluster.store import JournaledStore

    assert isinstance(store, JournaledStore)
    book, shared = await open_grants(store.client, settings.replicas, data, now_ms, key)
    if shared != key:
        keep_key(data, shared)
    entrance = entrance_for(settings, data, book)
    if entrance is None:
        await book.close()
    return entrance, shared


def entrance_for(settings: Settings, data: Path, book: GrantBook | None = None) -> Entrance | None:
    """Who may come in (ACC-9); None for everybody.

    Args:
        settings: of the server.
        data: the data folder.
        book: the grants, if they are not in the data folder alone.

    Raises:
        StorageError: the stored grants can't be used.
    """
    if settings.auth == "none":
        log.warning("Nobody needs an invite (auth is none): anyone who can reach it owns every session")
        return None
    trusts_own = settings.auth == "token" and is_loopback(settings.host)
    return Entrance.open(data, trusts_own) if book is None else Entrance(book, trusts_own)


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
