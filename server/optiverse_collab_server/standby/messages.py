"""The messages between a server and its standby: MessagePack in binary frames (STAND-2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, TypeVar

import msgspec

from optiverse_collab.core.server.batches import Batch
from optiverse_collab.core.server.chain import HASH_BYTES
from optiverse_collab.core.server.journal import Parent
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab_server.access.grants import StoredGrant
from optiverse_collab_server.standby.standing import PEERS

PATH = "/follow"
PROTOCOL = "optiverse-collab.standby.v1"

PIECE_BYTES = 512 * 1024
"""A snapshot is sent in pieces of this size."""

LIST_ITEMS = 500
"""Positions and grants are sent this many at a time."""

MESSAGE_BYTES = 8 * 1024 * 1024
"""No message of the server is longer: a batch has about `feed.BATCH_BYTES`, or one entry."""

ADDRESS_CHARS = 512
"""The longest address of a standby."""

EPOCH_CHARS = 128
"""The longest id of a history."""

Place = Annotated[str, msgspec.Meta(max_length=ADDRESS_CHARS)]

T = TypeVar("T")


class Where(msgspec.Struct, frozen=True, array_like=True):
    """The place up to which the standby has a session.

    Attributes:
        epoch, clock, head: the position.
        origins, authors: the number of the last name of these kinds.
    """

    epoch: Annotated[str, msgspec.Meta(max_length=EPOCH_CHARS)]
    clock: int
    head: Annotated[bytes, msgspec.Meta(max_length=HASH_BYTES)]
    origins: int
    authors: int

    def last(self, kind: NameKind) -> int:
        """The number of the last name of a kind."""
        return self.origins if kind is NameKind.ORIGIN else self.authors


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """The first message, by the standby.

    Attributes:
        term: the highest that it knows.
        address: where participants will find it, with its key; empty if it doesn't say.
    """

    term: int
    address: Place = ""


class Positions(msgspec.Struct, frozen=True, tag="positions"):
    """Sessions that the standby has; the last such message says `done`."""

    sessions: dict[str, Where]
    done: bool


class Durable(msgspec.Struct, frozen=True, tag="durable"):
    """The standby has a session on its disk up to a clock."""

    session: str
    clock: int


class Wanted(msgspec.Struct, frozen=True, tag="wanted"):
    """The standby asks for the bench of a version, since it doesn't have that part of the history."""

    session: str
    clock: int


class Alive(msgspec.Struct, frozen=True, tag="alive"):
    """The sender still lives; from both ends.

    Attributes:
        others: from the primary: the addresses of its other standbys (STAND-13).
    """

    others: Annotated[list[Place], msgspec.Meta(max_length=PEERS)] = []


class Welcome(msgspec.Struct, frozen=True, tag="welcome"):
    """The answer to `Hello`.

    Attributes:
        term: the server's.
        key: with which it signs heads (BACK-1).
        gives_benches: it knows `Wanted`.
    """

    term: int
    key: bytes
    gives_benches: bool = False


class TurnedAway(msgspec.Struct, frozen=True, tag="turned_away"):
    """The other answer: the server does not serve, or serves no longer because of this very `Hello`.

    Attributes:
        term: the highest that it knows.
        why: why it doesn't serve.
        address: where participants find the one that has replaced it, if that is known (STAND-13).
    """

    term: int
    why: str
    address: Place = ""


class Access(msgspec.Struct, frozen=True, tag="access"):
    """Grants that are new or different, and the ids of those that are gone.

    Attributes:
        all: this is a part of the list of all grants; the last part says `done`.
    """

    grants: list[StoredGrant]
    gone: list[str]
    all: bool = False
    done: bool = False


class Piece(msgspec.Struct, frozen=True, tag="piece"):
    """A piece of the next `Start`'s snapshot."""

    data: bytes


class Start(msgspec.Struct, frozen=True, tag="start"):
    """A session that the standby lacks: the snapshot, in the pieces before, and its names."""

    session: str
    names: list[Name]


class Changes(msgspec.Struct, frozen=True, tag="changes"):
    """The next changes of a session.

    Attributes:
        session, batch: which ones.
        parents: of the session, up to there (CLK-8); those that the standby has may be among them.
    """

    session: str
    batch: Batch
    parents: list[Parent] = []


class Bench(msgspec.Struct, frozen=True, tag="bench"):
    """A piece of the answer to `Wanted`.

    Attributes:
        session, clock: from the question.
        head: at this clock; empty if the server doesn't keep that bench.
        data: of the JSON array of its records.
        done: this is the last piece.
    """

    session: str
    clock: int
    head: bytes = b""
    data: bytes = b""
    done: bool = True


class Parted(msgspec.Struct, frozen=True, tag="parted"):
    """A session that the standby can't follow: its own copy is not the start of the server's."""

    session: str
    why: str


FromStandby = Hello | Positions | Durable | Wanted | Alive
FromPrimary = Welcome | TurnedAway | Access | Piece | Start | Changes | Bench | Parted | Alive

encode = msgspec.msgpack.Encoder().encode
_from_standby: msgspec.msgpack.Decoder[FromStandby] = msgspec.msgpack.Decoder(FromStandby)
_from_primary: msgspec.msgpack.Decoder[FromPrimary] = msgspec.msgpack.Decoder(FromPrimary)


def decode_from_standby(data: bytes) -> FromStandby:
    """A message of a standby.

    Raises:
        msgspec.DecodeError: it is none.
    """
    return _decoded(_from_standby, data)


def decode_from_primary(data: bytes) -> FromPrimary:
    """A message of a server to its standby.

    Raises:
        msgspec.DecodeError: it is none.
    """
    return _decoded(_from_primary, data)


def _decoded(decoder: msgspec.msgpack.Decoder[T], data: bytes) -> T:
    try:
        return decoder.decode(data)
    except UnicodeDecodeError as error:  # of a key or a tag, where msgspec does not look for it
        raise msgspec.DecodeError(f"It has text that is not UTF-8: {error.reason}") from error


def portions(items: Sequence[T]) -> Iterator[tuple[Sequence[T], bool]]:
    """A list in portions, each with whether it is the last; an empty list is one empty portion."""
    for first in range(0, len(items) or 1, LIST_ITEMS):
        after = first + LIST_ITEMS
        yield items[first:after], after >= len(items)
