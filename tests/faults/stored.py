"""What NATS has of people's edits in the end."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from optiverse_collab.core.server.journal import Entry
from optiverse_collab.core.server.raw_records import RawPut, raw_ops
from optiverse_collab_server.storage import Span
from optiverse_collab_server.storage.jetstream.store import open_store
from optiverse_collab_server.storage.jetstream.stream import Unanswered


async def stored(addresses: Sequence[str], sessions: Sequence[str]) -> Counter[str]:
    """How often each item was put, as far as history is kept; under "", the number of all changes."""
    found: Counter[str] = Counter()
    store = await open_store(addresses, "checker", replicas=3)
    for session in sessions:
        entries = None
        while entries is None:  # the log has no leader for some seconds
            with contextlib.suppress(Unanswered):
                entries = await store.load_entries(session, Span(0, sys.maxsize))
        found[""] += len(entries.entries)
        for data in entries.entries:
            ops = raw_ops(msgspec.json.decode(data, type=Entry).ops)
            found.update(op.id for op in ops if isinstance(op, RawPut))
    await store.close()
    return found


def wrong(put: Sequence[str], counts: Counter[str], drops: bool) -> Iterator[str]:
    """The acknowledged items of one person that are not in NATS once.

    Args:
        put: their ids, oldest first.
        drops: whether old history is dropped; then the first ones may be missing.
    """
    kept = (number for number, id in enumerate(put) if counts[id])
    for id in put[next(kept, 0) if drops else 0 :]:
        if counts[id] != 1:
            yield f"{id} is in NATS {counts[id]} times"
