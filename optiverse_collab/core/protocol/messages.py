"""The messages on the wire, one struct each (docs/protocol.md, MSG and others).

``type`` tells them apart. Keys that a peer does not know are ignored, so that a newer peer may add
some. Times are ISO 8601 in UTC with milliseconds.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

import msgspec

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.records import Op, Record

SUBPROTOCOL = "optiverse-collab.v2"
PROTOCOL_VERSION = 2


class Message(msgspec.Struct, frozen=True, tag_field="type", omit_defaults=True):
    """The base of all messages."""


# From client to server


class Ping(Message, frozen=True, tag="ping"):
    """Heartbeat; answered by `Pong` (HB-1)."""

    user_id: str = ""


class SyncRequest(Message, frozen=True, tag="sync:request"):
    """Ask for everything that is new; the first message of a replica (SYNC-1).

    Attributes:
        client_id: the replica, random and kept over reconnects.
        epoch: the history that the replica holds, or None if it holds nothing.
        clock: up to where it holds it.
    """

    client_id: str
    epoch: str | None = None
    clock: int = 0


class PushedChange(msgspec.Struct, frozen=True):
    """One change of a push: applied as a whole or refused as a whole."""

    client_clock: int
    ops: list[Op]


class Push(Message, frozen=True, tag="push"):
    """Changes in the order in which they were made (PUSH-1)."""

    changes: list[PushedChange]


class PresenceUpdate(Message, frozen=True, tag="presence"):
    """What changed of my presence; null takes a key away (PRES-1)."""

    state: dict[str, Any]


# From server to client


class Participant(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody in the session.

    Attributes:
        user_id: the name to show; ``name (2)`` for the second connection of that name.
        connection_id: unique among all connections of the session.
        connected_at: when they joined.
    """

    user_id: str
    connection_id: str
    connected_at: str


class ConnectionAck(Message, frozen=True, tag="connection:ack"):
    """The first message of the server (MSG-1)."""

    session_id: str
    user_id: str
    connection_id: str
    users: list[Participant]
    server: str
    protocol: int
    limits: Limits
    timestamp: str


class UserJoined(Message, frozen=True, tag="user:joined"):
    """Another participant came (MSG-2)."""

    user_id: str
    connection_id: str
    timestamp: str


class UserLeft(Message, frozen=True, tag="user:left"):
    """Another participant went (MSG-2)."""

    user_id: str
    connection_id: str
    timestamp: str


class Pong(Message, frozen=True, tag="pong"):
    """Answer to `Ping` (HB-1)."""

    timestamp: str


class FullState(Message, frozen=True, tag="sync:full_state"):
    """A page of the whole document (SYNC-3).

    Attributes:
        epoch: the history that this is.
        clock: the clock of the document, the same in every page.
        client_clock: the last push of this replica that is in it.
        total: how many records all pages have together, to show progress.
        records: this page's.
        done: True in the last page.
    """

    epoch: str
    clock: int
    client_clock: int
    total: int
    records: list[Record]
    done: bool


class Delta(Message, frozen=True, tag="sync:delta"):
    """A page of what changed since the replica's clock: puts and removes (SYNC-2)."""

    epoch: str
    clock: int
    client_clock: int
    total: int
    ops: list[Op]
    done: bool


class Change(msgspec.Struct, frozen=True):
    """One accepted change; `ops` are those that took effect."""

    clock: int
    user_id: str
    ops: list[Op]


class AckResult(str, Enum):
    """What became of a pushed change (PUSH-4); a closed set (MSG-6)."""

    COMMIT = "commit"
    """All of it took effect."""
    REBASE = "rebase"
    """A part took effect."""
    DISCARD = "discard"
    """Nothing took effect."""
    DUPLICATE = "duplicate"
    """It was accepted before."""
    REFUSED = "refused"
    """It breaks a rule."""


class Ack(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one of my pushed changes (PUSH-4).

    Attributes:
        client_clock: which change.
        result: how much of it took effect.
        clock: the change's place in the session's history, unless duplicate or refused.
        lost: the operations that had no effect.
        reason: with ``refused``: a `Reason`, or one that only a newer server knows.
        message: with ``refused``: a sentence.
    """

    client_clock: int
    result: AckResult
    clock: int = 0
    lost: list[Op] = []
    reason: str = ""
    message: str = ""


class Patch(Message, frozen=True, tag="patch"):
    """All changes of a tick in order, and what became of the receiver's own (PUSH-5).

    Attributes:
        hash: the state hash after the last change, now and then (HASH-1).
    """

    changes: list[Change]
    hash: str = ""
    acks: list[Ack] = []


class PresencePatch(Message, frozen=True, tag="presence"):
    """What changed of everybody's presence in a tick (PRES-2).

    Attributes:
        participants: connection_id → changed keys; null takes a key away.
        full: True if this is all there is: forget what was known before.
    """

    participants: dict[str, dict[str, Any]]
    full: bool = False


class Error(Message, frozen=True, tag="error"):
    """A message of the receiver's was not accepted and had no effect (MSG-5).

    Attributes:
        reason: a `Reason`, or one that only a newer server knows.
        message: a sentence.
    """

    reason: str
    message: str


ClientMessage = Ping | SyncRequest | Push | PresenceUpdate
ServerMessage = (
    ConnectionAck | UserJoined | UserLeft | Pong | FullState | Delta | Patch | PresencePatch | Error
)
