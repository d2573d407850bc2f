"""A client's copy of a session: what the server confirmed, and what the user did since.

The view that the user sees is always the confirmed document with the unacknowledged changes on
top, record by record. From that alone follow optimism (an edit shows at once), the shield (what I
am changing doesn't flicker) and the rebase (REP-1 to REP-9 in docs/protocol.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from optiverse_collab.core.checks import check_change
from optiverse_collab.core.client import losses
from optiverse_collab.core.client.effects import (
    Diverged,
    EpochChanged,
    ReplicaEffect,
    ShowChange,
    Synced,
    SyncProgress,
    Transmit,
)
from optiverse_collab.core.client.pending import Pending, PendingChange, squash
from optiverse_collab.core.document import Document
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import size_of
from optiverse_collab.core.protocol.messages import (
    Ack,
    AckResult,
    Delta,
    FullState,
    Patch,
    Push,
    PushedChange,
    SyncRequest,
)
from optiverse_collab.core.records import Ids, Op, Record, Remove, apply, record_difference, touched
from optiverse_collab.core.throttle import Throttle
from optiverse_collab.errors import ChangeRefused, Reason

PUSH_EVERY_MS = 33
"""At most one push in so many ms: 30 a second, as fast as a drag needs to look smooth."""


class Saved(msgspec.Struct, frozen=True):
    """A replica on disk: with it, edits made offline outlive the program (REP-9)."""

    client_id: str
    epoch: str | None
    clock: int
    records: list[Record]
    next_clock: int
    pending: list[PendingChange]


class Replica:
    """One client's copy of one session's document.

    Args:
        client_id: random, and kept as long as this replica's pending changes are.
        limits: the server's, or the defaults while they are not known.

    Attributes:
        view: id → record as the user sees it. Read it; change it through `edit`.
        epoch: the history this follows; None before the first sync.
        clock: up to where the server's changes are known.
        synced: whether pushes may be sent now.
    """

    def __init__(self, client_id: str, limits: Limits | None = None) -> None:
        self.client_id = client_id
        self.limits = limits or Limits()
        self.view: dict[str, Record] = {}
        self.epoch: str | None = None
        self.clock = 0
        self.synced = False
        self._base = Document()
        self._pending = Pending()
        self._throttle = Throttle(PUSH_EVERY_MS)
        self._syncing = False
        self._foreign = False
        self._arrived: list[Record | Op] = []

    # The user's side

    @property
    def pending(self) -> Sequence[PendingChange]:
        """The changes that the server has not acknowledged, oldest first."""
        return self._pending.changes

    def edit(self, ops: Sequence[Op]) -> None:
        """Apply a change to the view at once; `poll` sends it.

        Raises:
            ChangeRefused: it breaks a rule, or speaks of a record that is not there; nothing of it
                was applied.
        """
        check_change(ops, self.limits)
        scratch = {id: self.view[id] for id in touched(ops) if id in self.view}
        for op in ops:
            if not apply(scratch, op):
                raise ChangeRefused(
                    Reason.NO_SUCH_RECORD, f"There is no record {op.id!r} in the session; put it first."
                )
        for record in scratch.values():
            if size_of(record) > self.limits.record_bytes:
                raise ChangeRefused(
                    Reason.RECORD_TOO_LARGE,
                    f"The record {record.id!r} would be longer than {self.limits.record_bytes} bytes.",
                )
        self._pending.add(ops, self.limits.change_bytes)
        for id in touched(ops):
            if id in scratch:
                self.view[id] = scratch[id]
            else:
                self.view.pop(id, None)

    # The connection's side

    def connected(self) -> list[ReplicaEffect]:
        """A connection was acknowledged: ask for what is new (SYNC-1)."""
        return self._request_sync(everything=False)

    def disconnected(self) -> None:
        """The connection is gone; edits go on being collected."""
        self.synced = self._syncing = False
        self._arrived.clear()

    def wait_ms(self, now_ms: float) -> float | None:
        """How long until `poll` has something to send; None if there is nothing."""
        return self._throttle.wait_ms(now_ms) if self.synced and self._pending.unsent else None

    def poll(self, now_ms: float) -> list[ReplicaEffect]:
        """Send what waits to be sent, if it is time (PUSH-2)."""
        if not self.synced or not self._pending.unsent or self._throttle.wait_ms(now_ms):
            return []
        self._throttle.fire(now_ms)
        changes = self._pending.take_unsent(self.limits.change_bytes)
        return [Transmit(Push([PushedChange(c.client_clock, list(c.ops.values())) for c in changes]))]

    def receive(self, message: FullState | Delta | Patch) -> list[ReplicaEffect]:
        """Take a message of the server's about the document."""
        if self._foreign:
            return []
        if isinstance(message, Patch):
            return self._receive_patch(message)
        return self._receive_page(message)

    # Disk

    def save(self) -> Saved:
        """Everything that `restore` needs."""
        return Saved(
            self.client_id,
            self.epoch,
            self.clock,
            list(self._base.records.values()),
            self._pending.next_clock,
            self._pending.copy(),
        )

    @classmethod
    def restore(cls, saved: Saved, limits: Limits | None = None) -> Replica:
        """The replica that was saved, not connected."""
        replica = cls(saved.client_id, limits)
        replica.epoch, replica.clock = saved.epoch, saved.clock
        replica._base = Document(saved.records)
        replica._pending = Pending(saved.pending, saved.next_clock)
        ids = dict.fromkeys([*replica._base.records, *replica._pending.touched()])
        replica.view = {id: record for id in ids if (record := replica._seen(id)) is not None}
        return replica

    # Changes of others, and what became of mine

    def _receive_patch(self, patch: Patch) -> list[ReplicaEffect]:
        if not self.synced:
            return self._receive_acks_while_syncing(patch.acks)
        effects: list[ReplicaEffect] = []
        authors: dict[str, str] = {}
        mine: Ids = {}
        missing = ""
        acks = {ack.clock: ack for ack in patch.acks if ack.clock}
        for change in patch.changes:
            if change.clock != self.clock + 1:
                missing = f"Change {change.clock} came after {self.clock}; asking for what is missing."
                break
            self.clock = change.clock
            ack = acks.get(change.clock)
            if ack is not None:
                effects += self._settle(ack, mine)
            else:
                effects += losses.overridden(change, self._pending)
            for op in change.ops:
                self._base.apply(op)
                authors[op.id] = change.user_id
        for ack in patch.acks:
            if ack.result is AckResult.DUPLICATE and self._pending.holds(ack.client_clock):
                missing = missing or "The answer to a change never came; asking for what is missing."
            elif not ack.clock:
                effects += self._settle(ack, mine)
        effects += self._show({**dict.fromkeys(authors), **mine}, authors)
        if missing:
            effects += [Diverged(missing), *self._request_sync(everything=False)]
        elif patch.hash and patch.hash != self._base.hash():
            text = f"This copy differs from the server's at change {self.clock}; fetching all of it again."
            effects += [Diverged(text), *self._request_sync(everything=True)]
        return effects

    def _receive_acks_while_syncing(self, acks: Iterable[Ack]) -> list[ReplicaEffect]:
        """The pages will hold what was accepted; only what was not must be settled now (SYNC-6)."""
        effects: list[ReplicaEffect] = []
        for ack in acks:
            if ack.result is AckResult.REFUSED:
                mine: Ids = {}
                effects += [*self._settle(ack, mine), *self._show(mine, {})]
            else:
                effects += losses.acknowledged(ack, ())
        return effects

    def _settle(self, ack: Ack, mine: Ids) -> list[ReplicaEffect]:
        """One of my changes is not pending any more; its ids go into `mine`."""
        change = self._pending.drop(ack.client_clock)
        if change is None:
            return []
        mine.update(dict.fromkeys(change.ops))
        return losses.acknowledged(ack, change.ops.values())

    # Synchronisation

    def _request_sync(self, everything: bool) -> list[ReplicaEffect]:
        self.synced, self._syncing = False, True
        self._pending.unsend()  # what the pages don't hold of it was refused or never came
        self._arrived.clear()
        epoch = None if everything else self.epoch
        return [Transmit(SyncRequest(self.client_id, epoch, self.clock))]

    def _receive_page(self, page: FullState | Delta) -> list[ReplicaEffect]:
        if not self._syncing:
            return []
        if self.clock and page.epoch != self.epoch:
            self._foreign = True
            return [EpochChanged(page.epoch)]
        self._arrived += page.records if isinstance(page, FullState) else page.ops
        if not page.done:
            return [SyncProgress(len(self._arrived), page.total)]
        ids = self._adopt(page)
        effects = self._drop_accepted(page.client_clock, ids)
        self.synced, self._syncing = True, False
        effects += self._show(ids, {})
        return [*effects, Synced(isinstance(page, FullState), page.total)]

    def _adopt(self, page: FullState | Delta) -> Ids:
        """Make what arrived the confirmed document; returns the ids that may have changed."""
        arrived, self._arrived = self._arrived, []
        self.epoch, self.clock = page.epoch, page.clock
        if isinstance(page, FullState):
            before = self._base
            self._base = Document(thing for thing in arrived if isinstance(thing, Record))
            return dict.fromkeys([*self._base.records, *before.records, *self._pending.touched()])
        for op in (thing for thing in arrived if not isinstance(thing, Record)):
            self._base.apply(op)
        return dict.fromkeys(thing.id for thing in arrived)

    def _drop_accepted(self, client_clock: int, ids: Ids) -> list[ReplicaEffect]:
        """Forget the changes whose acknowledgement got lost, and say what didn't last (SYNC-6)."""
        accepted = [c for c in self._pending.changes if c.client_clock <= client_clock]
        final: dict[str, Op] = {}
        for change in accepted:
            self._pending.drop(change.client_clock)
            final = squash(change.ops.values(), final)
        ids.update(dict.fromkeys(final))
        return losses.superseded(final, self._base.records)

    # The view

    def _seen(self, id: str) -> Record | None:
        """A record as the user sees it: confirmed, with the pending changes on top (REP-1)."""
        record = self._base.records.get(id)
        pending = self._pending.on(id)
        if not pending:
            return record
        scratch = {} if record is None else {id: record}
        for change in pending:
            apply(scratch, change.ops[id])
        return scratch.get(id)

    def _show(self, ids: Iterable[str], authors: dict[str, str]) -> list[ReplicaEffect]:
        """Bring the view up to date with what is known of `ids`, and tell what changed in it."""
        ops: list[Op] = []
        seen: dict[str, Record | None] = {}
        for id in ids:
            before, now = self.view.get(id), self._seen(id)
            if now is None:
                if before is not None:
                    del self.view[id]
                    ops.append(Remove(id))
                    seen[id] = before
                continue
            op = record_difference(before, now)
            self.view[id] = now
            if op is not None:
                ops.append(op)
                seen[id] = before
        return [ShowChange(tuple(ops), authors, seen)] if ops else []
