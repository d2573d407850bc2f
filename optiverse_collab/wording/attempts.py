"""The log's lines about a connection; attempts that fail in the same way are logged a few times only.

A server may be away for a night: three lines every half minute would push out all that the log keeps.
And a server that is away is one event: one WARNING when it begins, and one ERROR if no other attempt comes.
"""

from __future__ import annotations

import logging

from optiverse_collab.core.client.connection_effects import (
    AttemptFailed,
    ConnectionLost,
    ConnectorEffect,
    OpenConnection,
    RetryAfter,
)
from optiverse_collab.core.client.failures import Failure
from optiverse_collab.wording import connection
from optiverse_collab.wording.log_lines import Line

TOLD = 3
"""How many attempts in a row that fail in the same way are logged."""

TRYING_ON = Line(logging.INFO, "Still trying; the log reports the next change")


class AttemptLog:
    """Logs the connections of one session.

    Args:
        session: its name.
        url: of the WebSocket.
    """

    def __init__(self, session: str, url: str) -> None:
        self._session = session
        self._url = url
        self._failure: Failure | None = None
        self._count = 0
        self._has_warned = False

    def lines(self, effect: ConnectorEffect) -> list[Line]:
        """The lines for an effect of `Connector`; none if there is no news."""
        if isinstance(effect, AttemptFailed):
            self._count = self._count + 1 if effect.failure == self._failure else 1
            self._failure = effect.failure
        elif not isinstance(effect, (OpenConnection, RetryAfter)):
            return self._written(effect)
        if isinstance(effect, RetryAfter) and self._count == TOLD:
            return [TRYING_ON]
        is_told = self._count < TOLD or (isinstance(effect, AttemptFailed) and self._count == TOLD)
        return self._written(effect) if is_told else []

    def connected(self) -> None:
        """The server let us in: later failures are news."""
        self._failure, self._count, self._has_warned = None, 0, False

    def _written(self, effect: ConnectorEffect) -> list[Line]:
        lines = connection.lines(effect, self._session, self._url)
        if isinstance(effect, AttemptFailed) and not self._has_warned:
            lines = [line._replace(level=logging.WARNING) for line in lines]
        self._has_warned |= isinstance(effect, (AttemptFailed, ConnectionLost))
        return lines
