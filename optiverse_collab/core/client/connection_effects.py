"""What a connector asks its driver to do with the connection, or reports about it; done in order."""

from __future__ import annotations

from dataclasses import dataclass

from optiverse_collab.core.client.failures import Failure


class ConnectionEffect:
    """The base of effects on the connection itself, not on its messages."""


@dataclass(frozen=True)
class DropConnection(ConnectionEffect):
    """Drop the connection, the attempt or the question, and ignore it from now on.

    From a `SessionClient`: the server was silent for too long (HB-3).
    """


@dataclass(frozen=True)
class OpenConnection(ConnectionEffect):
    """Open a WebSocket; wake the connector after `timeout_s`.

    Attributes:
        place: 0 for the server, 1 for its standby (STAND-7).
    """

    timeout_s: float
    place: int = 0


@dataclass(frozen=True)
class ProbeTls(ConnectionEffect):
    """Ask whether the server speaks TLS; wake the connector after `timeout_s`."""

    timeout_s: float


@dataclass(frozen=True)
class CloseConnection(ConnectionEffect):
    """Close properly, so that sent data still arrives; ignore the connection from now on."""


@dataclass(frozen=True)
class ConnectionLost(ConnectionEffect):
    """An admitted connection has ended."""

    failure: Failure


@dataclass(frozen=True)
class AttemptFailed(ConnectionEffect):
    """An attempt failed, and another one will follow."""

    failure: Failure


@dataclass(frozen=True)
class RetryAfter(ConnectionEffect):
    """Wake the connector after `seconds`, for the next attempt."""

    seconds: float


@dataclass(frozen=True)
class Ended(ConnectionEffect):
    """No other attempt will follow.

    Attributes:
        failure: why; None if the user left.
        was_in: whether an admitted connection has ended with it.
    """

    failure: Failure | None
    was_in: bool


ConnectorEffect = (
    OpenConnection
    | ProbeTls
    | CloseConnection
    | DropConnection
    | ConnectionLost
    | AttemptFailed
    | RetryAfter
    | Ended
)
