"""A replica whose user loses the right to its pending changes (ACC-8, RIGHT-3)."""

from __future__ import annotations

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.effects import Synced, Transmit
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.protocol.messages import FullState, Patch, Push, SyncRequest
from optiverse_collab.core.protocol.outcomes import Ack, AckResult
from optiverse_collab.core.records import Put

PAGES = FullState("epoch 1", 1, 7, "head", 0, 0, done=True)
DENIED = Patch([], acks=[Ack(1, AckResult.REFUSED, reason="not_allowed")])


def pushed() -> Replica:
    """A replica that has pushed a lens."""
    replica = Replica("client 1")
    replica.connected()
    replica.receive(PAGES)
    replica.edit([Put("lens", "component")])
    assert any(isinstance(one, Transmit) and isinstance(one.message, Push) for one in replica.poll(0.0))
    return replica


def asks(effects: object) -> bool:
    """Whether the effects include a request to synchronise."""
    assert isinstance(effects, list)
    return any(isinstance(one, Transmit) and isinstance(one.message, SyncRequest) for one in effects)


def test_denial_waits_for_the_right() -> None:
    replica = pushed()
    replica.set_role(Role.VIEWER)
    assert replica.receive(DENIED) == []
    assert (replica.unanswered, replica.wait_ms(1000.0), len(replica.pending)) == (None, None, 1)
    assert asks(replica.set_role(Role.EDITOR))
    replica.receive(PAGES)
    assert [change.yields for change in replica.pending] == [True]


def test_denial_after_the_right_is_back_synchronises() -> None:
    replica = pushed()
    assert asks(replica.receive(DENIED))
    assert Synced(True, 0) in replica.receive(PAGES)
    assert replica.wait_ms(1000.0) == 0.0


def test_right_that_comes_without_a_connection_asks_nothing() -> None:
    replica = pushed()
    replica.disconnected()
    replica.set_role(Role.VIEWER)
    assert replica.set_role(Role.EDITOR) == []
