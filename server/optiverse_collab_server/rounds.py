"""Regular rounds of all sessions: who is silent, whose access has ended, which session another server has."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.session import LiveSession
from optiverse_collab_server.storage import Store

SILENCE_SECONDS = 75.0
"""How long without a byte before a connection is closed (HB-2)."""

AWAY_SECONDS = 20.0
"""How long a silence before a participant is shown as away (HB-6)."""

LOOK_SECONDS = 1.0
"""The pause between two rounds."""

AT_ONCE_SECONDS = 0.001
"""How long a round takes before others have their turn: thousands of connections take several ms."""

log = logging.getLogger("optiverse_collab_server")


class Rounds:
    """Makes the rounds of a server's sessions.

    Args:
        live: the sessions by name; they come and go.
        store: where they are kept.
        entrance: who may come in; None for everybody.
        silence_seconds: how long a connection may be silent.
    """

    def __init__(
        self,
        live: Mapping[str, LiveSession],
        store: Store,
        entrance: Entrance | None,
        silence_seconds: float,
    ) -> None:
        self._live, self._store, self._entrance = live, store, entrance
        self._silence_seconds = silence_seconds

    async def make(self) -> None:
        """One round after the other, until this is cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(min(LOOK_SECONDS, AWAY_SECONDS / 4, self._silence_seconds / 4))
            if self._entrance is not None:
                self._entrance.book.keep_seen()
                self._entrance.waiting.look(self._silence_seconds)
            began = loop.time()
            for session_id in list(self._live):
                if loop.time() - began > AT_ONCE_SECONDS:
                    await asyncio.sleep(0)
                    began = loop.time()
                if session_id in self._live:
                    self._look_at(self._live[session_id], loop.time())

    def _look_at(self, session: LiveSession, now: float) -> None:
        """Check one session: a method, since a sleeping coroutine would keep the last session alive."""
        if self._entrance is not None:
            session.close_overdue(self._entrance.book.grants)
        if not session.failed and self._store.has_lost(session.id):
            log.warning("Session %s: another server has taken it", session.id)
            session.fail(CloseReason.MOVED)
        for connection in list(session.connections.values()):
            if connection.is_paused:
                continue
            silent = now - connection.heard
            session.set_away(connection, silent > AWAY_SECONDS)
            if silent > self._silence_seconds:
                log.warning("%s was silent for too long", connection.name)
                connection.close(CloseReason.SILENT)
