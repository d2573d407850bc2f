"""A set of records that knows its own hash (HASH-1, HASH-2)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from optiverse_collab.core.protocol.codec import canonical
from optiverse_collab.core.records import Op, Record, apply

_MODULUS = 2**64


class Document:
    """Records, and a hash of them that is cheap to keep up.

    The hash is the sum of the records' own 64-bit hashes, so that a change costs as much as what it
    touches. Records' hashes are only computed when somebody asks.

    Attributes:
        records: id → record; change it through `apply` alone.
    """

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.records: dict[str, Record] = {record.id: record for record in records}
        self._hashes: dict[str, int] = {}
        self._stale = set(self.records)
        self._sum = 0

    def apply(self, op: Op) -> bool:
        """Apply `op`; False if its record is not there."""
        self._stale.add(op.id)
        return apply(self.records, op)

    def hash(self) -> str:
        """The state hash: 16 hex digits."""
        for id in self._stale:
            self._sum -= self._hashes.pop(id, 0)
            record = self.records.get(id)
            if record is not None:
                digest = blake2b(canonical(record), digest_size=8).digest()
                self._hashes[id] = int.from_bytes(digest, "big")
                self._sum += self._hashes[id]
        self._stale.clear()
        return f"{self._sum % _MODULUS:016x}"
