"""Possible faults when two people edit the same thing: mutants for the SEEN and STAMP rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from unittest import mock

import msgspec

from optiverse_collab.core import document
from optiverse_collab.core.client import conflicts as client_conflicts
from optiverse_collab.core.client.arriving import Arriving
from optiverse_collab.core.client.pending import Pending
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.protocol.changes import Change
from optiverse_collab.core.protocol.messages import Delta, FullState
from optiverse_collab.core.protocol.outcomes import Ack
from optiverse_collab.core.records import Op, Put, Record, apply
from optiverse_collab.core.server import conflicts, history
from optiverse_collab.core.server.answers import _Answer, _Told
from optiverse_collab.core.server.conflicts import Judgement
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Entry, Snapshot, StampedRecord
from optiverse_collab.core.server.snapshots import SnapshotBuilder, StampTable
from optiverse_collab.core.server.stamps import RecordStamps, Stamp
from tests.core.simulation.mutation import Mutations

CONFLICT_MUTATIONS = Mutations()
_mutation = CONFLICT_MUTATIONS.add

_judge, _unseen, _init, _told, _seen = (
    Judgement._judge,
    Judgement._unseen,
    Judgement.__init__,
    _Answer._told,
    Replica._seen,
)
_builder_init, _changed_names, _mark = SnapshotBuilder.__init__, conflicts.changed_names, RecordStamps.marked


@_mutation("A change that yields is applied as one that insists (SEEN-4).", (Judgement, "__init__"))
def nobody_yields(self: Judgement, ops: Sequence[Op], seen: int, yields: bool, *session: Any) -> None:
    _init(self, ops, seen, False, *session)


@_mutation("Every change has seen everything (SEEN-2).", (Judgement, "__init__"))
def everything_was_seen(self: Judgement, ops: Sequence[Op], seen: int, yields: bool, *session: Any) -> None:
    _init(self, ops, 10**9, yields, *session)


@_mutation("My own values are others' (SEEN-2).", (Judgement, "_is_unseen"))
def own_values_are_unseen(self: Judgement, stamp: Stamp) -> bool:
    return stamp.clock > self._seen


@_mutation("What a replica settled is others' (SEEN-2, SYNC-8).", (Judgement, "__init__"))
def settled_values_are_unseen(
    self: Judgement, ops: Sequence[Op], seen: int, yields: bool, own: Collection[int], *session: Any
) -> None:
    _init(self, ops, seen, yields, {next(iter(own))} if own else own, *session)


@_mutation("Of removals, only those that conflict are held (SEEN-7).", (Judgement, "_judge"))
def some_removals_are_held(
    self: Judgement, ops: Sequence[Op], before: Mapping[str, Record], hold_removals: bool
) -> None:
    _judge(self, ops, before, hold_removals=False)


@_mutation("The place among others is three properties (SEEN-6).", (Judgement, "_unseen"))
def place_is_not_a_unit(self: Judgement, op: Op, record: Record, stamps: RecordStamps) -> list[str] | None:
    with mock.patch.object(conflicts, "UNIT", frozenset()):
        return _unseen(self, op, record, stamps)


@_mutation("To set what is set already is a conflict (SEEN-8).", (conflicts, "changed_names"))
def equal_values_conflict(op: Op, record: Record) -> list[str]:
    names = _changed_names(op, record)
    return list(dict.fromkeys([*names, *getattr(op, "props", ())]))


@_mutation("A set of the same value takes its stamp over (STAMP-2).", (history, "changed_names"))
def equal_values_are_stamped(op: Op, record: Record) -> list[str]:
    return list(dict.fromkeys([*_changed_names(op, record), *getattr(op, "props", ())]))


@_mutation("What was removed of a record has no stamp (STAMP-2).", (RecordStamps, "marked"))
def unset_is_not_stamped(self: RecordStamps, names: Any, stamp: Stamp, record: Record) -> RecordStamps:
    return _mark(self, [name for name in names if name in record.props], stamp, record)


@_mutation("A snapshot has the clock of a record for all its properties (STAMP-2).", (StampTable, "record"))
def snapshot_without_stamps(self: StampTable, record: Record, stamps: RecordStamps) -> StampedRecord:
    return StampedRecord(record, self.index(stamps.newest), {})


@_mutation("What a change has seen is what the replica knows (SEEN-1).", (Replica, "_seen"))
def seen_is_the_replicas_clock(self: Replica, op: Op, last_shown: Mapping[str, int]) -> int:
    return self.clock


@_mutation("What is pending hides nothing from what a later edit has seen (SEEN-1).", (Pending, "seen_of"))
def pending_hides_nothing(self: Pending, op: Op, shown: int) -> int:
    return shown


@_mutation(
    "The oldest pending change to any of its properties says what an edit has seen (SEEN-1).",
    (Pending, "seen_of"),
)
def oldest_overlap_says_all(self: Pending, op: Op, shown: int) -> int:
    seen = (_SEEN_OF(Pending([change]), op, shown) for change in self.on(op.id))
    return next((clock for clock in seen if clock != shown), shown)


_SEEN_OF = Pending.seen_of


@_mutation("An edit joins one of another step, or one that insists (PUSH-2).", (Pending, "_joins"))
def any_edit_joins(self: Pending, tail: Any, ops: Sequence[Op], yields: bool, step: str) -> bool:
    return not tail.sent and not tail.closed and all(op.id in tail.ops for op in ops)


@_mutation("What was made away insists (SYNC-5).", (Pending, "yield_all"))
def the_away_insist(self: Pending) -> None:
    pass


@_mutation("A held change is reported but not kept (SEEN-9).", (Replica, "_keep"))
def held_is_not_kept(self: Replica, told: Any) -> Any:
    return told


@_mutation("Nobody hears that their value was replaced (SEEN-10).", (client_conflicts, "of_others"))
def replaced_untold(change: Change, origins: Any, mine: Any) -> list[Any]:
    return []


@_mutation("Nobody hears what their change replaced (SEEN-10).", (client_conflicts, "of_acknowledged"))
def replacing_untold(ack: Ack, change: Any, before: Any, after: Any, clock: int) -> list[Any]:
    return _OF_ACKNOWLEDGED(msgspec.structs.replace(ack, replaced=[]), change, before, after, clock)


_OF_ACKNOWLEDGED = client_conflicts.of_acknowledged


@_mutation("Only the last page counts of what stands behind the records (SYNC-16).", (Arriving, "joined"))
def last_page_alone(self: Arriving, last: FullState | Delta) -> FullState | Delta:
    return last


@_mutation("The pages say nothing of what was replaced meanwhile (SYNC-9).", (_Answer, "_told"))
def no_notices(self: _Answer) -> _Told:
    return _told(self)._replace(notices=[])


@_mutation("The pages say nothing of what became of my changes (SYNC-6).", (_Answer, "_told"))
def no_acks_in_pages(self: _Answer) -> _Told:
    return _told(self)._replace(answered=[])


@_mutation("The pages don't say what was refused (SYNC-6).", (_Answer, "_told"))
def refusals_forgotten(self: _Answer) -> _Told:
    self._skipped = {}
    return _told(self)


@_mutation("Outcomes don't outlive the server (SYNC-9, DUR-4).", (SnapshotBuilder, "__init__"))
def snapshot_without_outcomes(self: SnapshotBuilder, rest: Snapshot, *tables: Any) -> None:
    _builder_init(self, msgspec.structs.replace(rest, outcomes=[]), *tables)


@_mutation("A put replaces all of a record that is there (DOC-2).", (conflicts, "apply"), (document, "apply"))
def put_replaces(records: dict[str, Record], op: Op) -> bool:
    if isinstance(op, Put) and op.id in records:
        records[op.id] = Record(op.id, op.kind, op.props)
        return True
    return _APPLY(records, op)


_APPLY = apply


@_mutation("The head doesn't depend on the entry before (CLK-5).", (History, "_follow"))
def no_chain(self: History, entry: Entry, data: bytes, ops: Any) -> None:
    self.chain.head = b"\0" * 16
    _FOLLOW(self, entry, data, ops)


_FOLLOW = History._follow
