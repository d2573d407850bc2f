"""Whether connections are encrypted, and with which key and certificate."""

from __future__ import annotations

import logging
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from optiverse_collab.errors import SettingsError
from optiverse_collab_server.doors import is_loopback
from optiverse_collab_server.tls import Identity, given_identity, machine_names, own_identity

if TYPE_CHECKING:
    from optiverse_collab_server.config.settings import Settings

log = logging.getLogger("optiverse_collab_server")


def wants_tls(settings: Settings) -> bool:
    """Whether connections are encrypted: as set, or by default if other machines can connect."""
    return settings.tls if settings.tls is not None else _is_given(settings) or not is_loopback(settings.host)


def identity_for(settings: Settings, data: Path) -> Identity | None:
    """The server's identity; None if connections are not encrypted.

    Args:
        settings: of the server.
        data: the data folder, which has the server's own key.

    Raises:
        SettingsError: the configured certificate and key can't be used.
        StorageError: those in the data folder can't.
    """
    if (settings.cert is None) != (settings.key is None):
        raise SettingsError(["--cert and --key go together; set both, or neither."])
    if not wants_tls(settings):
        if _is_given(settings):
            raise SettingsError(["--cert is not used with --no-tls; leave one of them out."])
        return None
    if settings.cert is not None and settings.key is not None:
        return given_identity(settings.cert, settings.key)
    return own_identity(data, machine_names(settings.host), datetime.now(timezone.utc))


def log_protection(identity: Identity | None, settings: Settings) -> None:
    """Log how connections are protected."""
    if identity is not None:
        vouches = f"links name its key: #pin={identity.pin}" if identity.pin else "an authority signed it"
        log.info("Connections are encrypted (wss://); %s", vouches)
    elif not is_loopback(settings.host):
        log.warning(
            "Connections are NOT encrypted: anybody on the network can read and change them. Leave out "
            "--no-tls, unless a proxy on this machine encrypts them."
        )


def _is_given(settings: Settings) -> bool:
    return settings.cert is not None
