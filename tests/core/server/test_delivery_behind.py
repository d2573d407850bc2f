"""Delivery to connections that are slower than the others (SYNC-12)."""

from __future__ import annotations

from optiverse_collab.core.protocol.messages import Delta, SyncRequest
from optiverse_collab.core.protocol.outcomes import Ack, AckResult
from optiverse_collab.core.records import Lane, Put
from optiverse_collab.core.server.answers import catch_up
from optiverse_collab.core.server.delivery import Delivery, Subscription
from optiverse_collab.core.server.effects import RoomEffect, SendFrame, SendPages
from optiverse_collab.core.server.subscribers import Bounds
from tests.core.server.histories import do, make

BENCH = frozenset([Lane.BENCH])
REFUSAL = Ack(9, AckResult.REFUSED, reason="too_deep", message="Flatten it.")


class Slow:
    """A delivery to two connections, one of which has left frames unconfirmed for too long."""

    def __init__(self) -> None:
        self.history = make()
        self.delivery = Delivery(self.history, Bounds(ms=1000))
        self.now_ms = 0.0
        for id in ("quick", "slow"):
            nothing = SendPages(id, iter(()))
            self.delivery.add(subscription=Subscription(nothing, BENCH))
        self.flush()
        self.change(1)
        self.delivery.confirm("quick", 1, 500)
        self.now_ms = 1500

    def change(self, x: int) -> list[RoomEffect]:
        """Accept and store a change; returns the messages that leave."""
        self.delivery.add(do(self.history, Put("lens", "component", {"x": x})))
        return self.flush()

    def flush(self, *members: str) -> list[RoomEffect]:
        """The messages that leave."""
        self.delivery.durable = self.history.clock
        return self.delivery.flush(members or ("quick", "slow"), self.now_ms)


def test_changes_go_to_the_others_alone() -> None:
    slow = Slow()
    [frame] = slow.change(2)
    assert isinstance(frame, SendFrame)
    assert frame.to == ("quick",)
    assert [slow.delivery.sent_to(id) for id in ("quick", "slow", "nobody")] == [2, 1, 0]


def test_refusal_is_not_held_up() -> None:
    """REP-8: no delta contains it; accepted changes are in the delta."""
    slow = Slow()
    slow.delivery.add(ack=("slow", REFUSAL))
    slow.delivery.add(ack=("slow", Ack(10, AckResult.COMMIT, 2)))
    [_, frame] = slow.change(2)
    assert isinstance(frame, SendFrame)
    assert (frame.to, frame.acks) == (("slow",), {"slow": [REFUSAL]})
    slow.delivery.add(ack=("slow", Ack(11, AckResult.COMMIT, 2)))
    assert slow.flush() == []


def test_delta_stands_where_the_frames_would_go_on() -> None:
    """SYNC-4: its changes wait for storage like everything else."""
    slow = Slow()
    slow.change(2)
    assert slow.delivery.confirm("slow", 1, slow.now_ms)
    pages = SendPages("slow", catch_up(slow.history, SyncRequest("slow"), 1, 0))
    slow.delivery.add(subscription=Subscription(pages, BENCH, unasked=True))
    slow.delivery.durable = 1
    assert slow.delivery.flush(("quick", "slow"), slow.now_ms) == []
    assert slow.flush() == [pages]
    [page] = pages.pages
    assert isinstance(page, Delta)
    assert slow.delivery.sent_to("slow") == page.clock == 2


def test_delta_for_a_connection_that_is_gone_is_dropped() -> None:
    slow = Slow()
    slow.change(2)
    slow.delivery.confirm("slow", 1, slow.now_ms)
    pages = SendPages("slow", iter(()))
    slow.delivery.add(subscription=Subscription(pages, BENCH, unasked=True))
    slow.delivery.unsubscribe("slow")
    assert slow.flush("quick") == []
