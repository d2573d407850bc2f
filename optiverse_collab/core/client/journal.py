"""The journal of a replica between two complete copies of it (DISK-2)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.client.pending import PendingChange
from optiverse_collab.core.client.saved import Saved


class Changed(msgspec.Struct, frozen=True, tag="changed"):
    """A complete pending change; of several with its client_clock the last counts (PUSH-2)."""

    change: PendingChange


class Settled(msgspec.Struct, frozen=True, tag="settled"):
    """The change with this client_clock is no longer pending: acknowledged, or refused."""

    client_clock: int


class Held(msgspec.Struct, frozen=True, tag="held"):
    """All held edits of the record with this id."""

    id: str
    change: HeldChange


class Dismissed(msgspec.Struct, frozen=True, tag="dismissed"):
    """No edit of the record with this id is held any longer."""

    id: str


Entry = Changed | Settled | Held | Dismissed


def entries_of(saved: Saved) -> list[Entry]:
    """Pending and held changes as journal entries."""
    return [*map(Changed, saved.pending), *(Held(id, change) for id, change in saved.held.items())]


def replay(saved: Saved, entries: Iterable[Entry]) -> Saved:
    """The saved replica, with the entries written since applied."""
    pending = {change.client_clock: change for change in saved.pending}
    held = dict(saved.held)
    for entry in entries:
        if isinstance(entry, Changed):
            pending[entry.change.client_clock] = entry.change
        elif isinstance(entry, Settled):
            pending.pop(entry.client_clock, None)
        elif isinstance(entry, Held):
            held[entry.id] = entry.change
        else:
            held.pop(entry.id, None)
    ordered = [pending[client_clock] for client_clock in sorted(pending)]
    return msgspec.structs.replace(saved, pending=ordered, held=held)
