"""Possible faults of a replica on disk."""

from __future__ import annotations

from collections.abc import Iterable

from optiverse_collab.core.client import replica as replica_module
from optiverse_collab.core.client.disk_effects import EditsUnprotected
from optiverse_collab.core.client.pending import Pending, PendingChange, restored
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.client.write_ahead import Write, WriteAhead
from optiverse_collab.core.limits import Limits
from optiverse_collab.disk import file_format
from optiverse_collab.disk.frames import Found, find
from tests.core.simulation.mutation import Mutations

DISK_MUTATIONS = Mutations()
_mutation = DISK_MUTATIONS.add

_ask_entries, _begin, _poll, _sendable = (
    WriteAhead._ask_entries,
    WriteAhead.begin,
    WriteAhead.poll,
    WriteAhead.sendable,
)
_restore = Replica.restore


@_mutation("A change is sent before it is written (DISK-1).", (WriteAhead, "sendable"))
def sent_before_it_is_written(self: WriteAhead) -> int:
    _sendable(self)
    return self._sealed


@_mutation("A change is sent while it is being written (DISK-1).", (WriteAhead, "sendable"))
def sent_while_it_is_written(self: WriteAhead) -> int:
    asked, self._asked = self._asked, None
    last = _sendable(self)
    self._asked = asked
    return last


@_mutation("An edit joins a change that is about to be sent (DISK-1).", (Pending, "seal"))
def nothing_is_sealed(self: Pending) -> None:
    pass


@_mutation("What is not about to be sent is not written (DISK-1).", (WriteAhead, "poll"))
def only_what_is_sent_is_written(self: WriteAhead, now_ms: float) -> Write | EditsUnprotected | None:
    return None if self._has_copy and not self.blocks else _poll(self, now_ms)


@_mutation("That a change is settled is not written (DISK-2).", (WriteAhead, "_ask_entries"))
def settled_entry_forgotten(self: WriteAhead, now_ms: float) -> Write:
    self._pending.settled.clear()
    return _ask_entries(self, now_ms)


@_mutation("What is held is not written (DISK-2).", (WriteAhead, "held_changed"))
def held_entry_forgotten(self: WriteAhead, id: str) -> None:
    pass


@_mutation("Half an entry counts (DISK-3).", (file_format, "find"))
def torn_tail_accepted(data: bytes, start: int) -> Found:
    found = find(data, start)
    return found._replace(payloads=[*found.payloads, data[found.end + 12 :]]) if found.is_torn else found


@_mutation("Half an entry takes the one before it along (DISK-3).", (file_format, "find"))
def torn_tail_takes_more(data: bytes, start: int) -> Found:
    found = find(data, start)
    return found._replace(payloads=found.payloads[:-1]) if found.is_torn else found


@_mutation("A restored replica continues under its old id (DISK-4).", (Replica, "restore"))
def restored_keeps_its_id(saved: Saved, client_id: str, limits: Limits | None = None) -> Replica:
    again = _restore(saved, client_id, limits)
    again.client_id = saved.client_ids[-1]
    return again


@_mutation("A restored replica has seen what came after its position (DISK-4).", (replica_module, "restored"))
def more_seen_than_restored(changes: Iterable[PendingChange], client_id: str, clock: int) -> Pending:
    return restored(changes, client_id, 2**53)


@_mutation("A restored replica sends before a copy is written (DISK-4).", (WriteAhead, "begin"))
def no_copy_first(self: WriteAhead) -> None:
    _begin(self)
    self._has_copy = True


@_mutation("After a failure the journal continues behind half an entry (DISK-5).", (WriteAhead, "failed"))
def no_copy_after_a_failure(self: WriteAhead, cause: str, now_ms: float) -> list[EditsUnprotected]:
    self._asked = None
    return []


@_mutation("What is edited while the disk fails is never written (DISK-5).", (WriteAhead, "sendable"))
def edits_of_a_failing_disk_forgotten(self: WriteAhead) -> int:
    if not self.is_on:
        self._forget()
    return _sendable(self)
