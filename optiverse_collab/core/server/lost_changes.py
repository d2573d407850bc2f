"""Adds changes to a history that has lost them and has continued without them (OWN-10).

They yield: an unseen later value stays, and the part that it would have replaced is held (SEEN-4).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.codec import decode_ops
from optiverse_collab.core.records import Lane, Op
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Accepted, Entry
from optiverse_collab.core.server.lanes import lane_of
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab.errors import ChangeRefused

_entries = msgspec.json.Decoder(Entry)


class Merged(NamedTuple):
    """The outcome.

    Attributes:
        accepted: what was added; authors and steps are those of the first time.
        left_out: how many changes can't be added: the server's own, those about versions, and those that
            break a limit now.
    """

    accepted: list[Accepted]
    left_out: int


def merge_lost(history: History, parted: int, lost: Sequence[bytes], names: Sequence[Name]) -> Merged:
    """Add lost changes to a history, except those that it has already.

    Args:
        history: continues without them.
        parted: the clock of the last change that it shares with them.
        lost: the stored entries after it.
        names: those that the entries refer to.
    """
    texts = {(name.kind, name.number): name.text for name in names}
    accepted: list[Accepted] = []
    left_out, before = 0, history.clock
    for entry in map(_entries.decode, lost):
        origin = texts.get((NameKind.ORIGIN, entry.origin), "")
        if origin and history.last_client_clock_of(origin) >= entry.client_clock:
            continue  # its author has pushed it again (PUSH-7)
        ops = decode_ops(entry.ops)
        seen = history.clock if _is_known(history, ops, parted, before) else parted
        change = PushedChange(entry.client_clock, ops, seen, yields=True, step=entry.step)
        author = texts.get((NameKind.AUTHOR, entry.author), "")
        try:
            if not origin or lane_of(ops, history.document.records, history.tombstones) is Lane.META:
                left_out += 1
                continue
            accepted.append(history.accept(origin, (), author, entry.time_ms, change, parted))
        except ChangeRefused:
            left_out += 1
    return Merged(accepted, left_out)


def _is_known(history: History, ops: Sequence[Op], parted: int, before: int) -> bool:
    """Whether nothing that the history got without these changes concerns the records of one of them.

    Then the values that it meets are from before, or from earlier lost changes.
    """
    for op in ops:
        stamps, tombstone = history.stamps.get(op.id), history.tombstones.get(op.id)
        clocks = [] if tombstone is None else [tombstone.stamp.clock]
        if stamps is not None:
            clocks += [stamps.whole.clock, *(stamp.clock for stamp in stamps.own.values())]
        if any(parted < clock <= before for clock in clocks):
            return False
    return True
