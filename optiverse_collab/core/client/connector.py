"""The life of a participant's connection: attempt → admitted → lost → wait → the next attempt, or the end.

Some participants wait outside until an owner lets them in (ACC-12).

It decides when to connect, when to wait and when to give up (CONN rules in docs/protocol.md), around a
`SessionClient` that decides what to send. A driver opens sockets and starts timers; it passes in events and
carries out effects. There is one timer: `OpenConnection`, `ProbeTls` and `RetryAfter` start it,
`DropConnection` and `CloseConnection` stop it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple

from optiverse_collab.core.client import liveness
from optiverse_collab.core.client.backoff import Backoff
from optiverse_collab.core.client.connection_effects import (
    AttemptFailed,
    CloseConnection,
    ConnectionLost,
    ConnectorEffect,
    DropConnection,
    Ended,
    OpenConnection,
    ProbeTls,
    RetryAfter,
)
from optiverse_collab.core.client.credentials import Credentials
from optiverse_collab.core.client.effects import EpochChanged, SessionEffect, StandbyFound, Synced
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.client.safekeeping import Safekeeping
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.ways import Ways

OPEN_S = 10.0
"""How long a server may take to let us in: more than a slow VPN needs, less than people's patience."""

BETWEEN_S = 3.0
"""The longest wait if there is a standby: it serves a second after somebody promotes it (STAND-7)."""

PROBE_S = 2.0
"""How long to wait for the TLS hello of a server."""

GOODBYE_S = 2.0
"""A close takes at most this long: if the peer does not read, it would never end."""

Effect = SessionEffect | ConnectorEffect


class ConnectionState(str, Enum):
    """What a window shows of its connection."""

    OFFLINE = "offline"
    CONNECTING = "connecting"
    OUTSIDE = "outside"
    SYNCING = "syncing"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    FAILED = "failed"

    @property
    def in_session(self) -> bool:
        """Whether there is a session, or an attempt at one."""
        return self not in (ConnectionState.OFFLINE, ConnectionState.FAILED)


class _Phase(Enum):
    """The phase of a connector."""

    OUT = "out"  # no connection, and none to come
    OPENING = "opening"  # an attempt that is not admitted yet
    PROBING = "probing"  # the attempt was broken off, and the server is asked whether it requires TLS
    OUTSIDE = "outside"  # an owner has to let us in
    IN = "in"
    WAITING = "waiting"  # for the next attempt


class Outage(NamedTuple):
    """Why there is no connection at the moment.

    Attributes:
        cause: how the last synchronised connection ended, or how the first attempt failed.
        latest: the last failure: the cause, or that of the last attempt.
    """

    cause: Failure
    latest: Failure


