"""The limits of a server, and of each of its workers: LIM-15, LIM-16, LIM-18 in docs/protocol.md."""

from __future__ import annotations

from optiverse_collab_server.cli.limits import limits_of, share_of
from optiverse_collab_server.config.settings import Settings
from optiverse_collab_server.quotas import MB, Quotas


def test_settings_become_limits() -> None:
    given = Settings(max_sessions=7, session_mb=2, memory_mb=30, max_connections=11)
    assert limits_of(given) == Quotas(7, 2 * MB, 30 * MB, 11)
    assert limits_of(Settings()) == Quotas()


def test_workers_have_together_what_the_server_has() -> None:
    """A session is in one worker, so its own limit stays."""
    share = share_of(Quotas(7, 2 * MB, 30 * MB, 11), 3)
    assert share == Quotas(3, 2 * MB, 10 * MB, 4)
