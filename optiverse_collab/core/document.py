"""A set of records that knows its own hash (HASH-1, HASH-2)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from optiverse_collab.core.protocol.codec import canonical
from optiverse_collab.core.records import Lane, Op, Record, apply

_MODULUS = 2**64
_ALL = 2**60


class Document:
    """Records, and a hash of each lane that is cheap to update.

    The hash is the sum of the records' own 64-bit hashes, so that the cost of a change depends only on
    what it touches. Hashes of records are only computed on demand.

    Attributes:
        records: id → record; change it only through `apply`.
    """

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.records: dict[str, Record] = {record.id: record for record in records}
        self._hashes: dict[str, tuple[Lane, int]] = {}
        self._stale = set(self.records)
        self._sums = dict.fromkeys(Lane, 0)

    def apply(self, op: Op, copies: set[str] | None = None) -> bool:
        """Apply `op`; returns False if its record is missing. For `copies` see `records.apply`."""
        self._stale.add(op.id)
        return apply(self.records, op, copies)

    def freshen(self, most: int) -> bool:
        """Hash changed records of about `most` bytes; returns whether that was all."""
        while self._stale and most > 0:
            id = self._stale.pop()
            lane, old = self._hashes.pop(id, (Lane.BENCH, 0))
            self._sums[lane] -= old
            record = self.records.get(id)
            if record is not None:
                text = canonical(record)
                most -= len(text)
                new = int.from_bytes(blake2b(text, digest_size=8).digest(), "big")
                self._hashes[id] = (record.lane, new)
                self._sums[record.lane] += new
        return not self._stale

    def hashes(self) -> dict[Lane, str]:
        """The state hash of each lane: 16 hex digits."""
        self.freshen(_ALL)
        return {lane: f"{total % _MODULUS:016x}" for lane, total in self._sums.items()}
