"""A connector with its session, whose driver and server the test plays by hand."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.client.connector import ConnectionState, Connector, Effect, Outage
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.messages import PROTOCOL_VERSION, ConnectionAck, FullState, OtherHistory
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.protocol.ways import Way, Ways

NOW_MS = 1_000_000.0

REFUSED = Failure(FailureKind.REFUSED)
NOT_FOUND = Failure(FailureKind.HTTP, 404)
BROKEN = Failure(FailureKind.CLOSED, 1006)
RESTARTING = Failure(FailureKind.CLOSED, 1001)
REPLACED = Failure(FailureKind.CLOSED, 4409)

GREETING = encode(
    ConnectionAck("default", "ann", "c1", [Participant("ann", "c1", "")], "", PROTOCOL_VERSION, Limits(), "")
)


BENCH = encode(FullState("epoch 1", 1, 7, "head", 0, 0, done=True))
"""The document of the session; the old one is discarded."""

OTHER_HISTORY = encode(OtherHistory("epoch 2"))


class Participation:
    """A connector with its session, and the driver's clock; every wait has its maximum length."""

    def __init__(
        self, patient: bool = False, tls: bool = False, chance: float = 1.0, places: int = 1
    ) -> None:
        self.session = SessionClient("ann", Replica("client 1"))
        scheme = "wss" if tls else "ws"
        self.ways = Ways(Way(f"{scheme}://server{place}/ws/default/ann") for place in range(places))
        self.connector = Connector(self.session, lambda: chance, self.ways, patient)
        self.now_ms = NOW_MS

    def shows(self, state: ConnectionState) -> bool:
        """Whether a window would show this connection state."""
        return self.connector.state is state

    def is_waiting(self) -> bool:
        """Whether the connector is waiting for the next attempt."""
        return self.connector.is_waiting

    def outage(self) -> Outage | None:
        """The cause of the outage."""
        return self.connector.outage

    def fails(self, failure: Failure, after_s: float = 0.0) -> Sequence[Effect]:
        """Let the attempt fail or the connection end."""
        self.now_ms += after_s * 1000
        return self.connector.failed(failure)

    def hears(self, text: str) -> Sequence[Effect]:
        """Deliver a message."""
        return self.connector.receive(text, self.now_ms)

    def waits(self) -> Sequence[Effect]:
        """Let the timer fire."""
        return self.connector.timer_due()

    def synchronise(self) -> None:
        """Join or reconnect, and synchronise."""
        if self.connector.state.in_session:
            self.waits()
        else:
            self.connector.join()
        self.hears(GREETING)
        self.hears(BENCH)
        assert self.shows(ConnectionState.CONNECTED)
