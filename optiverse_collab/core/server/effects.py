"""What a room asks its driver to do. Effects name connections by id and are carried out in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol import access
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.message import Message
from optiverse_collab.core.protocol.messages import Delta, FullState, PresencePatch
from optiverse_collab.core.protocol.outcomes import Ack
from optiverse_collab.core.protocol.pages import PageSize
from optiverse_collab.core.records import Lane
from optiverse_collab.core.server.journal import Kept, Parent
from optiverse_collab.core.server.names import Name

ON_BENCH = frozenset((Lane.BENCH,))


@dataclass(frozen=True)
class Send:
    """Send `message` to each of `to`."""

    to: tuple[str, ...]
    message: Message


@dataclass(frozen=True)
class SendFrame:
    """Send changes: `body` is a `Patch` for all, to be completed with the receiver's `acks`."""

    to: tuple[str, ...]
    body: bytes
    acks: Mapping[str, list[Ack]]


@dataclass(frozen=True)
class SendPages:
    """Send the pages of an answer to a ``sync:request``, each built when it is needed.

    Attributes:
        size: learns how long each page took.
    """

    to: str
    pages: Iterator[FullState | Delta]
    size: PageSize = field(default_factory=lambda: PageSize(Limits().page_bytes), compare=False)


@dataclass(frozen=True)
class ReadPast:
    """Read the bench at `clock` and send it to `to`, or refuse (HIST-2, HIST-3)."""

    to: str
    request: int
    clock: int
    lanes: frozenset[Lane] = ON_BENCH


@dataclass(frozen=True)
class ReadEntries:
    """Read the changes of a span, and send them to `to`, or say why not (HIST-3, HIST-7).

    Attributes:
        after, until: the clocks before the first and of the last change.
        since_ms: those made earlier are left out.
    """

    to: str
    request: int
    after: int
    until: int
    since_ms: int


@dataclass(frozen=True)
class ManageAccess:
    """Carry out an owner's request about access, and send the answer to `to` (ACC-4 to ACC-7).

    Attributes:
        grant: the id of the owner's own grant; empty if they need none.
    """

    to: str
    grant: str
    message: access.Request


@dataclass(frozen=True)
class BackupNoticed:
    """The session was restored from a backup, which lacks changes that it had once (BACK-3).

    Attributes:
        to: the connection that proved it.
        backup: the time of the last change in the backup (MSG-7).
        missing: at least this many changes are missing.
        until: they were made before this time.
        is_asked: whether the connection is asked for them (BACK-8).
    """

    to: str
    backup: str
    missing: int
    until: str
    is_asked: bool = False


@dataclass(frozen=True)
class BroughtBack:
    """Clients have brought back changes that the session had lost (BACK-10).

    Attributes:
        changes: how many.
        by: the names of the participants who had them.
    """

    changes: int
    by: tuple[str, ...]


@dataclass(frozen=True)
class SendPresence:
    """Send presence to each of `to`, without their own (`PresenceFrames`).

    A receiver that is behind may miss it, and gets everything later (PRES-3).
    """

    to: tuple[str, ...]
    message: PresencePatch


@dataclass(frozen=True)
class Close:
    """Close the connection `to`."""

    to: str
    reason: CloseReason


class Unsaved(NamedTuple):
    """Data for storage to keep next.

    Attributes:
        entries: in order.
        names: the ones that these entries are the first to refer to.
        parents: other histories that now end later, with these entries (BACK-9).
    """

    entries: list[Kept]
    names: list[Name]
    parents: Sequence[Parent] = ()


ForOne = SendPages | ReadPast | ReadEntries | ManageAccess | BackupNoticed | Close
"""What concerns one connection, `to`."""

RoomEffect = Send | SendFrame | SendPresence | BroughtBack | ForOne
