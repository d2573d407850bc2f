"""Splits long edits into several changes of one step (PUSH-8)."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.protocol.pages import pages
from optiverse_collab.core.records import Op, Remove
from optiverse_collab.errors import ChangeRefused


def edit_in_step(
    replica: Replica, ops: Sequence[Op], step: str, seen: int, yields: bool = False, away: bool = False
) -> list[Op]:
    """Edit in as many changes as needed.

    Args:
        replica: the document.
        ops: at most one for each record.
        step: the id that all changes carry.
        seen: the clock of the state on the user's screen (SEEN-1).
        yields: don't replace others' later changes (SEEN-5).
        away: it was made without a connection (SYNC-5).

    Returns:
        The operations that the replica refused; they were left out.
    """
    last_shown = {op.id: seen for op in ops}

    def edit(change: Sequence[Op]) -> bool:
        try:
            replica.edit(change, last_shown, yields, step)
        except ChangeRefused:
            return False
        return True

    refused: list[Op] = []
    for change in parts_of(ops, replica.limits.page_bytes, yields):
        if not edit(change):
            refused += [op for op in change if not edit([op])]
    for pending in replica.pending:
        if away and pending.step == step:
            pending.away = True
    return refused


def parts_of(ops: Sequence[Op], page_bytes: int, yields: bool) -> list[Sequence[Op]]:
    """The changes into which a long edit is split.

    Args:
        ops: at most one for each record.
        page_bytes: about the size of a change.
        yields: see `edit_in_step`. Then each removal is a separate change: if one removal of a change is
            held, all are (SEEN-7).
    """
    alone = [op for op in ops if yields and isinstance(op, Remove)]
    others = [op for op in ops if not yields or not isinstance(op, Remove)]
    return [*([op] for op in alone), *pages(others, page_bytes)]
