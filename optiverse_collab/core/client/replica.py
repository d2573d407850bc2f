"""A client's copy of a session: the confirmed document, and the user's edits since.

The view that the user sees is always the confirmed document with the unacknowledged changes on
top, record by record. Three properties follow from this alone: optimism (an edit shows at once),
the shield (a value that I am changing doesn't flicker) and the rebase (REP and DISK rules in
docs/protocol.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from optiverse_collab.core.access import Role
from optiverse_collab.core.checks import check_change
from optiverse_collab.core.client import conflicts
from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.arriving import Arriving
from optiverse_collab.core.client.confirmed import LANES, Confirmed, SharedPast, Told
from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.client.pending import Pending, PendingChange, restored
from optiverse_collab.core.client.push_pace import PushPace
from optiverse_collab.core.client.push_window import MOST_IN_FLIGHT
from optiverse_collab.core.client.receipts import Receipts
from optiverse_collab.core.client.rights import Rights
from optiverse_collab.core.client.saved import FORMERS, Saved
from optiverse_collab.core.client.view import Views, rehearse, show
from optiverse_collab.core.client.write_ahead import WriteAhead
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.changes import Returned
from optiverse_collab.core.protocol.messages import (
    Delta,
    DocumentMessage,
    FullState,
    Patch,
    Pong,
    Push,
    SyncRequest,
)
from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.records import Ids, Op, touched


class Replica:
    """One client's copy of one session's document.

    Args:
        client_id: random, and kept as long as this replica has pending changes.
        limits: the server's, or the defaults until they are known.

    Attributes:
        view: id → record of the bench, as the user sees it. Read it; change it through `edit`.
        meta: the same for records outside of the bench, such as versions.
        synced: whether pushes may be sent now.
        window: how many bytes of changes may be in flight without an answer (PUSH-10).
        held: record id → edits that were not applied; see `conflicts.bring_back` and `dismiss_held`.
        write_ahead: decides what is written to disk, if there is a disk.
        rights: what the user may write.
        pace: how often pushes may be sent (PUSH-2).
    """

    def __init__(self, client_id: str, limits: Limits | None = None) -> None:
        self.client_id = client_id
        self.limits = limits or Limits()
        self._views = Views({}, {})
        self.view, self.meta = self._views
        self.synced, self.window, self.held = False, MOST_IN_FLIGHT, dict[str, HeldChange]()
        self._formers: list[str] = []
        self._pending = Pending()
        self.write_ahead = WriteAhead(self, self._pending)
        self.rights = Rights(self._pending)
        self._confirmed = Confirmed(self._pending, [origin_of(client_id)])
        self.pace = PushPace()
        self._receipts, self._arriving = Receipts(), Arriving()
        self._syncing = self._foreign = False

    # Position

    @property
    def epoch(self) -> str | None:
        """The history that this follows; None before the first sync."""
        return self._confirmed.epoch

    @property
    def clock(self) -> int:
        """The clock of the last known change."""
        return self._confirmed.clock

    @property
    def head(self) -> str:
        """The history's head at that clock, 32 hex digits."""
        return self._confirmed.head

    @property
    def returned(self) -> Returned:
        """The step that brings all of this back after a loss (BACK-13)."""
        return self._confirmed.returned

    # The user's side

    @property
    def pending(self) -> Sequence[PendingChange]:
        """The changes that the server has not acknowledged, oldest first."""
        return self._pending.changes

    def edit(
        self,
        ops: Sequence[Op],
        last_shown: Mapping[str, int] | None = None,
        yields: bool = False,
        step: str = "",
    ) -> None:
        """Apply a change to the view at once; `poll` sends it.

        Args:
            ops: the change.
            last_shown: record id → the clock at which the user last saw it, if not the present one.
            yields: don't replace others' changes of these records that the user has not seen (SEEN-5).
            step: the step that the change is a part of (PUSH-8).

        Raises:
            ChangeRefused: it breaks a rule, names a missing record, or needs a right that the
                user does not have; nothing of it was applied.
        """
        check_change(ops, self.limits)
        lane = self.rights.lane_of(ops, self._views.all)
        after = rehearse(self._views.all, ops, self.limits)
        seen = min((self._seen(op, last_shown or {}) for op in ops), default=self.clock)
        self._pending.add(ops, self.limits.change_bytes, seen, yields, step, lane)
        self._views.adopt(touched(ops), after)

    def hold(self, conflict: fx.Conflict) -> None:
        """Keep an edit that was not applied, until its user has decided (SEEN-9)."""
        conflicts.keep(self.held, conflict)
        self.write_ahead.held_changed(conflict.mine.id)

    def dismiss_held(self, id: str) -> None:
        """Forget the held edits of a record: its user has used or dismissed them (SEEN-9)."""
        del self.held[id]
        self.write_ahead.held_changed(id)

    # The connection's side

    def connected(self) -> list[fx.ReplicaEffect]:
        """A connection was acknowledged: ask for new changes (SYNC-1)."""
        return self._request_sync(everything=False)

    def disconnected(self) -> None:
        """The connection is gone; edits are still collected."""
        self.synced = self._syncing = False
        self._arriving.clear()

    def set_role(self, role: Role) -> list[fx.ReplicaEffect]:
        """The user's role changed (ACC-2, RIGHT-2)."""
        asks = self.rights.change(role) and self.synced
        return self._request_sync(everything=False) if asks else []

    @property
    def unanswered(self) -> int | None:
        """The client_clock of the oldest change that waits for the server; None if none does."""
        waits_for_right = not self._pending.in_flight and self.rights.withheld
        return self.pending[0].client_clock if self.pending and not waits_for_right else None

    def push_wait_ms(self, now_ms: float) -> float:
        """How long until the next push may be sent, if there is something to send (PUSH-2)."""
        return self.pace.wait_ms(now_ms, not self._pending.in_flight)

    def wait_ms(self, now_ms: float) -> float | None:
        """How long until `poll` has something to send; None if there is nothing."""
        if not self.synced:
            return None
        waits = [self._receipts.wait_ms(self.clock, now_ms)]
        if self._pending.can_send(self.window) and not self.write_ahead.blocks:
            waits.append(self.push_wait_ms(now_ms))
        return min((wait for wait in waits if wait is not None), default=None)

    def poll(self, now_ms: float) -> list[fx.ReplicaEffect]:
        """Send waiting changes, if it is time (PUSH-2), and confirm arrivals (SYNC-11)."""
        if not self.synced:
            return []
        effects: list[fx.ReplicaEffect] = []
        if self._pending.can_send(self.window) and not self.push_wait_ms(now_ms):
            last = self.write_ahead.sendable()
            room = min(self.limits.change_bytes, self._pending.room(self.window))
            if changes := self._pending.take_unsent(room, last):
                self.pace.fire(now_ms)
                effects.append(fx.Transmit(Push([change.pushed for change in changes])))
        return effects + [fx.Transmit(receipt) for receipt in self._receipts.take(self.clock, now_ms)]

    def receive(self, message: DocumentMessage, size: int = 0) -> list[fx.ReplicaEffect]:
        """Take a message about the document, `size` bytes long."""
        self._receipts.arrived(size)
        if self._foreign:
            return []
        if isinstance(message, Patch):
            return self._receive_patch(message)
        if self._confirmed.is_continued_by(message):
            return self._receive_page(message)
        self._foreign = self._syncing
        return [self._confirmed.parting(message)] if self._syncing else []

    def go_back(self, to: SharedPast, changes: Iterable[PendingChange]) -> list[fx.ReplicaEffect]:
        """Continue at an earlier position, with the changes since (BACK-11); none if it was not there."""
        ids = dict.fromkeys([*self._confirmed.document.records, *(record.id for record in to.records)])
        if not self._confirmed.go_back(to):
            return []
        self._pending.put_first(changes, seen=to.clock)
        self.write_ahead.begin_again()
        return [*self._show(ids, {}), *self._request_sync(everything=False)]

    def check_clock(self, pong: Pong) -> list[fx.ReplicaEffect]:
        """The server has sent everything up to a clock; if something is missing, ask for it (HASH-4)."""
        if not self.synced or pong.clock <= self.clock:
            self._confirmed.keep_signed(pong)
            return []
        text = f"What was sent up to change {pong.clock} did not arrive after {self.clock}; asking for it."
        return [fx.Diverged(text), *self._request_sync(everything=False)]

    # Disk

    def save(self) -> Saved:
        """Everything that `restore` needs."""
        confirmed, ids = self._confirmed, [*self._formers, self.client_id]
        position = ids, self.epoch, self.clock, self.head, list(confirmed.document.records.values())
        return Saved(*position, self._pending.copy(), dict(self.held), *confirmed.of_server)

    @classmethod
    def restore(cls, saved: Saved, client_id: str, limits: Limits | None = None) -> Replica:
        """The saved replica, not connected.

        Args:
            saved: perhaps not the newest copy, or one of several.
            client_id: a new one, since nobody knows which numbers the former one has used (SYNC-8).
        """
        replica = cls(client_id, limits)
        replica.held, replica._formers = dict(saved.held), saved.client_ids[-FORMERS:]
        replica._pending = restored(saved.pending, saved.client_ids[-1], saved.clock)
        pending, origins = replica._pending, map(origin_of, [*replica._formers, client_id])
        replica.write_ahead, replica.rights = WriteAhead(replica, pending), Rights(pending)
        replica._confirmed = Confirmed(pending, origins, saved)
        replica._show([*replica._confirmed.document.records, *replica._pending.touched()], {})
        return replica

    # Messages from the server

    def _receive_patch(self, patch: Patch) -> list[fx.ReplicaEffect]:
        ids: Ids = {}
        authors: dict[str, str] = {}
        if not self.synced:  # the pages have the rest
            told = self._confirmed.take_refusals(patch.acks, ids)
        elif not self._confirmed.follows(patch):
            text = f"Change {patch.changes[0].clock} came after {self.clock}; asking for what is missing."
            return [fx.Diverged(text), *self._request_sync(everything=False)]
        else:
            told = self._confirmed.take_patch(patch, ids, authors)
        effects = [*self._keep(told), *self._show(ids, authors)]
        if self.rights.take_denials(patch.acks) and self.synced:
            effects += self._request_sync(everything=False)
        elif self.synced and self._confirmed.lacks_answer(patch):
            text = "The answer to a change never came; asking for what is missing."
            effects += [fx.Diverged(text), *self._request_sync(everything=False)]
        elif self.synced and not self._confirmed.agrees(patch):
            text = f"This copy differs from the server's at change {self.clock}; fetching all of it again."
            effects += [fx.Diverged(text), *self._request_sync(everything=True)]
        return effects

    def _receive_page(self, page: FullState | Delta) -> list[fx.ReplicaEffect]:
        if page.unasked is not self.synced or not (self.synced or self._syncing):
            return []
        self._arriving.add(page)
        if not page.done:
            return [] if page.unasked else [fx.SyncProgress(self._arriving.count, page.total)]
        is_forgotten = self._confirmed.accepted and not page.known
        ids, told = self._confirmed.take_pages(self._arriving, self._arriving.joined(page))
        effects = [*self._keep(told), *self._show(ids, self._arriving.authors)]
        self._arriving.clear()
        if not page.unasked:
            self.synced, self._syncing = True, False
            self._receipts.begin(self.clock)
            self._pending.yield_all()
            effects.append(fx.Synced(isinstance(page, FullState), page.total))
        if page.more:
            effects.append(fx.NoticesOmitted(page.more))
        if is_forgotten:
            effects.append(fx.ReplicaForgotten())
        return effects

    def _request_sync(self, everything: bool) -> list[fx.ReplicaEffect]:
        self.synced, self._syncing, self._foreign = False, True, False
        self._pending.unsend()  # parts that the pages lack were refused or never arrived
        self._arriving.clear()
        epoch = None if everything else self.epoch
        about = epoch, self.clock, self.head, [*self._formers], [*LANES], self._confirmed.signed
        carries, of_server = self.write_ahead.has_disk, self._confirmed.of_server[2:]
        return [fx.Transmit(SyncRequest(self.client_id, *about, carries, *of_server))]

    def _keep(self, told: Told) -> Told:
        """Keep the changes that were not applied."""
        for one in told:
            if isinstance(one, fx.Conflict) and one.kind in (fx.ConflictKind.HELD, fx.ConflictKind.GONE):
                self.hold(one)
        return told

    # The view

    def _show(self, ids: Iterable[str], authors: Mapping[str, str]) -> list[fx.ReplicaEffect]:
        return [*show(self._views, ids, self._confirmed.document.records, self._pending, authors)]

    def _seen(self, op: Op, last_shown: Mapping[str, int]) -> int:
        """The clock of an operation's record on the user's screen (SEEN-1)."""
        return self._pending.seen_of(op, min(last_shown.get(op.id, self.clock), self.clock))
