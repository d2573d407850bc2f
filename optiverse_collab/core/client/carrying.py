"""What a client does with parcels: it keeps them, unread, and returns them when the server asks (BACK)."""

from __future__ import annotations

from dataclasses import dataclass, field

from optiverse_collab.core.protocol.parcels import Parcel, ParcelsRequest, ServerMessage


@dataclass(frozen=True)
class KeepParcel:
    """Write a parcel next to the replica (BACK-6)."""

    parcel: Parcel = field(repr=False)


@dataclass(frozen=True)
class ParcelsWanted:
    """Find the next parcels after a clock, and pass them to `SessionClient.return_parcels` (BACK-8)."""

    request: ParcelsRequest


@dataclass(frozen=True)
class BroughtBack:
    """The server had lost changes, and participants brought them back (BACK-10).

    Attributes:
        changes: how many.
        by: the participants' names.
    """

    changes: int
    by: tuple[str, ...]


CarryingEffect = KeepParcel | ParcelsWanted | BroughtBack


def effect_of(message: ServerMessage) -> CarryingEffect:
    """What to do about a message."""
    if isinstance(message, Parcel):
        return KeepParcel(message)
    if isinstance(message, ParcelsRequest):
        return ParcelsWanted(message)
    return BroughtBack(message.changes, tuple(message.by))
