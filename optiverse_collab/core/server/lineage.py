"""Histories that continue another one, after a backup of it was restored (CLK-8)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from optiverse_collab.core.protocol.messages import SyncRequest
from optiverse_collab.core.protocol.positions import OldHead, ParentPosition, Turn
from optiverse_collab.core.protocol.timestamps import timestamp
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Parent, Snapshot


def last_shared(history: History, epoch: str) -> int:
    """The clock up to which an epoch's changes belong to a history; -1 if none do."""
    if epoch == history.epoch:
        return history.clock
    parted = _parted(history, epoch)
    return -1 if parted is None else parted.clock


def was_replaced(history: History, request: SyncRequest) -> bool:
    """Whether a replica comes from a server that has taken over from this one (CLK-10)."""
    return request.epoch == history.epoch and request.term > history.turns.term


def is_lost(history: History, request: SyncRequest) -> bool:
    """Whether a standby has taken over without the last changes of a replica (CLK-9)."""
    is_known = request.epoch == history.epoch and request.term > 0
    return is_known and _parted_by_takeover(history, request) is not None


def is_unsure(history: History, request: SyncRequest) -> bool:
    """Whether a replica may have parted from a history before that began (HOST-2)."""
    parent = next((one for one in history.parents if one.epoch == request.epoch), None)
    return parent is not None and parent.term not in (0, request.term)


def parent_position(history: History, epoch: str, request: SyncRequest) -> ParentPosition | None:
    """Where a history branched off from a replica's, to report to it; None if that isn't known.

    Args:
        epoch: of the replica.
        request: with its position, which is not part of the history.
    """
    own = _parted_by_takeover(history, request) if epoch == history.epoch else None
    parted = _parted(history, epoch) if own is None else own
    if parted is None:
        return None
    return ParentPosition(epoch, parted.clock, timestamp(parted.time_ms), not is_unsure(history, request))


def never_had(history: History, request: SyncRequest) -> ParentPosition | None:
    """The start of a replica's history, if a standby took over before it had the session; else None (CLK-11).

    The session then began again, in another epoch. Both have the empty bench.
    """
    first = history.turns.kept[0] if history.turns.kept else None
    if first is None or first.clock or request.epoch is None or not 0 < request.term < first.term:
        return None
    return ParentPosition(request.epoch, 0, timestamp(0), True)


def epochs_here(history: History) -> list[str]:
    """The epochs to which everything of a history belongs: its own, and those that parted where it ends."""
    parents = [parent.epoch for parent in history.parents]
    return [history.epoch, *(epoch for epoch in parents if last_shared(history, epoch) == history.clock)]


def _parted_by_takeover(history: History, request: SyncRequest) -> Turn | None:
    return history.turns.parted(request.term, request.clock, request.turns)


def _parted(history: History, epoch: str) -> Parent | None:
    """The first branch since an epoch: a parent's parent may have ended before the parent did."""
    epochs = [parent.epoch for parent in history.parents]
    if epoch not in epochs:
        return None
    return min(history.parents[epochs.index(epoch) :], key=lambda parent: parent.clock)


def continued(snapshot: Snapshot, end: Parent, epoch: str) -> Snapshot:
    """The start of a history of another epoch that continues where this one ends.

    Args:
        snapshot: of the old history.
        end: where the old history ends, perhaps after the snapshot.
        epoch: of the new one.
    """
    return structs.replace(snapshot, epoch=epoch, parents=[*snapshot.parents, end])


def parted_at(
    history: History, heads: Sequence[OldHead], end: ParentPosition, is_likely: bool
) -> ParentPosition:
    """Where a replica's history became another one, as far as its heads show that (BACK-14).

    Args:
        history: this one.
        heads: the replica's, oldest first.
        end: the last place at which they may have parted.
        is_likely: whether they share that place if no head shows the contrary.
    """
    differs, known = False, [one for one in heads if one.clock <= end.clock]
    for one in reversed(known if end.clock else []):  # both had the empty bench
        agrees = history.chain.agrees(history.clock - one.clock, one.start)
        if agrees:
            clock = end.clock if is_likely and not differs else one.clock
            return structs.replace(end, clock=clock, is_shared=True)
        if agrees is None:
            break
        differs = True
    return structs.replace(end, is_shared=is_likely and not differs)
