"""The log's lines about a connection; attempts that fail in the same way are logged a few times only.

A server may be away for a night: three lines every half minute would push out all that the log keeps.
And a server that is away is one event: one WARNING when it begins, and one ERROR if no other attempt comes.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from optiverse_collab.core.client.connection_effects import (
    AttemptFailed,
    ConnectionLost,
    ConnectorEffect,
    OpenConnection,
    RetryAfter,
)
from optiverse_collab.core.client.failures import Failure
from optiverse_collab.core.protocol.ways import Way
from optiverse_collab.wording import connection
from optiverse_collab.wording.log_lines import Line

TOLD = 3
"""How many attempts in a row that fail in the same way are logged."""

TRYING_ON = Line(logging.INFO, "Still trying; the log reports the next change")


class AttemptLog:
    """Logs the connections of one session.

    Args:
        session: its name.
        ways: the WebSockets of the server and of its standby; others may be learnt.
    """

    def __init__(self, session: str, ways: Sequence[Way]) -> None:
        self._session, self._ways = session, ways
        self._url = ways[0].url
        self._failed: dict[str, tuple[Failure, int]] = {}  # by URL: the last failure, and how often in a row
        self._has_warned = False

    def lines(self, effect: ConnectorEffect) -> list[Line]:
        """The lines for an effect of `Connector`; none if there is no news."""
        if isinstance(effect, OpenConnection):
            self._url = self._ways[effect.place].url
        elif isinstance(effect, AttemptFailed):
            self._failed[self._url] = effect.failure, 1 + self._count * self._is_repeated(effect.failure)
        elif not isinstance(effect, RetryAfter):
            return self._written(effect)
        if isinstance(effect, RetryAfter) and self._count == TOLD:
            return [TRYING_ON]
        is_told = self._count < TOLD or (isinstance(effect, AttemptFailed) and self._count == TOLD)
        return self._written(effect) if is_told else []

    def connected(self) -> None:
        """The server let us in: later failures are news."""
        self._failed.clear()
        self._has_warned = False

    @property
    def _count(self) -> int:
        """How often in a row this server has failed in the same way."""
        return self._failed[self._url][1] if self._url in self._failed else 0

    def _is_repeated(self, failure: Failure) -> bool:
        return self._url in self._failed and self._failed[self._url][0] == failure

    def _written(self, effect: ConnectorEffect) -> list[Line]:
        lines = connection.lines(effect, self._session, self._url)
        if isinstance(effect, AttemptFailed) and not self._has_warned:
            lines = [line._replace(level=logging.WARNING) for line in lines]
        self._has_warned |= isinstance(effect, (AttemptFailed, ConnectionLost))
        return lines