class Connector:
    """One participation, from `join` to an `Ended`.

    Args:
        session: sends and receives over the connections.
        chance: returns uniformly random numbers from 0 to 1, for the waits.
        ways: to the server, and to its standby if that is known. The server may tell it later (STAND-9).
        patient: whether the first attempt is repeated, too.
        open_s: how long a server may take to admit us, in s.

    Attributes:
        outage: from the first failure to the next synchronisation, or to the end; None at other times.
    """

    def __init__(
        self,
        session: SessionClient,
        chance: Callable[[], float],
        ways: Ways,
        patient: bool = False,
        open_s: float = OPEN_S,
    ) -> None:
        self._session = session
        self._ways, self._place, self._missed = ways, 0, 0
        self._backoff = Backoff(chance)
        self._tls = ways[0].url.startswith("wss:")
        self._patient = patient
        self._open_s = open_s
        self.outage: Outage | None = None
        self._phase = _Phase.OUT
        self._synced = self._was_synced = self._gave_up = False

    @property
    def state(self) -> ConnectionState:
        """The state of the participation."""
        if self._phase is _Phase.OUT:
            return ConnectionState.FAILED if self._gave_up else ConnectionState.OFFLINE
        if self._phase is _Phase.IN:
            return ConnectionState.CONNECTED if self._synced else ConnectionState.SYNCING
        if self._phase is _Phase.OUTSIDE:
            return ConnectionState.OUTSIDE
        return ConnectionState.RECONNECTING if self._was_synced else ConnectionState.CONNECTING

    @property
    def is_waiting(self) -> bool:
        """Whether the running timer is that of the next attempt."""
        return self._phase is _Phase.WAITING

    def join(self) -> Sequence[Effect]:
        """Begin with the first attempt."""
        return self._attempt()

    def leave(self) -> Sequence[Effect]:
        """The user leaves; edits and presence are still collected."""
        if self._phase is _Phase.OUT:
            return []
        was_in = self._hang_up()
        self._phase, self.outage = _Phase.OUT, None
        return [CloseConnection(), Ended(None, was_in)]

    def retry_now(self) -> Sequence[Effect]:
        """Cut a wait short (CONN-7)."""
        return self._attempt() if self._phase is _Phase.WAITING else []

    def move(self, ways: Ways, credentials: Credentials) -> Sequence[Effect]:
        """The user knows where the session is now, with other tokens: go there, and nowhere else (CONN-9)."""
        was_in = self._hang_up()
        self._session.credentials, self._session.safekeeping = credentials, Safekeeping()
        self._ways[:], self._place, self._missed = ways, 0, 0
        self._tls = ways[0].url.startswith("wss:")
        self._backoff.reset()
        moved = Failure.of_close(CloseReason.MOVED.code, CloseReason.MOVED.word)
        return [DropConnection(), *([ConnectionLost(moved)] if was_in else []), *self._attempt()]

    # Events from a driver

    def receive(self, text: str, now_ms: float) -> Sequence[Effect]:
        """Take a message; the first of a connection lets us in, makes us wait, or is not from our server."""
        if self._phase is _Phase.IN:
            return self._follow(self._session.receive(text, now_ms))
        if self._phase is _Phase.OPENING:
            self._session.opened(now_ms)
        elif self._phase is not _Phase.OUTSIDE:
            return []
        effects = self._session.receive(text, now_ms)
        if self._session.is_outside:
            self._phase = _Phase.OUTSIDE
            return effects
        if self._session.me is None:
            return [*effects, *self._over(Failure(FailureKind.WRONG_SERVER))]
        self._phase = _Phase.IN
        return self._follow(effects)

    def failed(self, failure: Failure) -> Sequence[Effect]:
        """The attempt or the connection is over."""
        if self._phase is _Phase.OPENING and failure.kind is FailureKind.BROKEN_OFF and not self._tls:
            self._phase = _Phase.PROBING
            return [DropConnection(), ProbeTls(PROBE_S)]
        if self._phase in (_Phase.OPENING, _Phase.OUTSIDE, _Phase.IN):
            return self._over(failure)
        return []

    def probed(self, speaks_tls: bool) -> Sequence[Effect]:
        """The server was asked whether it speaks TLS."""
        if self._phase is not _Phase.PROBING:
            return []
        kind = FailureKind.WANTS_TLS if speaks_tls else FailureKind.BROKEN_OFF
        return self._over(Failure(kind))

    def timer_due(self) -> Sequence[Effect]:
        """The timer is due; it is ignored if we were admitted meanwhile.

        If the first attempt is not repeated, an owner has no more time than the server.
        """
        if self._phase is _Phase.OPENING:
            return self._over(Failure(FailureKind.LATE, self._open_s))
        if self._phase is _Phase.OUTSIDE and not self._patient and not self._was_synced:
            return self._over(Failure(FailureKind.NOT_LET_IN, self._open_s))
        if self._phase is _Phase.PROBING:
            return self.probed(False)
        return self._attempt() if self._phase is _Phase.WAITING else []

    def woke(self, now_ms: float) -> Sequence[Effect]:
        """The machine slept, or the network is up again: try now, or see whether the line still lives."""
        if self._phase in (_Phase.IN, _Phase.OUTSIDE):
            self._session.line.woke(now_ms)
            return self.poll(now_ms)
        return self.retry_now()

    # The session's output

    def wait_ms(self, now_ms: float) -> float | None:
        """How long until `poll` has something to do; None while not connected."""
        return self._session.wait_ms(now_ms)

    def poll(self, now_ms: float) -> Sequence[Effect]:
        """Do what is due."""
        return self._follow(self._session.poll(now_ms))

    def _follow(self, effects: Sequence[SessionEffect]) -> Sequence[Effect]:
        """Check the session's effects for events in the connection's life; drop effects after its end."""
        for number, effect in enumerate(effects):
            kind = type(effect)
            if kind is Synced:
                self._synced = self._was_synced = True
                self.outage = None
                self._backoff.reset()
            elif isinstance(effect, StandbyFound):
                self._ways.learn(self._place, effect.address)
            elif kind is DropConnection:
                silent = Failure(FailureKind.SILENT, liveness.OVERDUE_MS // 1000)
                return [*effects[:number], *self._over(silent)]
            elif isinstance(effect, EpochChanged):
                return [*effects[:number], *self._over(self._parted(effect))]
        return effects

    def _parted(self, changed: EpochChanged) -> Failure:
        if changed.restored:
            return Failure(FailureKind.RESTORED, changed.missing, changed.restored)
        return Failure(FailureKind.EPOCH_CHANGED, len(self._session.replica.pending))

    # Attempts

    def _attempt(self) -> list[Effect]:
        self._phase = _Phase.OPENING
        return [OpenConnection(self._open_s, self._place)]

    def _over(self, failure: Failure) -> list[Effect]:
        """Wait for the next attempt, or give up; after a refused token, another one may follow."""
        if failure.needs_token and self._session.credentials.refused():
            self._hang_up()
            return [DropConnection(), *self._attempt()]
        self._ways.learn(self._place, failure.elsewhere)
        failure = self._session.host.judge(failure)
        was_in = self._hang_up()
        effects: list[Effect] = [DropConnection(), *([ConnectionLost(failure)] if was_in else [])]
        goes_on = self._turns_after(failure, was_in)
        if goes_on or self._comes_back_after(failure):
            self.outage = Outage(self.outage.cause if self.outage is not None else failure, failure)
            effects += [] if was_in else [AttemptFailed(failure)]
            return [*effects, *(self._attempt() if goes_on else self._wait())]
        self._phase, self._gave_up, self.outage = _Phase.OUT, True, None
        return [*effects, Ended(failure, was_in)]

    def _wait(self) -> list[Effect]:
        self._phase = _Phase.WAITING
        wait_s = self._backoff.next_s()
        return [RetryAfter(wait_s if len(self._ways) == 1 else min(wait_s, BETWEEN_S))]

    def _turns_after(self, failure: Failure, was_in: bool) -> bool:
        """Turn to the other server; returns whether to try it at once, without a wait (STAND-7).

        A server that was lost may be restarting: it is tried first.
        """
        if was_in or not (failure.may_retry or self._was_synced):
            self._missed = 0
            return False
        self._place = (self._place + 1) % len(self._ways)
        self._missed = (self._missed + 1) % len(self._ways)
        return self._missed > 0 and not (self._was_synced and failure.ends_session)

    def _comes_back_after(self, failure: Failure) -> bool:
        return not failure.ends_session if self._was_synced else self._patient and failure.may_retry

    def _hang_up(self) -> bool:
        """Forget the connection; returns whether it was let in."""
        self._session.closed()
        self._synced = False
        return self._phase is _Phase.IN
