"""Parcels on the server: gathers what became durable, and signs it for the clients that carry it (BACK)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import blake2b
from hmac import compare_digest
from typing import NamedTuple

import msgspec

from optiverse_collab.core.protocol.parcels import Parcel
from optiverse_collab.core.server.batches import Batch, pack
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Kept
from optiverse_collab.core.server.names import Name
from optiverse_collab.core.server.signatures import SIGNATURE_BYTES
from optiverse_collab.core.space import Share

PARCEL_BYTES = 128 * 1024
"""A parcel is closed once its entries have this many bytes before they are packed."""

_PURPOSE = b"optiverse parcel"
"""Separates these hashes from others with the same key."""

_encoder = msgspec.json.Encoder()


def sealed(key: bytes, session_id: str, epoch: str, batch: Batch, head: bytes) -> Parcel:
    """The parcel of a batch, signed.

    Args:
        key: secret, up to 64 bytes.
        session_id: the name of the session, and `epoch` its history.
        head: after the last entry.
    """
    position = epoch, batch.after, batch.before.hex(), batch.clock, head.hex()
    packed = pack(batch)
    return Parcel(*position, packed, _signature(key, session_id, Parcel(*position, packed, "")))


def is_sealed(key: bytes, session_id: str, parcel: Parcel) -> bool:
    """Whether the owner of the key made this parcel, for this session."""
    return compare_digest(_signature(key, session_id, parcel).encode(), parcel.signature.encode())


def _signature(key: bytes, session_id: str, parcel: Parcel) -> str:
    position = [session_id, parcel.epoch, parcel.after, parcel.before, parcel.clock, parcel.head]
    signed = _encoder.encode(position) + parcel.packed
    return blake2b(signed, digest_size=SIGNATURE_BYTES, key=key, person=_PURPOSE).hexdigest()


class _Gathered(NamedTuple):
    """An entry, and the names that it, or one soon after it, is the first to refer to."""

    entry: Kept
    names: Sequence[Name]


class Parcels:
    """Gathers the changes of a session while somebody carries them.

    Args:
        key: the server's; None if nobody may carry anything.
        session_id: the name of the session.
        history: of the session.
    """

    def __init__(self, key: bytes | None, session_id: str, history: History) -> None:
        self._key, self._session_id, self._history = key, session_id, history
        self._carriers: dict[str, None] = {}
        self._gathered: deque[_Gathered] = deque()
        self._share = Share(history.space)

    @property
    def carriers(self) -> tuple[str, ...]:
        """The connections that carry parcels."""
        return tuple(self._carriers)

    @property
    def size(self) -> int:
        """How much is gathered, in bytes."""
        return self._share.bytes

    def carry(self, connection_id: str) -> None:
        """A connection carries parcels from now on."""
        if self._key is None:
            return
        if not self._carriers:
            self._clock, self._head = self._history.clock, self._history.chain.head
        self._carriers[connection_id] = None

    def forget(self, connection_id: str) -> None:
        """A connection is gone."""
        self._carriers.pop(connection_id, None)
        if not self._carriers:
            self._gathered.clear()
            self._share.resize(0)

    def add(self, entries: Sequence[Kept], names: Sequence[Name]) -> None:
        """Storage gets these entries next; those from before the first carrier came are left out."""
        if not self._carriers:
            return
        later = [entry for entry in entries if entry.clock > self._clock]
        self._gathered.extend(_Gathered(entry, () if number else names) for number, entry in enumerate(later))
        self._share.resize(self.size + sum(len(entry.data) for entry in later))

    def take(self, durable: int) -> Callable[[], Parcel] | None:
        """Makes the next parcel, in any thread; None if nothing is gathered.

        Args:
            durable: storage holds everything up to this clock (DUR-1).
        """
        entries: list[Kept] = []
        names: list[Name] = []
        size = 0
        while self._gathered and size < PARCEL_BYTES and self._gathered[0].entry.clock <= durable:
            one = self._gathered.popleft()
            entries.append(one.entry)
            names += one.names
            size += len(one.entry.data)
        if not entries:
            return None
        batch = Batch(self._clock, self._head, [entry.data for entry in entries], names)
        self._clock, self._head = entries[-1].clock, entries[-1].head
        self._share.resize(self.size - size)
        assert self._key is not None, "nobody carries anything"
        return partial(sealed, self._key, self._session_id, self._history.epoch, batch, self._head)
