"""The limits that settings give, for a server and for each of several workers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from optiverse_collab_server.quotas import MB, Quotas

if TYPE_CHECKING:
    from optiverse_collab_server.config.settings import Settings


def limits_of(settings: Settings) -> Quotas:
    """The limits of a server."""
    return Quotas(
        settings.max_sessions, settings.session_mb * MB, settings.memory_mb * MB, settings.max_connections
    )


def share_of(limits: Quotas, workers: int) -> Quotas:
    """The limits of each worker, which together are those of the server."""
    return replace(
        limits,
        sessions=-(-limits.sessions // workers),
        space_bytes=limits.space_bytes // workers,
        connections=-(-limits.connections // workers),
    )
