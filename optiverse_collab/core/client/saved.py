"""A replica on disk (DISK-2)."""

from __future__ import annotations

import msgspec

from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.client.pending import PendingChange
from optiverse_collab.core.protocol.positions import OldHead, SignedHead, Turn
from optiverse_collab.core.records import Record

FORMERS = 32
"""How many former client ids a replica remembers; older values of its own count as others'."""


class Saved(msgspec.Struct, frozen=True):
    """A complete replica: with it, offline edits outlive the program."""

    client_ids: list[str]
    epoch: str | None
    clock: int
    head: str
    records: list[Record]
    pending: list[PendingChange]
    held: dict[str, HeldChange]
    accepted: bool = False
    signed: SignedHead | None = None
    term: int = 0
    turns: list[Turn] = []
    heads: list[OldHead] = []
