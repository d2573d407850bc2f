"""The records of a session's log: each says who wrote it, and where the session ends after it.

So a writer needs only the last record to continue. Each chunk leads to the one before. A content that is too
long for one message is in parts, which are messages before the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

import msgspec

from optiverse_collab.core.server.journal import Kept, Parent
from optiverse_collab.core.server.names import Name
from optiverse_collab.core.server.ownership import End
from optiverse_collab_server.storage.api import Tail


class _Entry(msgspec.Struct, frozen=True):
    """What a record needs of an entry."""

    term: int = 0


class Kind(str, Enum):
    """What a record does.

    Attributes:
        CHUNK: begins the session's next chunk (DUR-5); the first record is one.
        ENTRIES: adds entries.
        TAKE: its writer owns the session from here on.
        FREE: its writer has given the session up.
        DROP: drops the history before a chunk.
    """

    CHUNK = "chunk"
    ENTRIES = "entries"
    TAKE = "take"
    FREE = "free"
    DROP = "drop"


class Start(msgspec.Struct, frozen=True, array_like=True):
    """Where a chunk begins.

    Attributes:
        follows: the record with the last entry before the snapshot; 0 if there is none.
        before: the record of the chunk before; 0 if there is none.
        clock: of the snapshot, and `time_ms` its time.
        bytes: how long it is as JSON.
    """

    follows: int
    before: int
    clock: int
    time_ms: int
    bytes: int


class State(msgspec.Struct, frozen=True, array_like=True):
    """A session after a record.

    Attributes:
        epoch, clock, head: the position.
        origins, authors: the numbers of the last names.
        size: how many bytes were ever stored.
        chunk: the record of the newest chunk; 0 if it is this one.
        term: of the owner (CLK-6); 0 in logs of older servers.
        first: the record of the oldest chunk that is not dropped (OWN-13); 0 if none was.
        drop: the record that dropped the last ones; 0 if there is none, or if it is this one.
        gone: how many bytes were dropped.
        kept: how many bytes the benches take that are kept of them.
    """

    epoch: str
    clock: int
    head: bytes
    origins: int
    authors: int
    size: int
    chunk: int
    term: int = 0
    first: int = 0
    drop: int = 0
    gone: int = 0
    kept: int = 0

    @property
    def stored(self) -> int:
        """How many bytes are stored."""
        return self.size - self.gone + self.kept

    @property
    def tail(self) -> Tail:
        """Where the stored part of the session ends."""
        return Tail(self.clock, self.origins, self.authors)

    def extended(self, entries: Sequence[Kept], tail: Tail) -> State:
        """The session with these entries, after which it ends at `tail`."""
        last = entries[-1]
        return msgspec.structs.replace(
            self,
            clock=tail.clock,
            head=last.head,
            origins=tail.origins,
            authors=tail.authors,
            size=self.size + sum(len(entry.data) for entry in entries),
            term=max(self.term, _entries.decode(last.data).term),
        )

    def with_chunk(self, record: int, more: int = 0) -> State:
        """The session with another newest chunk, which takes `more` bytes."""
        return msgspec.structs.replace(self, size=self.size + more, chunk=record)

    def taken(self) -> State:
        """The session with another owner."""
        return msgspec.structs.replace(self, term=self.term + 1)


class LogRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message of a session's log.

    Attributes:
        kind: what it does.
        node, run, write: the server that wrote it, its run, and that run's number for it.
        previous: the record before; 0 if there is none.
        state: the session after it.
        start: of a chunk.
        content: `Entries`, `Chunk` or `Dropped`, if it is short.
        parts: where it is, if it is not.
    """

    kind: Kind
    node: str
    run: str
    write: int
    previous: int
    state: State
    start: Start | None = None
    content: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    parts: list[int] = []

    def end(self, sequence: int) -> End:
        """What this is as the last record."""
        return End(sequence, self.run, self.write)

    def after(self, sequence: int) -> State:
        """The session after this record, which has a number."""
        drop = sequence if self.kind is Kind.DROP else self.state.drop
        return msgspec.structs.replace(self.state, chunk=self.state.chunk or sequence, drop=drop)


class Entries(msgspec.Struct, frozen=True, array_like=True):
    """Entries, byte for byte, the names that they are the first to refer to, and further parents."""

    entries: list[msgspec.Raw]
    names: list[Name]
    parents: list[Parent] = []


class Chunk(msgspec.Struct, frozen=True, array_like=True):
    """A snapshot as JSON, and all names of the session: entries of any time may refer to them."""

    snapshot: msgspec.Raw
    names: list[Name]


class Dropped(msgspec.Struct, frozen=True, array_like=True):
    """Clock and head of places in dropped history at which journals may end."""

    places: list[tuple[int, bytes]]


class Bench(msgspec.Struct, frozen=True, array_like=True):
    """The bench of a version whose part of the history was dropped (HIST-15).

    Attributes:
        head: after the version's change.
        size: how many bytes the records have.
        records: as a JSON array, if they are short; else `parts` is where they are.
    """

    head: bytes
    size: int
    records: msgspec.Raw | msgspec.UnsetType
    parts: list[int]


encode = msgspec.json.Encoder().encode
_entries = msgspec.json.Decoder(_Entry)
decode_record = msgspec.json.Decoder(LogRecord).decode
decode_entries = msgspec.json.Decoder(Entries).decode
decode_chunk = msgspec.json.Decoder(Chunk).decode
decode_dropped = msgspec.json.Decoder(Dropped).decode
decode_bench = msgspec.json.Decoder(Bench).decode
decode_raw = msgspec.json.Decoder(list[msgspec.Raw]).decode
