"""Asks the server for the bench as it was at earlier clocks (HIST-1 to HIST-3)."""

from __future__ import annotations

from optiverse_collab.core.client.effects import Transmit
from optiverse_collab.core.client.past_effects import PastArrived, PastUnavailable
from optiverse_collab.core.protocol.past import PastPage, PastRefused, PastRequest
from optiverse_collab.core.records import Record
from optiverse_collab.core.throttle import Throttle

ASK_EVERY_MS = 1000
"""Twice as long as a server demands: two requests may come closer to each other on the way."""


class PastRequests:
    """The requests of one session's client: one at a time, again after a lost connection.

    Attributes:
        waiting: the clocks that were asked for and not answered, the one under way first.
    """

    def __init__(self) -> None:
        self.waiting: list[int] = []
        self._request = 0
        self._is_sent = False
        self._records: dict[str, Record] = {}
        self._throttle = Throttle(ASK_EVERY_MS)

    def ask(self, clock: int) -> None:
        """Ask for the bench as it was after the change at `clock`; `poll` sends it."""
        if clock not in self.waiting:
            self.waiting.append(clock)

    def disconnected(self) -> None:
        """The connection is gone, and with it the rest of the answer."""
        self._is_sent = False
        self._records = {}

    def wait_ms(self, now_ms: float) -> float | None:
        """How long until `poll` has something to send; None if there is nothing."""
        return self._throttle.wait_ms(now_ms) if self.waiting and not self._is_sent else None

    def poll(self, now_ms: float) -> list[Transmit]:
        """Send the next request, if it is time."""
        if self.wait_ms(now_ms) != 0:
            return []
        self._throttle.fire(now_ms)
        self._request += 1
        self._is_sent = True
        return [Transmit(PastRequest(self._request, self.waiting[0]))]

    def receive(self, message: PastPage | PastRefused) -> list[PastArrived | PastUnavailable]:
        """Take a part of an answer; one to another request is ignored."""
        if not self._is_sent or message.request != self._request:
            return []
        if isinstance(message, PastPage):
            self._records.update((record.id, record) for record in message.records)
            if not message.done:
                return []
        clock, records = self.waiting.pop(0), self._records
        self._is_sent, self._records = False, {}
        if isinstance(message, PastRefused):
            return [PastUnavailable(clock, message.message)]
        return [PastArrived(clock, records)]
