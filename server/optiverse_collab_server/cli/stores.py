"""Where a server keeps its sessions: in its data folder, or in NATS."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from optiverse_collab.errors import SettingsError, StorageError
from optiverse_collab_server.cli.standing import retention_for
from optiverse_collab_server.config.settings import Settings
from optiverse_collab_server.storage import Retention, SqliteStore, Store
from optiverse_collab_server.storage.housekeeping import KEEP_ALL
from optiverse_collab_server.storage.shards import check_undivided

if TYPE_CHECKING:
    from optiverse_collab_server.storage.jetstream.store import JetStreamStore

SCHEMES = ("nats", "tls")

JOURNAL = "journal"
"""The folder in the data folder for what this server has of a shared store."""

NODE = re.compile(r"[!-~]{1,100}")
"""The name of a server; other servers send it in a header."""


async def store_for(settings: Settings, data: Path) -> tuple[Store, str]:
    """Open the store.

    Args:
        settings: all of them.
        data: the data folder.

    Returns:
        The store, and where it is, to show.

    Raises:
        SettingsError: settings contradict, or an address is none.
        StorageError: the data folder or NATS can't be used.
    """
    if settings.store is None:
        check_undivided(data)
        return SqliteStore(data, retention_for(settings, data)), str(data)
    name = settings.node or f"{socket.gethostname()}:{settings.port}"
    if not NODE.fullmatch(name):
        raise SettingsError([f"--node can't be {name!r}; use up to 100 ASCII characters without spaces."])
    addresses = _addresses(settings)
    retention = Retention.of(settings.keep_days, settings.keep_mb)
    journal = SqliteStore(data / JOURNAL, retention)
    try:
        shared = await nats_store(settings, name, retention)
    except StorageError:
        await journal.close()
        raise
    from optiverse_collab_server.cluster.journal import Journal
    from optiverse_collab_server.cluster.store import JournaledStore

    store = JournaledStore(shared, Journal(journal))
    await store.begin()
    return store, f"NATS at {', '.join(map(_place, addresses))}"


async def nats_store(settings: Settings, name: str, retention: Retention = KEEP_ALL) -> JetStreamStore:
    """Connect to the store in NATS.

    Args:
        settings: all of them.
        name: of this server, which no other one has.
        retention: how much history is kept.

    Raises:
        SettingsError: an address is none.
        StorageError: NATS can't be used.
    """
    addresses = _addresses(settings)
    try:
        from optiverse_collab_server.storage.jetstream.store import open_store
    except ImportError as error:
        raise StorageError(
            "--store needs nats-py; run pip install 'optiverse-collab-server[nats]'."
        ) from error
    return await open_store(addresses, name, settings.replicas, retention)


def _addresses(settings: Settings) -> list[str]:
    """The addresses of NATS servers.

    Raises:
        SettingsError: there is none, or one is wrong.
    """
    addresses = [address.strip() for address in (settings.store or "").split(",")]
    for address in addresses:
        _place(address)
    return addresses


def _place(address: str) -> str:
    """Host and port of an address, without a password."""
    try:
        parts = urlsplit(address)
        if parts.scheme in SCHEMES and parts.hostname:
            return f"{parts.hostname}:{parts.port or 4222}"
    except ValueError:
        pass
    raise SettingsError(["--store needs addresses like nats://host:4222, separated by commas."])
