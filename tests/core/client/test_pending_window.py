"""The push window limits unacknowledged data: PUSH-10 of docs/protocol.md."""

from __future__ import annotations

from optiverse_collab.core.client.pending import Pending
from optiverse_collab.core.records import Put

PLENTY, LAST = 10**6, 99


def test_window_is_for_what_is_on_its_way() -> None:
    """PUSH-10: and one change may always be sent."""
    pending = Pending()
    assert not pending.can_send(1000)
    for number in range(4):
        pending.add([Put(f"r{number}", "k", {"text": "x" * 600})], PLENTY, 0, False, "")
    assert pending.can_send(0)
    assert pending.room(1000) == 1000
    [first] = pending.take_unsent(pending.room(1000), LAST)
    assert pending.room(1000) == 1000 - first.bytes
    assert pending.can_send(1000)
    assert not pending.can_send(first.bytes)
    [second] = pending.take_unsent(pending.room(1000), LAST)
    assert not pending.can_send(1000)
    pending.drop(first.client_clock)
    assert pending.room(1000) == 1000 - second.bytes
    pending.drop(4)  # was not in transit
    assert pending.room(1000) == 1000 - second.bytes
    pending.unsend()
    assert pending.room(1000) == 1000
