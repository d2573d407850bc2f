"""What a session leaves on disk: entries of its log, and snapshots that stand for a log's start.

``restore(snapshot, entries)`` of a room gives the same room again (DUR-1 to DUR-5 in
docs/protocol.md). Storage keeps these structs and knows nothing of what is in them.
"""

from __future__ import annotations

import msgspec

from optiverse_collab.core.records import Record


class Entry(msgspec.Struct, frozen=True):
    """One accepted push.

    Attributes:
        clock: position in the session's history; the first is 1 and there are no gaps.
        client_id: the replica that made it; random, chosen by the client, kept over reconnects.
        client_clock: that replica's own number for it, which grows with every push.
        user_id: the name under which the participant was shown, for attribution.
        time_ms: the server's wall clock, ms since 1970 UTC.
        ops: JSON array of the operations that took effect, as it goes out to everybody.
        lost: JSON array of the operations that had no effect since their record was gone.
    """

    clock: int
    client_id: str
    client_clock: int
    user_id: str
    time_ms: int
    ops: msgspec.Raw
    lost: msgspec.Raw = msgspec.Raw(b"[]")


class Snapshot(msgspec.Struct, frozen=True):
    """A session at one clock.

    Attributes:
        epoch: id of this history; another epoch is another history.
        clock: the clock of the last entry that is in it.
        history_start: the oldest clock from which a delta can be told; tombstones older than
            that are forgotten.
        records: the living records, each with the clock of its last change.
        tombstones: removed id → clock of the removal.
        clients: client_id → last client_clock that was accepted.
    """

    epoch: str
    clock: int
    history_start: int
    records: list[tuple[int, Record]]
    tombstones: dict[str, int]
    clients: dict[str, int]
