"""Goes back to where a session's history parted from the replica's, with everything since as edits (BACK-11).

A server that was restored from a backup, and got no parcels for what it lacks, is somewhere else than its
clients. A client that may edit then fetches the bench from the last moment that both have. It continues from
there, as if its user had made all later changes without a connection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optiverse_collab.core.checks import check_change
from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.confirmed import SharedPast
from optiverse_collab.core.client.past import ASK_EVERY_MS
from optiverse_collab.core.client.past_effects import WentBack
from optiverse_collab.core.client.pending import Pending, PendingChange
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.steps import parts_of
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.changes import Returned
from optiverse_collab.core.protocol.messages import DocumentMessage, FullState
from optiverse_collab.core.protocol.past import EntriesPage, PastPage, PastRefusal, PastRefused, PastRequest
from optiverse_collab.core.records import UNIT, Lane, Op, Record, Set, difference, record_difference
from optiverse_collab.core.throttle import Throttle
from optiverse_collab.core.versions import versions_of
from optiverse_collab.errors import ChangeRefused

REQUEST = 0
"""The number of the request; those of `PastRequests` begin at 1."""

Records = Mapping[str, Record]


class GoingBack:
    """Does this for one replica.

    Args:
        replica: the replica.
    """

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._parted: fx.EpochChanged | None = None
        self._records: list[Record] = []
        self._before: Records | None = None
        self._throttle = Throttle(ASK_EVERY_MS)
        self._is_asked = False

    def disconnected(self) -> None:
        """The connection is gone; if the bench was not here yet, the next one begins again."""
        self._parted, self._is_asked = None, False
        self._records = []

    def wait_ms(self, now_ms: float) -> float | None:
        """How long until `poll` has something to send; None if there is nothing."""
        return None if self._parted is None or self._is_asked else self._throttle.wait_ms(now_ms)

    def poll(self, now_ms: float) -> list[fx.Transmit]:
        """Ask for the bench, if it is time."""
        shared = None if self._parted is None else self._parted.shared
        if shared is None or self.wait_ms(now_ms) != 0:
            return []
        self._throttle.fire(now_ms)
        self._is_asked = True
        return [fx.Transmit(PastRequest(REQUEST, shared, list(Lane)))]

    def receive(self, message: DocumentMessage, size: int) -> list[fx.ReplicaEffect]:
        """Let the replica take a message about the document, `size` bytes long."""
        if isinstance(message, FullState) and message.continues and self._before is None:
            self._before = {one.id: one for one in self._replica.save().records}
        found = []
        for effect in self._replica.receive(message, size):
            if isinstance(effect, fx.EpochChanged) and self._may_go_back(effect):
                self._parted = effect
                continue
            found.append(effect)
            if isinstance(effect, fx.Synced) and self._before is not None:
                saved, before, self._before = self._replica.save(), self._before, None
                now = {one.id: one for one in saved.records}
                see_the_same(self._replica.pending, before, now, saved.clock)
        return found

    def hear(self, message: PastPage | EntriesPage | PastRefused) -> list[fx.ReplicaEffect]:
        """Take a part of the answer; others' answers are ignored."""
        parted = self._parted
        if parted is None or message.request != REQUEST or isinstance(message, EntriesPage):
            return []
        if isinstance(message, PastRefused):
            self._is_asked = False
            self._records = []
            if message.reason == PastRefusal.BUSY.value:
                return []
            self._parted = None
            return [parted]
        self._records += message.records
        return self._go(parted, message) if message.done else []

    def _may_go_back(self, parted: fx.EpochChanged) -> bool:
        """Whether the place is known, and no edit of this replica crossed somebody else's (BACK-12)."""
        replica = self._replica
        crossed = any(change.is_met for change in replica.pending)
        is_known = parted.shared is not None and bool(replica.returned.heads)
        return is_known and replica.rights.may_edit and not crossed

    def _go(self, parted: fx.EpochChanged, last: PastPage) -> list[fx.ReplicaEffect]:
        replica, past = self._replica, SharedPast(last.clock, last.head, self._records)
        self.disconnected()
        before = {record.id: record for record in replica.save().records}
        own, step = [*replica.pending], replica.returned
        try:
            changes = changes_since(past, before, step, replica.limits)
        except ChangeRefused:
            return [parted]
        effects = replica.go_back(past, changes)
        if not effects:  # it was never there: files were copied back twice
            return [parted]
        for change in own:
            change.after = step.heads[0]
        self._before, known = before, {record.id for record in past.records}
        lost = [one.name for one in versions_of(before.values()) if one.name and one.id not in known]
        ids = {id for change in changes for id in change.ops}
        return [WentBack(parted.restored, parted.missing, len(ids), tuple(lost)), *effects]


def changes_since(past: SharedPast, now: Records, step: Returned, limits: Limits) -> list[PendingChange]:
    """Everything that happened to a bench since a moment, as the changes of one step that yields.

    Args:
        past: the moment.
        now: the present records.
        step: what these are brought back from.
        limits: of the session.

    Raises:
        ChangeRefused: a client can't keep that much.
    """
    there = {record.id: record for record in past.records if record.lane is Lane.BENCH}
    here = {id: record for id, record in now.items() if record.lane is Lane.BENCH}
    parts = parts_of(difference(there, here), limits.page_bytes, yields=True)
    changes = Pending()
    for place, part in enumerate(parts, 1):
        check_change(part, limits)
        name = step._replace(is_whole=place == len(parts)).step
        changes.add(part, limits.change_bytes, past.clock, yields=True, step=name)
        changes.seal()
    return changes.changes


def see_the_same(changes: Sequence[PendingChange], before: Records, after: Records, clock: int) -> None:
    """Their user has seen values that are as they were before the loss, whoever brought them back.

    Args:
        changes: not sent yet, and made with all that was lost on the screen.
        before, after: the confirmed records then, and those of the session now.
        clock: of the latter.
    """
    for change in changes:
        if all(_is_same(op, before, after) for op in change.operations):
            change.seen = clock


def _is_same(op: Op, before: Records, after: Records) -> bool:
    """Whether nothing that an operation touches is different now."""
    old, new = before.get(op.id), after.get(op.id)
    if old is None or new is None:
        return old is new
    changed = record_difference(old, new)
    if not isinstance(changed, Set) or not isinstance(op, Set):
        return changed is None
    names = {*op.props, *op.unset}
    return (names | UNIT if names & UNIT else names).isdisjoint({*changed.props, *changed.unset})
