"""A client's driver: carries out a real connector's effects on a simulated wire."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import cycle

from optiverse_collab.core.client.connection_effects import (
    AttemptFailed,
    CloseConnection,
    ConnectionLost,
    DropConnection,
    Ended,
    OpenConnection,
    ProbeTls,
    RetryAfter,
)
from optiverse_collab.core.client.connector import ConnectionState, Connector, Effect
from optiverse_collab.core.client.effects import SessionEffect, Transmit
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.ways import Way, Ways
from tests.core.simulation.flow import PONG, Flow
from tests.core.simulation.hosting import Hosting
from tests.core.simulation.policy import Policy
from tests.core.simulation.rights import Heard, denies
from tests.core.simulation.silence import Silence
from tests.core.simulation.truth import Broken
from tests.core.simulation.wire import Connection

CHANCE = (0.0, 0.7, 1.0, 0.3)
"""The factors that shorten the waits, in turn."""

WAY = Way("ws://server/ws/lab/user")

SILENT = Failure(FailureKind.SILENT, 8)

_ON_THE_WAY = (ConnectionState.CONNECTING, ConnectionState.RECONNECTING)
_STATES = {
    "out": (ConnectionState.OFFLINE, ConnectionState.FAILED),
    "opening": _ON_THE_WAY,
    "probing": _ON_THE_WAY,
    "waiting": _ON_THE_WAY,
    "in": (ConnectionState.SYNCING,),
    "synced": (ConnectionState.CONNECTED,),
}


class Driver:
    """Connects a session, in one participation after the other.

    Args:
        session: the core.
        half_open: gets connections whose end the server has not noticed.
        notify: gets the effects that are not about the connection.
        counts: what happened, for `run`.
        bounds: see `Flow`.

    Attributes:
        connection: the current one, if the server accepted one.
        timer_ms: when the timer is due, if it runs.
        policy: the state, according to the model.
        hosting: who hosts, according to the model.
        rights: the client's role as far as it knows, according to the model.
    """

    def __init__(
        self,
        session: SessionClient,
        half_open: list[Connection],
        notify: Callable[[SessionEffect], None],
        counts: Counter[str],
        bounds: tuple[int, int, int],
    ) -> None:
        self.connection: Connection | None = None
        self.timer_ms: float | None = None
        self._session = session
        self._half_open = half_open
        self._notify = notify
        self._counts = counts
        self._is_open = False
        self._silence = Silence(0.0)
        self._flow = Flow(bounds, counts)
        self.hosting = Hosting()
        self.rights = Heard()
        self._begin(patient=False)

    def _begin(self, patient: bool) -> None:
        self.policy = Policy(patient)
        self._connector = Connector(self._session, cycle(CHANCE).__next__, Ways([WAY]), patient)

    # The user

    def join(self, patient: bool, now_ms: float) -> None:
        """Start a participation."""
        self._begin(patient)
        self._perform(self._connector.join(), self.policy.opens(), now_ms)

    def leave(self, now_ms: float) -> None:
        """End it."""
        self._perform(self._connector.leave(), self.policy.leaves(), now_ms)

    def hurry(self, now_ms: float) -> None:
        """Try now, if the next attempt is scheduled."""
        self._counts["waits cut short"] += self.policy.stand == "waiting"
        expected = self.policy.opens() if self.policy.stand == "waiting" else []
        self._perform(self._connector.retry_now(), expected, now_ms)

    def flush(self, now_ms: float) -> None:
        """Send everything that waits."""
        self._perform(self._session.flush(now_ms), [], now_ms, is_last=True)

    # The network

    def accept(self, connection: Connection) -> None:
        """The server took the attempt."""
        self.connection = connection

    def fail(self, failure: Failure, now_ms: float) -> None:
        """The network ends the attempt or the connection."""
        late_news = self.policy.stand not in ("opening", "in", "synced")
        expected = [] if late_news else self.policy.fails(self.hosting.judge(failure))
        self._perform(self._connector.failed(failure), expected, now_ms)

    def probed(self, speaks_tls: bool, now_ms: float) -> None:
        """The server answers whether it wants TLS."""
        kind = FailureKind.WANTS_TLS if speaks_tls else FailureKind.BROKEN_OFF
        expected = self.policy.fails(Failure(kind))
        self._perform(self._connector.probed(speaks_tls), expected, now_ms)

    def timer_due(self, now_ms: float) -> None:
        """The timer that was started last is due."""
        self.timer_ms = None
        expected: list[Effect] = []
        if self.policy.stand == "opening":
            expected = self.policy.fails(Failure(FailureKind.LATE, 10))
        elif self.policy.stand == "probing":
            expected = self.policy.fails(Failure(FailureKind.BROKEN_OFF))
        elif self.policy.stand == "waiting":
            expected = self.policy.opens()
        self._perform(self._connector.timer_due(), expected, now_ms)

    def hear(self, text: str, failure: Failure | None, now_ms: float) -> Sequence[Effect]:
        """A message arrives; `failure` is how it ends the connection, if it does."""
        effects = self._connector.receive(text, now_ms)
        if failure is None:
            if self.policy.stand == "opening":
                self._silence = Silence(now_ms)
                self._flow.opened()
            pending = {change.client_clock for change in self._session.replica.pending}
            if denies(text, pending):
                self._counts["denials heard"] += 1
                pending = pending if self.rights.may_edit else set()
            self._silence.heard(text.startswith(PONG), pending)
            self._flow.heard(text, pending, self._session.replica.window, now_ms)
            self.policy.heard(effects)
            if self.connection is not None:
                self.rights.heard(text, self.connection.id, bool(self._session.replica.pending))
            self.hosting.heard(text, self._session.host.name)
        expected = [] if failure is None else self.policy.fails(failure)
        self._perform(effects, expected, now_ms)
        return effects

    def poll(self, now_ms: float) -> bool:
        """Do what is due; whether that was anything."""
        effects = self._connector.poll(now_ms)
        expected = self.policy.fails(SILENT) if ConnectionLost(SILENT) in effects else []
        if expected or self.policy.stand in ("in", "synced"):
            may, must = self._silence.looked(now_ms)
            if not (may if expected else not must):
                raise Broken(f"HB-3: dropped: {bool(expected)}; it may be dead: {may}; it must be: {must}")
        self._perform(effects, expected, now_ms)
        replica = self._session.replica
        if replica.synced and replica.pending and self.rights.may_edit and not replica.write_ahead.blocks:
            self._flow.polled([change.client_clock for change in replica.pending], now_ms)
        return bool(effects)

    # Carrying out

    def _perform(
        self, effects: Sequence[Effect], expected: Sequence[Effect], now_ms: float, is_last: bool = False
    ) -> None:
        self.policy.check(effects, expected)
        for effect in effects:
            if isinstance(effect, OpenConnection):
                self._open()
                self.timer_ms = now_ms + effect.timeout_s * 1000
            elif isinstance(effect, ProbeTls):
                self._counts["probes"] += 1
                self.timer_ms = now_ms + effect.timeout_s * 1000
            elif isinstance(effect, RetryAfter):
                self._counts["waits"] += 1
                self.timer_ms = now_ms + effect.seconds * 1000
            elif isinstance(effect, (DropConnection, CloseConnection)):
                self._let_go()
            elif isinstance(effect, ConnectionLost):
                self._counts[f"connections lost: {effect.failure.kind.value}"] += 1
            elif isinstance(effect, AttemptFailed):
                self._counts[f"attempts repeated: {effect.failure.kind.value}"] += 1
            elif isinstance(effect, Ended):
                self._counts["given up" if effect.failure is not None else "left"] += 1
            else:
                self._notify(effect)
        if effects:
            transmits = [effect for effect in effects if isinstance(effect, Transmit)]
            self._silence.sent((effect.message for effect in transmits), now_ms)
            self._flow.sent(transmits, now_ms, is_last)
            if expected:
                self._check_state()
        if (self._connector.outage is not None) != self.policy.is_out:
            raise Broken(f"CONN-7: {self.policy.stand}, and the outage is {self._connector.outage}")

    def _open(self) -> None:
        if self._is_open:
            raise Broken("CONN-6: another attempt, and the connection before was not dropped")
        self._is_open = True

    def _let_go(self) -> None:
        """Drop the connection; messages in transit to here are lost."""
        connection, self.connection = self.connection, None
        self.timer_ms, self._is_open = None, False
        if connection is not None:
            connection.is_held = False
            connection.down.clear()
            if connection.server_open:
                self._half_open.append(connection)

    def _check_state(self) -> None:
        """A window shows the actual state, and the session knows whether it is connected."""
        stand, state = self.policy.stand, self._connector.state
        if state not in _STATES[stand]:
            raise Broken(f"CONN: {stand}, and a window shows {state}")
        if (self._session.me is not None) != (stand in ("in", "synced")):
            raise Broken(f"CONN-6: {stand}, and the session knows itself as {self._session.me}")
