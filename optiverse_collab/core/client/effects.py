"""What a client's half of the core asks its driver to do, or reports to the program; done in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from optiverse_collab.core.client import access_effects
from optiverse_collab.core.client.carrying import CarryingEffect
from optiverse_collab.core.client.connection_effects import DropConnection
from optiverse_collab.core.client.disk_effects import DiskEffect
from optiverse_collab.core.client.past_effects import (
    BenchReplaced,
    EntriesArrived,
    EntriesUnavailable,
    PastArrived,
    PastUnavailable,
    WentBack,
)
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.messages import ClientMessage, ConnectionAck
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.records import Op, Record


@dataclass(frozen=True)
class Transmit:
    """Send `message` to the server."""

    message: ClientMessage

    @cached_property
    def text(self) -> str:
        """The message as JSON."""
        return encode(self.message)


@dataclass(frozen=True)
class ShowChange:
    """Others changed the view: apply `ops` to the user's screen, all together (REP-4).

    Attributes:
        authors: record id → who changed it, if known.
        before: record id → the record that the user saw before; None if there was none.
    """

    ops: tuple[Op, ...]
    authors: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, Record | None] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class MetaChanged:
    """Records outside of the bench changed, such as versions: `Replica.meta` has them."""


class LossKind(str, Enum):
    """Why a user's edit never became a part of the session (REP-8)."""

    REFUSED = "refused"
    """The server did not accept a change."""
    UNSENT = "unsent"
    """A change was never sent."""
    UNCONFIRMED = "unconfirmed"
    """A change may have reached the server, which has not confirmed it."""


@dataclass(frozen=True)
class Lost:
    """A user's edit did not get into the session; it belongs in the log with its values (REP-8).

    Attributes:
        ops: the lost operations.
        kind: why.
        message: the server's sentence.
    """

    ops: tuple[Op, ...]
    kind: LossKind
    message: str = ""


class ConflictKind(str, Enum):
    """The outcome of two edits of the same thing, one of them made without seeing the other."""

    HELD = "held"
    """My edit yielded, and was not applied."""
    GONE = "gone"
    """Somebody had removed the record that I edited."""
    REPLACED_THEIRS = "replaced theirs"
    """My edit replaced somebody else's."""
    REPLACED_MINE = "replaced mine"
    """Somebody else's edit replaced mine."""


@dataclass(frozen=True)
class Conflict:
    """Two people edited the same thing without seeing each other's edit (SEEN-10).

    Attributes:
        kind: whose edit is in effect.
        by: the other person; empty if unknown.
        names: the conflicting properties; none for the whole edit.
        mine: my edit, or its conflicting part.
        theirs: their edit, as far as its values are known here.
        record: the record with my edit, to name it, or to bring it back.
        away: my edit was made, or theirs arrived, while this replica did not follow the session.
        step: the step of my edit (PUSH-8), if known.
    """

    kind: ConflictKind
    by: str
    names: tuple[str, ...]
    mine: Op
    theirs: Op | None
    record: Record | None = field(repr=False)
    away: bool = False
    step: str = ""


@dataclass(frozen=True)
class Synced:
    """The replica has the session's current state and may edit (SYNC-5)."""

    full: bool
    records: int


@dataclass(frozen=True)
class NoticesOmitted:
    """Others may have replaced at least `count` more of my values besides the reported ones (SYNC-9)."""

    count: int


@dataclass(frozen=True)
class ReplicaForgotten:
    """The server no longer knows what it accepted from this replica (SYNC-10)."""


@dataclass(frozen=True)
class SyncProgress:
    """A page arrived: `received` of `total` records."""

    received: int
    total: int


@dataclass(frozen=True)
class Diverged:
    """The replica found that it is wrong and asks for the full state; worth a WARNING (HASH-3)."""

    message: str


@dataclass(frozen=True)
class EpochChanged:
    """The session has another history than the replica; nothing was merged (CLK-3).

    Attributes:
        epoch: the server's.
        restored: the time (MSG-7) of the backup from which the session was restored, if it is the replica's
            history up to there (CLK-8).
        missing: how many of the replica's changes the backup lacks.
        shared: a clock up to which both have everything; None if none is known.
    """

    epoch: str
    restored: str = ""
    missing: int = 0
    shared: int | None = None


ReplicaEffect = (
    Transmit
    | ShowChange
    | MetaChanged
    | Lost
    | Conflict
    | BenchReplaced
    | Synced
    | NoticesOmitted
    | ReplicaForgotten
    | SyncProgress
    | Diverged
    | EpochChanged
    | WentBack
)


@dataclass(frozen=True)
class Acknowledged:
    """The server admitted us."""

    ack: ConnectionAck


@dataclass(frozen=True)
class ParticipantJoined:
    """Somebody joined."""

    participant: Participant


@dataclass(frozen=True)
class ParticipantRenamed:
    """Somebody's name changed; `participant` has the new one."""

    participant: Participant


@dataclass(frozen=True)
class ParticipantLeft:
    """Somebody left."""

    participant: Participant


@dataclass(frozen=True)
class ParticipantAway:
    """Somebody went silent, or is back: see `Participant.away`."""

    participant: Participant


@dataclass(frozen=True)
class SavingChanged:
    """The server stopped saving for now, or saves again (DUR-6)."""

    is_late: bool


@dataclass(frozen=True)
class StandbyMissed:
    """The server goes on without its standby, or no longer (STAND-8)."""

    is_missed: bool


@dataclass(frozen=True)
class StandbyFound:
    """The server has told where its standby is; empty if there is none any more (STAND-9)."""

    address: str


@dataclass(frozen=True)
class HeartbeatAnswered:
    """The server answered a ping after `latency_ms`."""

    latency_ms: float


@dataclass(frozen=True)
class PresenceChanged:
    """The presence of `participants` (connection ids) changed; everybody's, if `full`."""

    participants: frozenset[str]
    full: bool = False

    @property
    def changed(self) -> frozenset[str] | None:
        """Whose presence changed; None if anybody's may have."""
        return None if self.full else self.participants


@dataclass(frozen=True)
class ProtocolFault:
    """A message was not understood, by us or the server; worth a WARNING, or DEBUG if not `serious`."""

    message: str
    serious: bool


OfPeople = (
    Acknowledged
    | ParticipantJoined
    | ParticipantRenamed
    | ParticipantAway
    | ParticipantLeft
    | access_effects.RoleChanged
)
"""Effects that change who is in the session, and what they may do."""

SessionEffect = (
    ReplicaEffect
    | Acknowledged
    | ParticipantJoined
    | ParticipantRenamed
    | ParticipantLeft
    | ParticipantAway
    | SavingChanged
    | StandbyMissed
    | StandbyFound
    | HeartbeatAnswered
    | PresenceChanged
    | PastArrived
    | PastUnavailable
    | EntriesArrived
    | EntriesUnavailable
    | access_effects.AccessEffect
    | DiskEffect
    | CarryingEffect
    | ProtocolFault
    | DropConnection
)
