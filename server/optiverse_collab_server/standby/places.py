"""Places in a stored session, and what comes after them (STAND-3)."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.server.batches import Batch
from optiverse_collab.core.server.chain import head_after
from optiverse_collab.core.server.names import Name, NameKind, erased
from optiverse_collab_server.standby.messages import Where
from optiverse_collab_server.storage import CopiedStore, Span, Stored
from optiverse_collab_server.storage.api import Tail

BATCH_BYTES = 256 * 1024
"""About how much memory the changes of one message take."""

ENDLESS = 2**53


def end_of(stored: Stored) -> Where:
    """Where a stored session ends."""
    tail, at = Tail.of(stored.clock, stored.names), stored.snapshot
    return Where(at.epoch, stored.clock, head_after(at.head, stored.entries), tail.origins, tail.authors)


async def is_beginning(store: CopiedStore, session: str, where: Where) -> bool:
    """Whether a copy that ends at this place is the beginning of a stored session."""
    found = await store.load_entries(session, Span(where.clock, where.clock))
    place = None if found is None else (found.epoch, found.after, found.before)
    return place == (where.epoch, where.clock, where.head)


async def next_batch(store: CopiedStore, session: str, where: Where) -> Batch | None:
    """The changes that come next for such a copy; None if there are none."""
    found = await store.load_entries(session, Span(where.clock, ENDLESS, most=BATCH_BYTES))
    if found is None or not found.entries:
        return None
    return Batch(where.clock, where.head, found.entries, fresh_names(found.names, where))


def fresh_names(names: Sequence[Name], has: Where) -> list[Name]:
    """The names that the standby lacks, without gaps: for those that were erased since, only the number."""
    fresh: list[Name] = []
    for kind in NameKind:
        there = {name.number: name for name in names if name.kind is kind}
        for number in range(has.last(kind) + 1, max(there, default=0) + 1):
            fresh.append(there.get(number) or erased(Name(kind, number, "")))
    return fresh


def moved(where: Where, batch: Batch) -> Where:
    """The place after a batch."""
    head = head_after(where.head, batch.entries)
    last = {
        kind: max([where.last(kind), *(n.number for n in batch.names if n.kind is kind)]) for kind in NameKind
    }
    return Where(where.epoch, batch.clock, head, last[NameKind.ORIGIN], last[NameKind.AUTHOR])
