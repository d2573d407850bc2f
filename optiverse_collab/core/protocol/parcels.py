"""Parcels: changes that clients carry for the server, in case that its data is lost (BACK rules)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from optiverse_collab.core.protocol.message import Message

EPOCHS = 100
"""A request names at most this many epochs."""

PARCELS_PER_MESSAGE = 100
"""A message returns at most this many parcels."""


class Parcel(Message, frozen=True, tag="parcel"):
    """Changes to carry: a client keeps them, and can't check or change them (BACK-5).

    Attributes:
        epoch: of the session's history.
        after, before: the clock and head before the first change.
        clock, head: the same after the last change.
        packed: the stored entries and their names (`pack` in the core's ``batches``).
        signature: of all that, 32 hex digits; only the server that made it can check it.
    """

    epoch: str
    after: int
    before: str
    clock: int
    head: str
    packed: bytes
    signature: str


class ParcelsRequest(Message, frozen=True, tag="parcels:request"):
    """The server has lost changes, and asks for parcels with the next ones (BACK-8).

    Attributes:
        clock: where its history ends.
        epochs: those to which that history belongs up to there.
    """

    clock: int
    epochs: Annotated[list[str], msgspec.Meta(max_length=EPOCHS)]


class ParcelsReturned(Message, frozen=True, tag="parcels:return"):
    """The answer: parcels with the next change, and what follows; none if there are none (BACK-8).

    Attributes:
        clock: of the request.
    """

    clock: int
    parcels: Annotated[list[Parcel], msgspec.Meta(max_length=PARCELS_PER_MESSAGE)]


class ChangesBroughtBack(Message, frozen=True, tag="parcels:taken"):
    """The server has lost changes, and has them again (BACK-10).

    Attributes:
        changes: how many.
        by: the names of the participants who had them.
    """

    changes: int
    by: list[str]


ServerMessage = Parcel | ParcelsRequest | ChangesBroughtBack
