"""Finds the records that changed after a clock, bit by bit: for 100,000, that takes a while.

When a replica asks, only lists are copied, which takes a few ms. All other work is done when pages are
built. Records and stamps are immutable, so the pages show the document as it was at the request.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

from optiverse_collab.core.records import Record
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.stamps import RecordStamps

FEW = 1000
"""Up to this many changed records are looked up at once."""

AT_ONCE = 2000
"""How many records are checked before others get their turn."""

Pair = tuple[Record, RecordStamps]


def changed_since(history: History, clock: int) -> tuple[int, Iterator[Pair | None]]:
    """The records that changed after a clock.

    Returns:
        Their number, and each with its stamps, as of now; None where others may get their turn. New ones
        come in the document's order (REP-10).
    """
    stamps, records = history.stamps, history.document.records
    newest = takewhile(lambda item: item[1].newest.clock > clock, reversed(stamps.items()))
    few = dict(islice(newest, FEW))
    if len(few) < FEW:
        new = {id for id, own in few.items() if own.whole.clock > clock}
        newest_first = [*islice((id for id in reversed(records) if id in new), len(new))]
        changed = [id for id in reversed(few) if id not in new]
        return len(few), iter([(records[id], few[id]) for id in [*reversed(newest_first), *changed]])
    ids, found = [*stamps], [*stamps.values()]
    start = bisect_right(found, clock, key=lambda own: own.newest.clock)
    return len(ids) - start, joined([*records.values()], ids[start:], found[start:])


def joined(
    records: Sequence[Record], ids: Sequence[str], stamps: Sequence[RecordStamps]
) -> Iterator[Pair | None]:
    """The records with these ids, each with the stamps at the id's place in the list.

    Yields:
        None where others may get their turn.
    """
    by_id: dict[str, RecordStamps] = {}
    for first in range(0, len(ids), AT_ONCE):
        if first:
            yield None
        by_id.update(zip(ids[first : first + AT_ONCE], stamps[first : first + AT_ONCE], strict=True))
    for place, record in enumerate(records, 1):
        own = by_id.get(record.id)
        if own is not None:
            yield record, own
        if place % AT_ONCE == 0:
            yield None
