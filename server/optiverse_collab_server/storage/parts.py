"""A snapshot in parts, each short enough for a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from optiverse_collab.core.protocol.positions import Turn
from optiverse_collab.core.server.journal import (
    Client,
    Outcome,
    Parent,
    Return,
    Snapshot,
    StampedRecord,
    StampedTombstone,
    Sweep,
    Watched,
)
from optiverse_collab.core.server.stamps import Stamp
from optiverse_collab_server.storage.directory import ChunkRow
from optiverse_collab_server.storage.rows import ROW_BYTES, join

RECORDS, TOMBSTONES, STAMPS = "records", "tombstones", "stamps"
CLIENTS, SKIPPED, FORGOTTEN = "clients", "skipped", "forgotten"
OUTCOMES, SWEEPS, WATCHED, RETURNS = "outcomes", "sweeps", "watched", "returns"
PARENTS, TURNS, HEADS = "parents", "turns", "heads"

_encoder = msgspec.json.Encoder()
_raw_records = msgspec.json.Decoder(list[tuple[msgspec.Raw, msgspec.Raw, msgspec.Raw]])
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    RECORDS: msgspec.json.Decoder(list[StampedRecord]),
    TOMBSTONES: msgspec.json.Decoder(list[StampedTombstone]),
    STAMPS: msgspec.json.Decoder(list[Stamp]),
    CLIENTS: msgspec.json.Decoder(list[Client]),
    SKIPPED: msgspec.json.Decoder(list[tuple[int, list[int]]]),
    FORGOTTEN: msgspec.json.Decoder(list[tuple[int, int]]),
    OUTCOMES: msgspec.json.Decoder(list[Outcome]),
    SWEEPS: msgspec.json.Decoder(list[Sweep]),
    WATCHED: msgspec.json.Decoder(list[Watched]),
    RETURNS: msgspec.json.Decoder(list[Return]),
    PARENTS: msgspec.json.Decoder(list[Parent]),
    TURNS: msgspec.json.Decoder(list[Turn]),
    HEADS: msgspec.json.Decoder(list[bytes]),
}


def encode_snapshot(snapshot: Snapshot) -> Iterator[tuple[str, bytes]]:
    """The parts of a snapshot besides the columns of its chunk: kind and JSON of each, in order.

    The heads are a separate last part, so that a cold chunk can do without them.
    """
    yield from parts(RECORDS, snapshot.records)
    yield from parts(TOMBSTONES, snapshot.tombstones)
    yield from parts(STAMPS, snapshot.stamps)
    yield from parts(CLIENTS, snapshot.clients)
    yield from parts(SKIPPED, snapshot.skipped.items())
    if any(snapshot.forgotten):
        yield from parts(FORGOTTEN, [snapshot.forgotten])
    yield from parts(OUTCOMES, snapshot.outcomes)
    yield from parts(SWEEPS, snapshot.sweeps)
    if snapshot.watched.edited:
        yield from parts(WATCHED, [snapshot.watched])
    yield from parts(RETURNS, snapshot.returns)
    yield from parts(PARENTS, snapshot.parents)
    yield from parts(TURNS, snapshot.turns)
    if snapshot.heads:
        yield from parts(HEADS, [snapshot.heads])


def parts(kind: str, values: Iterable[Any]) -> Iterator[tuple[str, bytes]]:
    """Values of one kind, in parts of about `ROW_BYTES`."""
    part: list[bytes] = []
    size = 0
    for value in values:
        data = _encoder.encode(value)
        part.append(data)
        size += len(data)
        if size >= ROW_BYTES:
            yield kind, join(part)
            part, size = [], 0
    if part:
        yield kind, join(part)


def raw_records(data: bytes) -> list[msgspec.Raw]:
    """The records of a part, each as JSON.

    Raises:
        msgspec.DecodeError: it contains something else.
    """
    return [record for record, _, _ in _raw_records.decode(data)]


class SnapshotReader:
    """Puts a snapshot together from its parts."""

    def __init__(self) -> None:
        self._values: dict[str, list[Any]] = {kind: [] for kind in _DECODERS}

    def add(self, kind: str, data: bytes) -> None:
        """Take the next part.

        Raises:
            msgspec.DecodeError: it contains something else.
        """
        self._values[kind] += _DECODERS[kind].decode(data)

    def snapshot(self, epoch: str, chunk: ChunkRow) -> Snapshot:
        """The snapshot, after the last part."""
        values = self._values
        return Snapshot(
            epoch=epoch,
            term=chunk.term,
            clock=chunk.clock,
            head=chunk.head,
            time_ms=chunk.time_ms,
            history_start=chunk.history_start,
            heads=b"".join(values[HEADS]),
            records=values[RECORDS],
            tombstones=values[TOMBSTONES],
            stamps=values[STAMPS],
            clients=values[CLIENTS],
            skipped=dict(values[SKIPPED]),
            outcomes=values[OUTCOMES],
            outcomes_from=chunk.outcomes_from,
            sweeps=values[SWEEPS],
            parents=values[PARENTS],
            forgotten=values[FORGOTTEN][0] if values[FORGOTTEN] else (0, 0),
            watched=values[WATCHED][0] if values[WATCHED] else Watched(),
            turns=values[TURNS],
            returns=values[RETURNS],
        )
