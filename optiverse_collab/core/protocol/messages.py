"""The messages on the wire, one struct each (docs/protocol.md, MSG and others).

``type`` tells them apart. Unknown keys are ignored, so that newer versions may add some. Times are
ISO 8601 in UTC with milliseconds.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from optiverse_collab.core.access import Role
from optiverse_collab.core.limits import CHANGES_PER_PUSH, Limits
from optiverse_collab.core.protocol import access, parcels, past
from optiverse_collab.core.protocol.changes import Change, PushedChange
from optiverse_collab.core.protocol.message import Message
from optiverse_collab.core.protocol.outcomes import Ack, Notice, SweepNotice
from optiverse_collab.core.protocol.page_records import PageRecord, PageRemove, PageSet
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.protocol.positions import HEADS, TURNS, OldHead, ParentPosition, SignedHead, Turn
from optiverse_collab.core.records import Lane

SUBPROTOCOL = "optiverse-collab.v3"
PROTOCOL_VERSION = 3

CAN_WAIT = "wait"
"""The header ``Prefer`` of a client that can wait outside (ACC-12)."""

WAIT_STORAGE = "storage"
"""Why the server waits: storage has not saved everything yet."""


# From client to server


class Ping(Message, frozen=True, tag="ping"):
    """Heartbeat; answered by `Pong` (HB-1)."""

    user_id: str = ""


class SyncRequest(Message, frozen=True, tag="sync:request"):
    """Ask for all news; the first message of a replica (SYNC-1).

    Attributes:
        client_id: the replica's; random, and the same after reconnects.
        epoch: the history that the replica holds, or None if it holds nothing.
        clock, head: its position in that history, the head as 32 hex digits (CLK-2).
        settles: client ids that this replica had before (SYNC-8).
        lanes: those that it knows; without any, the bench (DOC-8).
        signed: the newest position in that history that the server signed (BACK-2).
        carries: whether it keeps parcels (BACK-5). heads: older ones that it knows, oldest first (BACK-14).
        term, turns: of the server that brought it there, and who took over before; 0 if unknown (CLK-9).
    """

    client_id: str
    epoch: str | None = None
    clock: int = 0
    head: str = ""
    settles: list[str] = []
    lanes: list[Lane] = []
    signed: SignedHead | None = None
    carries: bool = False
    term: int = 0
    turns: Annotated[list[Turn], msgspec.Meta(max_length=TURNS)] = []
    heads: Annotated[list[OldHead], msgspec.Meta(max_length=HEADS)] = []


class Push(Message, frozen=True, tag="push"):
    """Changes in the order in which they were made (PUSH-1)."""

    changes: Annotated[list[PushedChange], msgspec.Meta(max_length=CHANGES_PER_PUSH)]


class Have(Message, frozen=True, tag="have"):
    """Everything up to a clock has arrived (SYNC-11)."""

    clock: int


class PresenceUpdate(Message, frozen=True, tag="presence"):
    """Changes of my presence; null removes a key (PRES-1)."""

    state: dict[str, Any]


# From server to client


class ConnectionAck(Message, frozen=True, tag="connection:ack"):
    """The first message from the server (MSG-1, ACC-2).

    Attributes:
        role: what the receiver may do.
        token: the receiver's token from now on; empty if it is the one that it came with.
        expires: when its role ends; None for never.
    """

    session_id: str
    user_id: str
    connection_id: str
    users: list[Participant]
    server: str
    protocol: int
    limits: Limits
    timestamp: str
    role: Role = Role.OWNER
    token: str = ""
    expires: str | None = None


class UserJoined(Message, frozen=True, tag="user:joined"):
    """Another participant joined (MSG-2)."""

    user_id: str
    connection_id: str
    timestamp: str
    role: Role = Role.OWNER
    person: str = ""
    script: bool = False


class UserLeft(Message, frozen=True, tag="user:left"):
    """Another participant left (MSG-2)."""

    user_id: str
    connection_id: str
    timestamp: str


class UserAway(Message, frozen=True, tag="user:away"):
    """A participant went silent for a while, or is back (HB-6)."""

    connection_id: str
    away: bool = False


class Pong(Message, frozen=True, tag="pong"):
    """Answer to `Ping` (HB-1).

    Attributes:
        timestamp: when.
        clock: everything up to this clock was sent before (HASH-4).
        signature: of the position at that clock (BACK-1); empty if it isn't signed.
        alone: the server has a standby that it prefers to wait for, and goes on without it (STAND-8).
        also: the address of its standby, which has everything (STAND-9); as in a link.
    """

    timestamp: str
    clock: int = 0
    signature: str = ""
    alone: bool = False
    also: str = ""


class Pages(Message, frozen=True):
    """The base of the two kinds of pages.

    Attributes:
        epoch, term, clock, head: the position of the document, the same in every page.
        client_clock: this replica's last change that is in the document.
        total: the number of records in all pages together, to show progress.
        unasked: whether they replace frames that were not sent, instead of answering a request (SYNC-12).
        known: False if the server has forgotten what it accepted from this replica (SYNC-10).
        settled: for each id that the replica settles, its last accepted change.
        skipped: client id ("" is the current one) → numbers of earlier changes that were refused.
        continues: the epoch of the replica's position, if this epoch continues that one (CLK-8).
        authors: in the last page, as all that follows: the names that `by` refers to. acks: outcomes of this
        replica's accepted changes since its position, if parts were lost or held, or replaced unseen values.
        notices: see `Notice`. more: how many further notices there are. sweeps: who replaced the bench since
        that position, oldest first. turns: who took over (CLK-9). heads: older ones (BACK-14). done: True.
    """

    epoch: str
    term: int
    clock: int
    head: str
    client_clock: int
    total: int
    unasked: bool = False
    known: bool = True
    settled: dict[str, int] = {}
    skipped: dict[str, list[int]] = {}
    authors: list[str] = []
    acks: list[Ack] = []
    notices: list[Notice] = []
    more: int = 0
    sweeps: list[SweepNotice] = []
    turns: list[Turn] = []
    heads: list[OldHead] = []
    continues: str = ""
    done: bool = False


class FullState(Pages, frozen=True, tag="sync:full_state"):
    """A page of the whole document (SYNC-3).

    Attributes:
        records: this page's.
    """

    records: list[PageRecord] = []


class Delta(Pages, frozen=True, tag="sync:delta"):
    """A page of changes since the replica's position (SYNC-2).

    Attributes:
        records: new ones, complete.
        ops: changes of other records.
    """

    records: list[PageRecord] = []
    ops: list[PageSet | PageRemove] = []


class OtherHistory(Message, frozen=True, tag="sync:diverged"):
    """The replica's position does not belong to this session's history (CLK-3).

    Attributes:
        epoch, clock, head: the session's own position.
        parent: set if the session was restored from a backup of the replica's history (CLK-8).
    """

    epoch: str
    clock: int = 0
    head: str = ""
    parent: ParentPosition | None = None


class Patch(Message, frozen=True, tag="patch"):
    """All changes of a tick in order, and the outcomes of the receiver's own (PUSH-5).

    Attributes:
        head: after the last change.
        hash: occasionally, the state hash of each lane after the last change (HASH-1).
    """

    changes: list[Change]
    head: str = ""
    hash: dict[Lane, str] = {}
    acks: list[Ack] = []


class PresencePatch(Message, frozen=True, tag="presence"):
    """Everybody's presence changes of a tick (PRES-2).

    Attributes:
        participants: connection_id → changed keys; null removes a key.
        full: True if this is everybody's complete presence: forget all earlier state.
    """

    participants: dict[str, dict[str, Any]]
    full: bool = False


class Wait(Message, frozen=True, tag="wait"):
    """The server has not processed what it was sent, and continues later (DUR-6).

    Attributes:
        reason: ``storage``, or a word that only a newer server knows.
    """

    reason: str


class Error(Message, frozen=True, tag="error"):
    """One of the receiver's messages was not accepted and had no effect (MSG-5).

    Attributes:
        reason: a `Reason`, or one that only a newer server knows.
        message: a sentence.
    """

    reason: str
    message: str


DocumentMessage = FullState | Delta | OtherHistory | Patch
ClientMessage = (
    Ping
    | SyncRequest
    | Push
    | Have
    | PresenceUpdate
    | past.PastRequest
    | past.EntriesRequest
    | parcels.ParcelsReturned
    | access.Request
)
ServerMessage = (
    ConnectionAck
    | UserJoined
    | UserLeft
    | UserAway
    | Pong
    | FullState
    | Delta
    | OtherHistory
    | Patch
    | PresencePatch
    | past.PastPage
    | past.PastRefused
    | past.EntriesPage
    | parcels.ServerMessage
    | access.ServerMessage
    | Wait
    | Error
)
