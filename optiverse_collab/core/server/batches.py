"""Batches of stored entries: cut from one history, and appended to a copy of it that ends earlier.

The entries are unchanged, byte for byte: authors, numbers, times and outcomes are those of the first time.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from optiverse_collab.core.protocol.codec import decode_ops
from optiverse_collab.core.records import Op
from optiverse_collab.core.server.chain import head_after
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Accepted, Entry, Kept
from optiverse_collab.core.server.lanes import lane_of
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab.core.server.references import References
from optiverse_collab.errors import BatchRefused

_LEVEL = 6

_encoder = msgspec.json.Encoder()
_content = msgspec.json.Decoder(tuple[list[Name], list[msgspec.Raw]])
_entries = msgspec.json.Decoder(Entry)


class Batch(NamedTuple):
    """Entries of a history, one clock after the other.

    Attributes:
        after: the clock before the first.
        before: the head at that clock, 16 bytes.
        entries: their stored bytes.
        names: those that these entries are the first to refer to; the numbers of a kind grow.
    """

    after: int
    before: bytes
    entries: Sequence[bytes]
    names: Sequence[Name]

    @property
    def clock(self) -> int:
        """Of the last entry."""
        return self.after + len(self.entries)


def pack(batch: Batch) -> bytes:
    """The entries and names of a batch, compressed."""
    content = (batch.names, [msgspec.Raw(entry) for entry in batch.entries])
    return zlib.compress(_encoder.encode(content), _LEVEL)


def unpack(packed: bytes, after: int, before: bytes) -> Batch:
    """The batch that `pack` has packed. Only for trusted bytes: they may become a thousand times longer.

    Args:
        after, before: its start.

    Raises:
        BatchRefused: it can't be read.
    """
    try:
        names, entries = _content.decode(zlib.decompress(packed))
    except (zlib.error, msgspec.DecodeError, UnicodeError) as error:
        raise BatchRefused(f"The changes after {after} can't be read: {error}.") from error
    return Batch(after, before, [bytes(entry) for entry in entries], names)


def extend(history: History, batch: Batch) -> list[Accepted]:
    """Append the entries of a batch that a history lacks.

    The batch may begin earlier than the history ends, if it passes through its head.

    Raises:
        BatchRefused: it doesn't continue the history; nothing has changed.
    """
    if not batch.after <= history.clock < batch.clock:
        place = f"changes {batch.after + 1} to {batch.clock}"
        raise BatchRefused(f"The history ends at change {history.clock}, and {place} don't continue it.")
    known = history.clock - batch.after
    if head_after(batch.before, batch.entries[:known]) != history.chain.head:
        raise BatchRefused(f"The changes after {batch.after} belong to another history.")
    fresh = _fresh(history, batch.names)
    lacking = _read(history, batch.entries[known:], fresh)
    for name in fresh:
        history.names.add_new(name)
    return [_append(history, entry, data, ops) for entry, data, ops in lacking]


def _fresh(history: History, names: Sequence[Name]) -> list[Name]:
    """The names that a history lacks.

    Raises:
        BatchRefused: one has the number of another one, or not the next number.
    """
    fresh: list[Name] = []
    last = {kind: history.names.last(kind) for kind in NameKind}
    for name in names:
        if name.number == last[name.kind] + 1:
            last[name.kind] += 1
            fresh.append(name)
        elif name.number > last[name.kind]:
            raise BatchRefused(f"The names before {name.kind.value} {name.number} are missing.")
    return fresh


def _read(
    history: History, entries: Sequence[bytes], fresh: Sequence[Name]
) -> list[tuple[Entry, bytes, list[Op]]]:
    """The entries that come next, decoded.

    Raises:
        BatchRefused: one can't be read, is another one than the next, or refers to an unknown name.
    """
    found: list[tuple[Entry, bytes, list[Op]]] = []
    used = References()
    for clock, data in enumerate(entries, history.clock + 1):
        try:
            entry = _entries.decode(data)
            ops = decode_ops(entry.ops)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise BatchRefused(f"Change {clock} can't be read: {error}.") from error
        if entry.clock != clock:
            raise BatchRefused(f"Change {entry.clock} is where {clock} belongs.")
        used.add_change(entry.origin, entry.author, entry.lost, entry.held, entry.replaced)
        found.append((entry, data, ops))
    for kind in NameKind:
        new = {name.number for name in fresh if name.kind is kind}
        if missing := used.numbers(kind) - history.names.texts(kind).keys() - new:
            unknown = f"{kind.value} {min(missing)}"
            raise BatchRefused(f"The changes after {history.clock} refer to {unknown}, which is unknown.")
    return found


def _append(history: History, entry: Entry, data: bytes, ops: list[Op]) -> Accepted:
    lane = lane_of(ops, history.document.records, history.tombstones)
    history.add(entry, data, ops)
    return Accepted(entry, Kept(entry.clock, data, history.chain.head), lane)
