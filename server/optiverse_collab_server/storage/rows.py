"""How entries and snapshots look in the tables: JSON in pieces, each with a checksum.

A checksum is the CRC-32 of the JSON array of a row's other columns, followed by its data. It notices
what SQLite's own checks can't: a flipped bit inside a value.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from optiverse_collab.core.records import Record
from optiverse_collab.core.server.journal import Entry, Snapshot

CHUNK_BYTES = 128 * 1024
"""A chunk of a snapshot is closed when it is this long: encoding one (about 0.3 ms) is the longest that
storage keeps the interpreter to itself."""

Records = list[tuple[int, Record]]
Clocks = list[tuple[str, int]]

_encoder = msgspec.json.Encoder()
_records = msgspec.json.Decoder(Records)
_clocks = msgspec.json.Decoder(Clocks)
_entries = msgspec.json.Decoder(list[Entry])


def checksum(columns: Sequence[str | int], data: bytes = b"") -> int:
    """The checksum of a row.

    Args:
        columns: all columns but `data` and `checksum`, in the order of the table.
        data: the column of that name.
    """
    return zlib.crc32(data, zlib.crc32(_encoder.encode(columns)))


def encode_entries(entries: Sequence[Entry]) -> bytes:
    """The data of a row of the log."""
    return _encoder.encode(entries)


def decode_entries(data: bytes) -> list[Entry]:
    """The entries in a row of the log.

    Raises:
        msgspec.DecodeError: there is something else in it.
    """
    return _entries.decode(data)


def encode_snapshot(snapshot: Snapshot) -> Iterator[tuple[str, bytes]]:
    """What a snapshot holds, as the `part` and `data` of chunks, in order."""
    yield from _chunks("records", snapshot.records)
    yield from _chunks("tombstones", snapshot.tombstones.items())
    yield from _chunks("clients", snapshot.clients.items())


class SnapshotReader:
    """Puts a snapshot together from its chunks."""

    def __init__(self) -> None:
        self._records: Records = []
        self._tombstones: dict[str, int] = {}
        self._clients: dict[str, int] = {}

    def add(self, part: str, data: bytes) -> None:
        """Take the next chunk.

        Raises:
            msgspec.DecodeError: there is something else in it.
        """
        if part == "records":
            self._records += _records.decode(data)
        elif part == "tombstones":
            self._tombstones.update(_clocks.decode(data))
        else:
            self._clients.update(_clocks.decode(data))

    def snapshot(self, epoch: str, clock: int, history_start: int) -> Snapshot:
        """The snapshot, after the last chunk."""
        return Snapshot(epoch, clock, history_start, self._records, self._tombstones, self._clients)


def _chunks(part: str, values: Iterable[Any]) -> Iterator[tuple[str, bytes]]:
    chunk: list[bytes] = []
    size = 0
    for value in values:
        data = _encoder.encode(value)
        chunk.append(data)
        size += len(data)
        if size >= CHUNK_BYTES:
            yield part, b"[%b]" % b",".join(chunk)
            chunk, size = [], 0
    if chunk:
        yield part, b"[%b]" % b",".join(chunk)
