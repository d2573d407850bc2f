"""A replica's rights, and the changes that wait until they are allowed again (RIGHT-1 to RIGHT-3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from optiverse_collab.core.access import Role, all_that_is_allowed, may_write
from optiverse_collab.core.client.pending import Pending
from optiverse_collab.core.protocol.outcomes import Ack, AckResult
from optiverse_collab.core.records import Lane, Op, Put, Record
from optiverse_collab.errors import ChangeRefused, Reason

EVERY_LANE = frozenset(Lane)


def is_denial(ack: Ack) -> bool:
    """Whether a change was refused because its author lacked the right; it stays pending (RIGHT-3)."""
    return ack.result is AckResult.REFUSED and ack.reason == Reason.NOT_ALLOWED


class Rights:
    """Follows the role of a replica's user.

    Args:
        pending: the changes that the server has not acknowledged.

    Attributes:
        role: the last one from the server.
    """

    def __init__(self, pending: Pending) -> None:
        self.role = Role.OWNER
        self._pending = pending

    def lane_of(self, ops: Sequence[Op], view: Mapping[str, Record]) -> Lane:
        """The lane of an edit.

        Raises:
            ChangeRefused: the user may not write there (RIGHT-1).
        """
        lane = next(iter(_lanes(ops, view)), Lane.BENCH)
        if lane not in self._pending.lanes:
            may = all_that_is_allowed(self.role)
            raise ChangeRefused(
                Reason.NOT_ALLOWED,
                f"You may only {may}, so nothing was changed; ask an owner for the right to edit.",
            )
        return lane

    def change(self, role: Role) -> bool:
        """The role changed; returns whether to synchronise, so that waiting changes are sent."""
        before = self._pending.lanes
        self.role = role
        self._pending.lanes = frozenset(lane for lane in Lane if may_write(role, lane))
        return bool(self._pending.lanes - before) and bool(self._pending.changes)

    def take_denials(self, acks: Iterable[Ack]) -> bool:
        """The server refused changes that stay pending; returns whether the user has the right again.

        The server accepts nothing more until the replica synchronises (ACC-8).
        """
        if not any(is_denial(ack) and self._pending.awaits(ack.client_clock) for ack in acks):
            return False
        self._pending.unsend()
        return self._pending.unsent

    @property
    def may_edit(self) -> bool:
        """Whether the user may change the bench."""
        return Lane.BENCH in self._pending.lanes

    @property
    def withheld(self) -> int:
        """How many changes wait for the right: the first forbidden one, and all later ones."""
        changes, lanes = self._pending.changes, self._pending.lanes
        if lanes == EVERY_LANE:
            return 0
        places = (place for place, change in enumerate(changes) if change.lane not in lanes)
        return len(changes) - next(places, len(changes))


def _lanes(ops: Iterable[Op], view: Mapping[str, Record]) -> Iterable[Lane]:
    for op in ops:
        if op.id in view:
            yield view[op.id].lane
        elif isinstance(op, Put):
            yield op.lane
