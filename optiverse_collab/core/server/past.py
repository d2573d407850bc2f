"""The bench as it was at an earlier clock, for those who ask for it (HIST-1 to HIST-3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from optiverse_collab.core.protocol.codec import decode_ops
from optiverse_collab.core.protocol.messages import PastPage, PastRefused, PastRequest
from optiverse_collab.core.protocol.pages import marked, pages
from optiverse_collab.core.protocol.past import PastRefusal
from optiverse_collab.core.records import Lane, Record, apply
from optiverse_collab.core.server.chain import next_head
from optiverse_collab.core.server.effects import ReadPast, Send
from optiverse_collab.core.server.journal import Entry, Snapshot

REPLAY_BYTES = 64 * 1024
"""About this much of the entries is replayed at a time, which takes a millisecond or two."""

_entries = msgspec.json.Decoder(Entry)

_SENTENCES = {
    PastRefusal.NO_SUCH_CLOCK: "The session has no such change.",
    PastRefusal.NOT_KEPT: "The server does not keep this part of the history any more.",
    PastRefusal.BUSY: "The server is reading history already; try again in a moment.",
    PastRefusal.UNREADABLE: "The server can't read this part of the history; its log says why.",
}


class Past:
    """A session's records at a clock: a snapshot, and then the entries up to there.

    Args:
        snapshot: at that clock or before.
        entries: what followed, as it is kept.

    Attributes:
        epoch, clock, head: the position; that of the snapshot until `replay` is done.
        records: id → record, the same.
    """

    def __init__(self, snapshot: Snapshot, entries: Sequence[bytes] = ()) -> None:
        self.epoch, self.clock, self.head = snapshot.epoch, snapshot.clock, snapshot.head
        self.records: dict[str, Record] = {record.id: record for record, _, _ in snapshot.records}
        self._entries = entries

    def replay(self) -> Iterator[None]:
        """Go on to the last entry, in short steps."""
        size = 0
        for data in self._entries:
            for op in decode_ops(_entries.decode(data).ops):
                apply(self.records, op)
            self.clock, self.head = self.clock + 1, next_head(self.head, data)
            size += len(data)
            if size >= REPLAY_BYTES:
                size = 0
                yield
        self._entries = ()

    def pages(self, request: int, page_bytes: int) -> Iterator[PastPage]:
        """The answer to a request, each page made when it is asked for."""
        records = [record for record in self.records.values() if record.lane is Lane.BENCH]
        for page, last in marked(pages(records, page_bytes)):
            yield PastPage(request, self.epoch, self.clock, self.head.hex(), len(records), page, last)


def answer(to: str, message: PastRequest, known: int) -> ReadPast | Send:
    """What a participant's request leads to (HIST-1, HIST-3).

    Args:
        to: the participant's connection.
        known: the clock of the last change that people know of.
    """
    if 0 <= message.clock <= known:
        return ReadPast(to, message.request, message.clock)
    return Send((to,), refused(message.request, PastRefusal.NO_SUCH_CLOCK))


def refused(request: int, reason: PastRefusal) -> PastRefused:
    """The refusal of a request."""
    return PastRefused(request, reason.value, _SENTENCES[reason])
