"""Parcels that a server made, and others made from them (BACK-7)."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import structs

from optiverse_collab.core.protocol.parcels import Parcel
from optiverse_collab.core.server.batches import pack, unpack
from optiverse_collab.core.server.history import History


class Made(NamedTuple):
    """A parcel that the server made.

    Attributes:
        parcel: the same.
        history: all changes from the start of its history up to its end.
    """

    parcel: Parcel
    history: list[bytes]

    def after(self, parcel: Parcel, now: list[bytes], epochs: set[str]) -> list[bytes]:
        """The changes after somebody returned a parcel with this signature; the same if it doesn't count."""
        fits = parcel.after <= len(now) < parcel.clock and self.history[: len(now)] == now
        return self.history if fits and parcel == self.parcel and parcel.epoch in epochs else now


def forgeries(one: Parcel, other: Parcel, history: History) -> list[Parcel]:
    """Forgeries of a parcel, one of each kind.

    Args:
        other: another parcel, or the same.
        history: that it is meant to continue.
    """
    return [
        structs.replace(one, packed=other.packed + b"x"),
        structs.replace(one, epoch=history.epoch + " "),
        structs.replace(one, after=history.clock),
        structs.replace(one, clock=one.clock + 1),
        structs.replace(one, before=other.head),
        _by_somebody_else(one),
    ]


def _by_somebody_else(parcel: Parcel) -> Parcel:
    """The same changes under other names: the chain doesn't show that."""
    batch = unpack(parcel.packed, parcel.after, bytes.fromhex(parcel.before))
    names = [structs.replace(name, text=name.text + "?") for name in batch.names]
    return structs.replace(parcel, packed=pack(batch._replace(names=names)))
