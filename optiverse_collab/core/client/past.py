"""Asks the server for a session's past: benches at earlier clocks, and changes (HIST-1 to HIST-7)."""

from __future__ import annotations

from optiverse_collab.core.client.effects import Transmit
from optiverse_collab.core.client.past_effects import (
    EntriesArrived,
    EntriesUnavailable,
    PastArrived,
    PastUnavailable,
    Span,
)
from optiverse_collab.core.protocol.past import (
    EntriesPage,
    EntriesRequest,
    PastEntry,
    PastPage,
    PastRefused,
    PastRequest,
)
from optiverse_collab.core.records import Record
from optiverse_collab.core.throttle import Throttle

ASK_EVERY_MS = 1000
"""Twice as long as a server demands: two requests may come closer together on the way."""

Answer = PastArrived | PastUnavailable | EntriesArrived | EntriesUnavailable


class PastRequests:
    """The requests of one session's client: one at a time, again after a lost connection.

    Attributes:
        waiting: the clocks and spans that were asked for and not answered, the one under way first.
    """

    def __init__(self) -> None:
        self.waiting: list[int | Span] = []
        self._request = 0
        self._is_sent = False
        self._records: dict[str, Record] = {}
        self._entries: list[PastEntry] = []
        self._throttle = Throttle(ASK_EVERY_MS)

    def ask(self, wanted: int | Span) -> None:
        """Ask for the bench after the change at a clock, or for the changes of a span; `poll` sends it."""
        if wanted not in self.waiting:
            self.waiting.append(wanted)

    def disconnected(self) -> None:
        """The connection is gone, and with it the rest of the answer."""
        self._is_sent = False
        self._records, self._entries = {}, []

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
        wanted = self.waiting[0]
        if isinstance(wanted, Span):
            return [Transmit(EntriesRequest(self._request, wanted.after, wanted.until, wanted.since_ms))]
        return [Transmit(PastRequest(self._request, wanted))]

    def receive(self, message: PastPage | EntriesPage | PastRefused) -> list[Answer]:
        """Take a part of an answer; one to another request, or of another kind, is ignored."""
        if not self._is_sent or message.request != self._request:
            return []
        wanted = self.waiting[0]
        if isinstance(message, PastRefused):
            return [self._refused(wanted, message.message)]
        if isinstance(message, PastPage) and not isinstance(wanted, Span):
            self._records.update((record.id, record) for record in message.records)
            if message.done:
                return [PastArrived(wanted, self._end()[0])]
        elif isinstance(message, EntriesPage) and isinstance(wanted, Span):
            self._entries += message.entries
            if message.done:
                return [EntriesArrived(wanted, message.after, self._end()[1])]
        return []

    def _refused(self, wanted: int | Span, why: str) -> Answer:
        self._end()
        return EntriesUnavailable(wanted, why) if isinstance(wanted, Span) else PastUnavailable(wanted, why)

    def _end(self) -> tuple[dict[str, Record], list[PastEntry]]:
        """The answer that is complete; the next request may be sent."""
        whole = self._records, self._entries
        self.waiting.pop(0)
        self.disconnected()
        return whole
