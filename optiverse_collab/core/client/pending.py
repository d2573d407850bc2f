"""The changes of a replica that the server has not acknowledged (PUSH-1 to PUSH-3, SEEN-1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from optiverse_collab.core.checks import are_few, check_count
from optiverse_collab.core.client.squash import squash
from optiverse_collab.core.limits import (
    CHANGES_PER_PUSH,
    PENDING_BYTES,
    VALUES_PER_CHANGE,
    VALUES_PER_MESSAGE,
)
from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.codec import encoded, values_in
from optiverse_collab.core.records import Lane, Op, Remove, Set
from optiverse_collab.errors import ChangeRefused, Reason

ENVELOPE_BYTES, ENVELOPE_VALUES = 128, 10
"""The largest envelope of a change within a push, without its step."""


class PendingChange(msgspec.Struct):
    """One change, squashed to the fewest operations with the same effect.

    Attributes:
        client_clock: this replica's number for it.
        ops: record id → operations on it, in order.
        bytes: its size as JSON.
        values: how many values it has (LIM-1).
        seen, yields, step: see `PushedChange`.
        sent: whether it may have been sent; then its operations never change, since the server may have it.
        closed: no later edit joins it, since it is about to be sent, or somebody else changed its records.
        former: client ids and numbers under which it may have been sent before the replica was restored.
        away: it was made without a connection, or its answer never came (SYNC-5).
        lane: its lane.
        after: see `PushedChange`; `is_met`: somebody else changed its records meanwhile.
    """

    client_clock: int
    ops: dict[str, list[Op]]
    bytes: int
    seen: int
    yields: bool = False
    step: str = ""
    sent: bool = False
    closed: bool = False
    former: list[tuple[str, int]] = []
    away: bool = False
    lane: Lane = Lane.BENCH
    values: int = 0
    after: str = ""
    is_met: bool = False

    @property
    def operations(self) -> list[Op]:
        """All operations, in order."""
        return [op for ops in self.ops.values() for op in ops]

    @property
    def pushed(self) -> PushedChange:
        """The message that is sent."""
        return PushedChange(self.client_clock, self.operations, self.seen, self.yields, self.step, self.after)


class Pending:
    """Changes in the order in which they were made.

    Attributes:
        changes: oldest first; the first `_in_flight` of them are in flight.
        next_clock: the client_clock of the next change.
        bytes: the size of all changes together.
        unwritten: client_clock → a change that was added or altered since `write_ahead` emptied this.
        settled: client_clocks of the changes dropped since then.
        lanes: those in which changes may be sent; in another one they wait, and so do later ones.
    """

    def __init__(self, changes: Iterable[PendingChange] = ()) -> None:
        self.changes: list[PendingChange] = []
        self.next_clock = 1
        self.bytes = 0
        self.unwritten: dict[int, PendingChange] = {}
        self.settled: list[int] = []
        self.lanes = frozenset(Lane)
        self._in_flight = self._bytes_in_flight = 0
        self._by_id: dict[str, list[PendingChange]] = {}
        for change in changes:
            self._append(change)

    def add(
        self,
        ops: Sequence[Op],
        max_bytes: int,
        seen: int,
        yields: bool,
        step: str,
        lane: Lane = Lane.BENCH,
    ) -> None:
        """Add a change. If it touches only records of the last, unsent change, it joins that one.

        Raises:
            ChangeRefused: it is longer than `max_bytes`, has too many operations on one record, or there
            is no room for more changes (DISK-7).
        """
        tail = self.changes[-1] if self.changes else None
        if tail is not None and self._joins(tail, ops, yields, step):
            merged = squash(ops, tail.ops)
            size, values = _size(merged)
            if size <= max_bytes and values <= VALUES_PER_CHANGE and are_few([*map(len, merged.values())]):
                self._make_room(size - tail.bytes)
                self.bytes += size - tail.bytes
                tail.ops, tail.bytes, tail.seen = merged, size, min(tail.seen, seen)
                tail.values = values
                self.unwritten[tail.client_clock] = tail
                return
        change = squash(ops)
        size, values = _size(change)
        for has, most, unit in ((size, max_bytes, "bytes"), (values, VALUES_PER_CHANGE, "values")):
            if has > most:
                sentence = f"The change has {has} {unit}, and the limit is {most}; split it."
                raise ChangeRefused(Reason.TOO_LARGE, sentence)
        check_count([op for listed in change.values() for op in listed])
        if change:
            self._make_room(size)
            number = self.next_clock
            more = PendingChange(number, change, size, seen, yields, step, lane=lane, values=values)
            self._append(more)

    def on(self, id: str) -> Sequence[PendingChange]:
        """The changes that touch a record, oldest first."""
        return self._by_id.get(id, ())

    def touched(self) -> Iterable[str]:
        """The ids that any change touches."""
        return self._by_id.keys()

    def seen_of(self, op: Op, shown: int) -> int:
        """The clock of the state that a user has seen of all properties that an operation touches (SEEN-1).

        Args:
            op: the operation.
            shown: the clock at which they last saw the record.
        """
        changes = self.on(op.id)
        names = _names(op)
        if not isinstance(op, Set):  # every property: the named ones, and any other
            names = {"", *(name for change in changes for one in change.ops[op.id] for name in _names(one))}
        return min((_seen_of(name, op.id, changes, shown) for name in names), default=shown)

    def close_on(self, ids: Iterable[str]) -> None:
        """Others changed these records: no later edit joins an earlier change, which has not seen that."""
        for change in (one for id in ids for one in self.on(id)):
            change.closed = change.is_met = True

    @property
    def in_flight(self) -> int:
        """How many changes are in flight: the first ones."""
        return self._in_flight

    @property
    def unsent(self) -> bool:
        """Whether there is something that may be sent."""
        return len(self.changes) > self._in_flight and self.changes[self._in_flight].lane in self.lanes

    @property
    def first_unsent(self) -> int:
        """The client_clock of the next change to send."""
        return self.changes[self._in_flight].client_clock if self.unsent else self.next_clock

    def seal(self) -> None:
        """Close all changes: no later edit joins them."""
        if self.changes:
            self.changes[-1].closed = True

    def can_send(self, window: int) -> bool:
        """Whether there is something to send, and less than `window` bytes are in flight."""
        return self.unsent and (not self._in_flight or self.room(window) > 0)

    def room(self, window: int) -> int:
        """How many bytes may be sent until `window` bytes are in flight."""
        return window - self._bytes_in_flight

    def take_unsent(self, max_bytes: int, last: int) -> list[PendingChange]:
        """The next changes to send, up to client_clock `last`, at most `max_bytes` together.

        At least one, if there are any.
        """
        taken: list[PendingChange] = []
        room, values = max_bytes, VALUES_PER_MESSAGE
        for change in self.changes[self._in_flight :]:
            room -= change.bytes + ENVELOPE_BYTES + len(change.step)
            values -= change.values + ENVELOPE_VALUES
            is_full = (taken and min(room, values) < 0) or len(taken) == CHANGES_PER_PUSH
            if is_full or change.client_clock > last or change.lane not in self.lanes:
                break
            change.sent = True
            taken.append(change)
            self._bytes_in_flight += change.bytes
        self._in_flight += len(taken)
        return taken

    def unsend(self) -> None:
        """Nothing is on its way any longer; all remaining changes are sent again."""
        self._in_flight = self._bytes_in_flight = 0

    def yield_all(self) -> None:
        """The remaining changes were made offline, or were never answered: now all of them yield (SYNC-5)."""
        for change in self.changes:
            change.yields = change.away = True

    def awaits(self, client_clock: int) -> bool:
        """Whether the change with this clock is in flight."""
        return any(change.client_clock == client_clock for change in self.changes[: self._in_flight])

    def put_first(self, changes: Iterable[PendingChange], seen: int) -> None:
        """Put changes before the others, which get new numbers; their user has seen nothing after `seen`."""
        first = [*changes, *self.changes]
        self.changes, self.bytes, self._by_id, self.unwritten = [], 0, {}, {}
        self.unsend()
        for one in first:
            one.client_clock, one.seen, one.closed = self.next_clock, min(one.seen, seen), True
            self._append(one)

    def drop(self, client_clock: int) -> PendingChange | None:
        """Remove and return the change with this clock; None if there is none."""
        for place, change in enumerate(self.changes):
            if change.client_clock == client_clock:
                del self.changes[place]
                self.bytes -= change.bytes
                self.unwritten.pop(client_clock, None)
                self.settled.append(client_clock)
                if place < self._in_flight:
                    self._in_flight -= 1
                    self._bytes_in_flight -= change.bytes
                for id in change.ops:
                    self._by_id[id].remove(change)
                    if not self._by_id[id]:
                        del self._by_id[id]
                return change
        return None

    def copy(self) -> list[PendingChange]:
        """Copies of the changes."""
        return [
            msgspec.structs.replace(change, ops={id: list(ops) for id, ops in change.ops.items()})
            for change in self.changes
        ]

    def _joins(self, tail: PendingChange, ops: Sequence[Op], yields: bool, step: str) -> bool:
        if tail.sent or tail.closed or (tail.yields, tail.step) != (yields, step):
            return False
        return all(op.id in tail.ops for op in ops)

    def _make_room(self, more: int) -> None:
        if self.bytes + more > PENDING_BYTES:
            raise ChangeRefused(
                Reason.PENDING_FULL,
                f"{PENDING_BYTES // 2**20} MiB of edits wait for the server, and that is the limit; join the "
                "session again, or save the file.",
            )

    def _append(self, change: PendingChange) -> None:
        self.changes.append(change)
        self.bytes += change.bytes
        self.unwritten[change.client_clock] = change
        self.next_clock = change.client_clock + 1
        for id in change.ops:
            self._by_id.setdefault(id, []).append(change)


def restored(changes: Iterable[PendingChange], client_id: str, clock: int) -> Pending:
    """The pending changes of a replica with this id, for one that takes its place (SYNC-8).

    Args:
        changes: they may have been made after the document was written that is here.
        client_id: of the replica.
        clock: that of the document. Its user has not seen later changes here (DISK-4).
    """
    return Pending(
        msgspec.structs.replace(
            change,
            client_clock=number,
            seen=min(change.seen, clock),
            sent=True,  # perhaps, if this is not the newest copy
            former=[*change.former, (client_id, change.client_clock)],
        )
        for number, change in enumerate(changes, 1)
    )


def _seen_of(name: str, id: str, changes: Iterable[PendingChange], shown: int) -> int:
    """The `seen` of the oldest change to a property; `shown` if there is none."""
    for change in changes:
        if any(not isinstance(op, Set) or name in _names(op) for op in change.ops[id]):
            return change.seen
    return shown


def _names(op: Op) -> set[str]:
    """The names of the properties in an operation."""
    return {*op.props, *(op.unset if isinstance(op, Set) else ())} if not isinstance(op, Remove) else set()


def _size(ops: dict[str, list[Op]]) -> tuple[int, int]:
    """The bytes of JSON and the number of values in a change."""
    text = encoded([op for listed in ops.values() for op in listed])
    return len(text), values_in(text)
