"""The changes of a replica that the server has not acknowledged (PUSH-1 to PUSH-3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from optiverse_collab.core.protocol.codec import size_of
from optiverse_collab.core.records import Op, Put, Set
from optiverse_collab.errors import ChangeRefused, Reason


class PendingChange(msgspec.Struct):
    """One change, squashed to one operation per record.

    Attributes:
        client_clock: this replica's number for it.
        ops: record id → operation.
        bytes: its size as JSON.
        sent: whether it ever left; from then on it never changes, since the server may have it.
    """

    client_clock: int
    ops: dict[str, Op]
    bytes: int
    sent: bool = False


class Pending:
    """Changes in the order in which they were made.

    Attributes:
        changes: oldest first; the first `_in_flight` of them are on their way.
        next_clock: the client_clock of the next change.
    """

    def __init__(self, changes: Iterable[PendingChange] = (), next_clock: int = 1) -> None:
        self.changes: list[PendingChange] = []
        self.next_clock = next_clock
        self._in_flight = 0
        self._by_id: dict[str, list[PendingChange]] = {}
        for change in changes:
            self._append(change)

    def add(self, ops: Sequence[Op], max_bytes: int) -> None:
        """Add a change. What touches only what the last, unsent change touches goes into that one.

        Raises:
            ChangeRefused: longer than `max_bytes`.
        """
        tail = self.changes[-1] if self.changes and not self.changes[-1].sent else None
        if tail is not None and all(op.id in tail.ops for op in ops):
            merged = squash(ops, tail.ops)
            size = size_of(list(merged.values()))
            if size <= max_bytes:
                tail.ops, tail.bytes = merged, size
                return
        change = squash(ops)
        size = size_of(list(change.values()))
        if size > max_bytes:
            raise ChangeRefused(
                Reason.TOO_LARGE,
                f"The change has {size} bytes, and at most {max_bytes} are allowed; split it.",
            )
        if change:
            self._append(PendingChange(self.next_clock, change, size))
            self.next_clock += 1

    def on(self, id: str) -> Sequence[PendingChange]:
        """The changes that touch a record, oldest first."""
        return self._by_id.get(id, ())

    def touched(self) -> Iterable[str]:
        """The ids that any change touches."""
        return self._by_id.keys()

    @property
    def unsent(self) -> bool:
        """Whether there is something to send."""
        return len(self.changes) > self._in_flight

    def take_unsent(self, max_bytes: int) -> list[PendingChange]:
        """The next changes to send, together at most `max_bytes` long; at least one."""
        taken: list[PendingChange] = []
        room = max_bytes
        for change in self.changes[self._in_flight :]:
            room -= change.bytes + 64  # and its clock and braces
            if taken and room < 0:
                break
            change.sent = True
            taken.append(change)
        self._in_flight += len(taken)
        return taken

    def unsend(self) -> None:
        """Nothing is on its way any more; what is still here goes out again."""
        self._in_flight = 0

    def holds(self, client_clock: int) -> bool:
        """Whether the change with this clock is here."""
        return any(change.client_clock == client_clock for change in self.changes)

    def drop(self, client_clock: int) -> PendingChange | None:
        """Take out the change with this clock; None if it is not there."""
        for place, change in enumerate(self.changes):
            if change.client_clock == client_clock:
                del self.changes[place]
                self._in_flight -= place < self._in_flight
                for id in change.ops:
                    self._by_id[id].remove(change)
                    if not self._by_id[id]:
                        del self._by_id[id]
                return change
        return None

    def copy(self) -> list[PendingChange]:
        """The changes, safe from what happens to these."""
        return [
            PendingChange(change.client_clock, dict(change.ops), change.bytes, change.sent)
            for change in self.changes
        ]

    def _append(self, change: PendingChange) -> None:
        self.changes.append(change)
        for id in change.ops:
            self._by_id.setdefault(id, []).append(change)


def squash(ops: Iterable[Op], onto: dict[str, Op] | None = None) -> dict[str, Op]:
    """One operation per record with the same effect as `onto` followed by `ops`.

    Records are independent, so only the order within one record counts.
    """
    squashed = dict(onto or {})
    for op in ops:
        earlier = squashed.get(op.id)
        if not isinstance(op, Set) or not isinstance(earlier, (Put, Set)):
            # A set that follows a remove has no effect, here as on the server (DOC-5).
            if earlier is None or not isinstance(op, Set):
                squashed[op.id] = op
            continue
        props = {**earlier.props, **op.props}
        for name in op.unset:
            props.pop(name, None)
        if isinstance(earlier, Put):
            squashed[op.id] = Put(op.id, earlier.kind, props)
        else:
            unset = [name for name in earlier.unset if name not in op.props]
            unset += [name for name in op.unset if name not in unset]
            squashed[op.id] = Set(op.id, props, unset)
    return squashed
