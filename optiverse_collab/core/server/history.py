"""A session's document with its position: the authority that all replicas follow.

Every accepted change is one `Entry` at the next clock; the same entries always give the same
document (DUR-4). docs/protocol.md: DOC, CLK, STAMP, PUSH, SEEN and DUR rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import msgspec

from optiverse_collab.core.checks import check_change, check_count, check_id
from optiverse_collab.core.document import Document
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.codec import decode_ops, encode_ops
from optiverse_collab.core.record_size import RecordSizes, Size, size_of_record
from optiverse_collab.core.records import Lane, Op, Put, Remove
from optiverse_collab.core.server.chain import Chain, first_head
from optiverse_collab.core.server.clients import CLIENTS, Clients
from optiverse_collab.core.server.conflicts import Judgement, changed_names
from optiverse_collab.core.server.journal import Accepted, Entry, Kept, Snapshot, newest
from optiverse_collab.core.server.knowledge import Knowledge
from optiverse_collab.core.server.lanes import lane_of
from optiverse_collab.core.server.names import Name, NameKind, Names
from optiverse_collab.core.server.occasions import Occasion, Occasions
from optiverse_collab.core.server.outcomes import MANY, Outcomes, encoded_within
from optiverse_collab.core.server.references import References
from optiverse_collab.core.server.returns import Returns
from optiverse_collab.core.server.snapshots import SnapshotBuilder, stamped
from optiverse_collab.core.server.stamps import RecordStamps, Stamp, Tombstone
from optiverse_collab.core.server.sweeps import Sweeps
from optiverse_collab.core.server.turns import Turns
from optiverse_collab.core.server.versions import Moment, Versions
from optiverse_collab.core.space import Space
from optiverse_collab.errors import ChangeRefused, Reason

TOMBSTONES = 4096
"""How many tombstones are kept; beyond this the older half is dropped, with the history that needs them."""

TERM = 1
"""The term of a server that has never taken over from another one (CLK-6)."""

_entries = msgspec.json.Decoder(Entry)
_encoder = msgspec.json.Encoder()


class History:
    """The document, and the data to bring a replica from any position to the present.

    Args:
        snapshot: the start.
        names: the ones that the snapshot and the entries refer to.
        entries: the stored entries that follow, as JSON.
        limits: of the session.
        tombstones, outcomes, clients: how many of each are kept.
        space: memory for the records of this and other sessions; `term`: of the server (CLK-6).

    Attributes:
        epoch: id of this history; `turns` knows which servers have added to it.
        clock: the clock of the last change, and `time_ms` its time.
        start: the oldest clock from which a delta can be made.
        document: the records.
        names: origins and authors; `chain`: the head.
        stamps: id → stamps of a living record; the most recently changed one is last.
        tombstones: removed id → stamp and lane.
        outcomes: what people may not have received yet.
        sweeps, returns: the last steps that replaced the bench, and those that brought back what was lost.
        versions: the kept moments.
        parents: the histories that it was restored from, oldest first.
        clients: which changes were accepted from whom.
        space: memory for records and presence of this and other sessions; None for no limit.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        names: Iterable[Name] = (),
        entries: Iterable[bytes] = (),
        limits: Limits | None = None,
        tombstones: int = TOMBSTONES,
        outcomes: int = MANY,
        clients: int = CLIENTS,
        space: Space | None = None,
        term: int = TERM,
    ) -> None:
        self.epoch, self.clock, self.start = snapshot.epoch, snapshot.clock, snapshot.history_start
        self.limits, self.names = limits or Limits(), Names(names)
        self.turns, self.chain = Turns(snapshot.turns, snapshot.term), Chain(snapshot.head, snapshot.heads)
        self.document = Document(one.record for one in snapshot.records)
        self.outcomes = Outcomes(snapshot.outcomes, snapshot.outcomes_from, outcomes)
        self.sweeps, self.returns = Sweeps(snapshot.sweeps), Returns(snapshot.returns)
        self.clients, self.parents = Clients(snapshot, clients), newest(snapshot.parents)
        self._max_tombstones, self.time_ms = tombstones, snapshot.time_ms
        self.stamps, self.tombstones = stamped(snapshot)
        self.versions = Versions(self.document.records.values())
        self._occasions = Occasions(self.document.records.values(), snapshot.watched)
        self._occasion: Occasion | None = None
        for data in entries:
            self._replay(data)
        self.turns.begin(term, self.clock, self.time_ms)
        self._sizes, self.space = RecordSizes(self.document.records, space), space
        self._knowledge = Knowledge(self.clients, self.names, self.outcomes, self.chain, space)
        self._knowledge.count(self.tombstones)

    @staticmethod
    def empty(epoch: str) -> Snapshot:
        """The snapshot that a new session starts with."""
        return Snapshot(epoch, TERM, 0, first_head(epoch), 0, 0, b"", [], [], [], [], {}, [], 0)

    def last_client_clock_of(self, origin: str) -> int:
        """The last accepted change of a replica; 0 if there is none."""
        return self.clients.last(self.names.known(NameKind.ORIGIN, origin))

    def accept(
        self, origin: str, own: Collection[int], author: str, time_ms: int, change: PushedChange, sent: int
    ) -> Accepted:
        """Apply a change, or the part of it that takes effect.

        Args:
            origin: of the replica that made it.
            own: numbers of other origins that count as its own (SYNC-8).
            author: the name that people see.
            time_ms: the wall clock.
            change: as it was pushed.
            sent: the clock up to which its author was sent everything.

        Raises:
            ChangeRefused: it breaks a rule; nothing was applied.
        """
        seen = self._check_form(change, sent, author)
        number = self.names.known(NameKind.ORIGIN, origin)
        records, tombstones = self.document.records, self.tombstones
        lane, time_ms = lane_of(change.ops, records, tombstones), max(self.time_ms, time_ms)
        moment = Moment(self._occasions.edited or self.clock, self.clock)
        ops = self.versions.completed(change.ops, lane, moment, author, time_ms)
        ops, known = self.returns.news(change.step, number, ops), self.returns.known_to(change, number)
        judged = Judgement(ops, seen, change.yields, {number, *own}, records, self.stamps, tombstones, known)
        sizes, data = self._check_result(judged), encoded_within(self.limits.change_bytes, judged, self.names)
        entry = Entry(
            clock=self.clock + 1,
            term=self.turns.term,
            origin=self.names.number(NameKind.ORIGIN, origin),
            author=self.names.number(NameKind.AUTHOR, author),
            client_clock=change.client_clock,
            time_ms=time_ms,
            ops=msgspec.Raw(data),
            seen=seen,
            yields=change.yields,
            step=change.step,
            settles=self.clients.remembered(one for one in own if one != number) if own else [],
            dropped=msgspec.Raw(encode_ops(judged.dropped)) if judged.dropped else msgspec.UNSET,
            lost=judged.lost,
            held=judged.held,
            replaced=judged.replaced,
        )
        self._sizes.take(sizes)
        self._follow(entry, data := _encoder.encode(entry), judged.happened)
        self._knowledge.count(self.tombstones)
        return Accepted(entry, Kept(self.clock, data, self.chain.head), lane)

    def keep_version(self) -> Accepted | None:
        """Keep a version of the bench before the last change, if there is a reason to (HIST-13)."""
        if self._occasion is None:
            return None
        by = self.names.text(NameKind.AUTHOR, self._occasion.author)
        records = self.document.records
        ops = self.versions.made(self._occasion, by, self.time_ms, [records, self.tombstones])
        self._occasion = None
        if not ops:
            return None
        raw = msgspec.Raw(encode_ops(ops))
        entry = Entry(self.clock + 1, self.turns.term, 0, 0, 0, self.time_ms, raw, seen=self.clock)
        self.add(entry, data := _encoder.encode(entry), ops)
        return Accepted(entry, Kept(self.clock, data, self.chain.head), Lane.META)

    def add(self, entry: Entry, data: bytes, ops: Sequence[Op]) -> None:
        """Append the next entry, which needs no check: stored bytes and operations are `data` and `ops`."""
        self._follow(entry, data, ops)
        there = ((op.id, self.document.records.get(op.id)) for op in ops)
        self._sizes.take({id: Size() if one is None else size_of_record(one) for id, one in there})
        self._knowledge.count(self.tombstones)

    def release(self) -> None:
        """The session is no longer live, and others may use its space."""
        self._sizes.release()
        self._knowledge.release()

    def discard(self) -> None:
        """It will not be used again: release its memory, since garbage may hold the history for long."""
        self.release()
        self.document.records.clear()
        self.stamps.clear()
        self.tombstones.clear()
        self.outcomes.kept.clear()

    def snapshot(self) -> Snapshot:
        """All of it, as of now."""
        return self._freeze().finished()

    def begin_chunk(self) -> SnapshotBuilder:
        """A snapshot of the present state, not built yet; then `forget_names`."""
        self.names.watch()
        return self._freeze()

    def forget_names(self, used: References) -> None:
        """Forget the names that neither the new chunk's snapshot nor any later change refers to (STAMP-4)."""
        for kind in NameKind:
            self.names.keep(kind, used.numbers(kind))
        self._knowledge.count(self.tombstones)

    def _freeze(self) -> SnapshotBuilder:
        rest = Snapshot(
            epoch=self.epoch,
            term=self.turns.term,
            clock=self.clock,
            head=self.chain.head,
            time_ms=self.time_ms,
            history_start=self.start,
            heads=self.chain.recent,
            records=[],
            tombstones=[],
            stamps=[],
            clients=self.clients.kept(),
            skipped=self.clients.kept_skipped(),
            outcomes=list(self.outcomes.kept),
            outcomes_from=self.outcomes.since,
            sweeps=list(self.sweeps.kept),
            parents=list(self.parents),
            forgotten=(self.clients.forgotten, self.clients.settled),
            watched=self._occasions.watched(),
            turns=list(self.turns.kept),
            returns=list(self.returns.kept),
        )
        return SnapshotBuilder(rest, self.document.records, self.stamps, self.tombstones)

    def _check_form(self, change: PushedChange, sent: int, author: str) -> int:
        """Refuse a malformed change, or one with a stale `seen`; returns what its user had seen."""
        check_change(change.ops, self.limits)
        seen = sent if change.seen is None else change.seen
        if not 0 <= seen <= self.clock:
            raise ChangeRefused(
                Reason.INVALID_MESSAGE,
                f"A change has seen {seen}, and the session is at {self.clock}; send what was shown.",
            )
        if change.step:
            check_id(change.step, self.limits)
        check_count(change.ops)
        self.sweeps.check(change.step, self.names.known(NameKind.AUTHOR, author), seen)
        return seen

    def _check_result(self, judged: Judgement) -> dict[str, Size]:
        """Refuse a change that would leave too much; returns the new sizes (`RecordSizes.after`)."""
        records = self.document.records
        there = len(records) - len(self.versions.all)
        if judged.added > 0 and there + judged.added > self.limits.records:
            raise ChangeRefused(
                Reason.SESSION_FULL,
                f"The session holds {there} records, and the limit is {self.limits.records}; "
                "remove some first.",
            )
        return self._sizes.after(records, judged.records, judged.happened, self.limits)

    def _follow(self, entry: Entry, data: bytes, ops: Iterable[Op]) -> None:
        """Advance by one entry."""
        self.turns.note(entry, self.time_ms)
        self.clock, self.time_ms = entry.clock, entry.time_ms
        if entry.origin:
            self.clients.note(entry)
        self.chain.add(data)
        stamp = Stamp(entry.clock, entry.origin, entry.author, entry.time_ms)
        copies: set[str] = set()
        for op in ops:
            self._apply(op, stamp, copies)
        if len(self.tombstones) > self._max_tombstones:
            self._prune()
        self._occasion = self._occasions.note(entry, begins_sweep=self.sweeps.note(entry))
        self.outcomes.note(entry)
        self.returns.note(entry)

    def _apply(self, op: Op, stamp: Stamp, copies: set[str]) -> None:
        record = self.document.records.get(op.id)
        names = () if record is None else changed_names(op, record)
        self.document.apply(op, copies)
        now = self.document.records.get(op.id)
        self.versions.note(op.id, now)
        self._occasions.see(op, record, now)
        if isinstance(op, Remove):
            del self.stamps[op.id]
            assert record is not None  # else it would not have taken effect
            self.tombstones[op.id] = Tombstone(stamp, record.lane)
        elif record is None or (isinstance(op, Put) and op.kind != record.kind):
            self.stamps.pop(op.id, None)
            self.stamps[op.id] = RecordStamps(stamp)
            self.tombstones.pop(op.id, None)
        elif names:
            stamps = self.stamps.pop(op.id).marked(names, stamp, self.document.records[op.id])
            self.stamps[op.id] = stamps  # at the end: it is the most recently changed one

    def _prune(self) -> None:
        """Forget the older half of the tombstones, and with them the history before (CLK-4)."""
        oldest_first = sorted(self.tombstones.items(), key=lambda item: item[1].stamp.clock)
        self.start = oldest_first[len(oldest_first) // 2 - 1][1].stamp.clock
        self.tombstones = {id: one for id, one in oldest_first if one.stamp.clock > self.start}

    def _replay(self, data: bytes) -> None:
        entry = _entries.decode(data)
        self._follow(entry, data, decode_ops(entry.ops))
