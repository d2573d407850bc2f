"""A session's document with its clock: the authority that all replicas follow.

Every accepted change is one `Entry` at the next clock; the same entries always give the same
document (DUR-4). docs/protocol.md: DOC, CLK, PUSH and DUR rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from optiverse_collab.core.checks import check_change
from optiverse_collab.core.document import Document
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import decode_ops, encode_ops, size_of
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, apply, put, touched
from optiverse_collab.core.server.journal import Entry, Snapshot
from optiverse_collab.errors import ChangeRefused, Reason

TOMBSTONES = 4096
"""How many tombstones are kept; past it the older half goes, together with the history they tell of."""


class History:
    """The document, and what is needed to bring a replica from any clock to the present.

    Attributes:
        epoch: id of this history.
        clock: the clock of the last change.
        start: the oldest clock from which a delta can be told.
        document: the records.
        clients: client_id → last accepted client_clock.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        entries: Iterable[Entry] = (),
        limits: Limits | None = None,
        tombstones: int = TOMBSTONES,
    ) -> None:
        self.epoch = snapshot.epoch
        self.clock = snapshot.clock
        self.start = snapshot.history_start
        self.limits = limits or Limits()
        self.document = Document(record for _, record in snapshot.records)
        self.clients = dict(snapshot.clients)
        self._clocks = {record.id: clock for clock, record in snapshot.records}
        self._tombstones = dict(snapshot.tombstones)
        self._max_tombstones = tombstones
        for entry in entries:
            self._replay(entry)

    @staticmethod
    def empty(epoch: str) -> Snapshot:
        """The snapshot that a new session starts with."""
        return Snapshot(epoch, clock=0, history_start=0, records=[], tombstones={}, clients={})

    def is_duplicate(self, client_id: str, client_clock: int) -> bool:
        """Whether this change was accepted before (PUSH-7)."""
        return client_clock <= self.clients.get(client_id, 0)

    def accept(
        self, client_id: str, client_clock: int, user_id: str, time_ms: int, ops: Sequence[Op]
    ) -> tuple[Entry, list[Op]]:
        """Apply a change as a whole; `is_duplicate` says whether it was applied before.

        Returns:
            The entry for the journal, and the operations that were lost.

        Raises:
            ChangeRefused: it breaks a rule; nothing was applied.
        """
        check_change(ops, self.limits)
        happened, lost = self._rehearse(ops)
        raw_ops = encode_ops(happened)
        if len(raw_ops) > self.limits.change_bytes:
            raise ChangeRefused(
                Reason.TOO_LARGE,
                f"The change is longer than {self.limits.change_bytes} bytes; split it.",
            )
        self.clock += 1
        self.clients[client_id] = client_clock
        self._apply(happened)
        entry = Entry(
            clock=self.clock,
            client_id=client_id,
            client_clock=client_clock,
            user_id=user_id,
            time_ms=time_ms,
            ops=msgspec.Raw(raw_ops),
            lost=msgspec.Raw(encode_ops(lost)),
        )
        return entry, lost

    def can_tell_from(self, epoch: str | None, clock: int) -> bool:
        """Whether a replica at `clock` of `epoch` can be brought up to date by a delta (SYNC-2)."""
        return epoch == self.epoch and self.start <= clock <= self.clock

    def delta(self, clock: int) -> list[Op]:
        """What changed after `clock`: whole records, and removals."""
        removed: list[Op] = [Remove(id) for id, at in self._tombstones.items() if at > clock]
        records = self.document.records
        return removed + [put(records[id]) for id, at in self._clocks.items() if at > clock]

    def snapshot(self) -> Snapshot:
        """All of it, as of now."""
        records = self.document.records
        return Snapshot(
            epoch=self.epoch,
            clock=self.clock,
            history_start=self.start,
            records=[(at, records[id]) for id, at in self._clocks.items()],
            tombstones=dict(self._tombstones),
            clients=dict(self.clients),
        )

    def _rehearse(self, ops: Sequence[Op]) -> tuple[list[Op], list[Op]]:
        """Find out what `ops` would do, and refuse them before they do it.

        What removes a record that is gone has no effect and is no loss (DOC-5).
        """
        records = self.document.records
        scratch: dict[str, Record] = {id: records[id] for id in touched(ops) if id in records}
        before = len(scratch)
        happened: list[Op] = []
        lost: list[Op] = []
        for op in ops:
            if apply(scratch, op):
                happened.append(op)
            elif isinstance(op, Set):
                lost.append(op)
        if len(records) + len(scratch) - before > self.limits.records and len(scratch) > before:
            raise ChangeRefused(
                Reason.SESSION_FULL,
                f"The session holds {len(records)} records, and at most {self.limits.records} are "
                "allowed; remove some first.",
            )
        for record in scratch.values():
            if record is not records.get(record.id) and size_of(record) > self.limits.record_bytes:
                raise ChangeRefused(
                    Reason.RECORD_TOO_LARGE,
                    f"The record {record.id!r} would be longer than {self.limits.record_bytes} bytes.",
                )
        return happened, lost

    def _apply(self, ops: Iterable[Op]) -> None:
        """Apply operations at the present clock."""
        for op in ops:
            self.document.apply(op)
            if isinstance(op, Remove):
                self._clocks.pop(op.id, None)
                self._tombstones[op.id] = self.clock
            else:
                self._clocks[op.id] = self.clock
                if isinstance(op, Put):
                    self._tombstones.pop(op.id, None)
        if len(self._tombstones) > self._max_tombstones:
            self._prune()

    def _prune(self) -> None:
        """Forget the older half of the tombstones, and with them the history before (CLK-4)."""
        oldest_first = sorted(self._tombstones.items(), key=lambda item: item[1])
        forgotten = oldest_first[: len(oldest_first) // 2]
        self.start = forgotten[-1][1]
        self._tombstones = {id: at for id, at in oldest_first if at > self.start}

    def _replay(self, entry: Entry) -> None:
        self.clock = entry.clock
        self.clients[entry.client_id] = max(self.clients.get(entry.client_id, 0), entry.client_clock)
        self._apply(decode_ops(entry.ops))
