"""Writes edits to disk before they are sent (DISK-1): decides what to write when, and what may be sent.

So the user's own disk has every edit that others have seen. Nothing here touches a disk:
`poll` says what to write, and the writer calls `written` or `failed`. Without a disk, as in a script,
nothing waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Protocol

import msgspec

from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.client.disk_effects import EditsProtected, EditsUnprotected
from optiverse_collab.core.client.journal import Changed, Dismissed, Entry, Held, Settled
from optiverse_collab.core.client.pending import Pending
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.throttle import Throttle

WRITE_EVERY_MS = 250
"""Changes that are not about to be sent are written at once, and then at most this often."""

QUIET_MS, QUIET_MS_PER_RECORD, BUSY_MS = 2_000, 1, 30_000
"""A new copy is due when nothing was confirmed for 2 s plus 1 ms for each record; at the latest after 30
s."""

JOURNAL_BYTES = 4 * 2**20
"""A new copy is written when the journal is longer than this and longer than the pending changes."""

RETRY_MS = 5_000
"""How long after a failure the disk is tried again."""

STALL_MS = 5_000
"""How long edits wait for a disk that doesn't answer; then they are sent."""

NO_ANSWER = "The disk has not answered for 5 seconds; check it, or close what uses it."
_ENTRY_BYTES = 100


@dataclass(frozen=True)
class Write:
    """Write this, and then call `WriteAhead.written` with the mark, or `WriteAhead.failed`.

    Attributes:
        mark: the number of this write; the next one comes after its answer.
        entries: what to append to the journal.
        copy: the copy to start a new file with instead; None if there are entries to append.
    """

    mark: int
    entries: tuple[Entry, ...] = ()
    copy: Saved | None = field(default=None, repr=False)


class Source(Protocol):
    """The replica to write."""

    @property
    def clock(self) -> int:
        """The clock of the last known change."""

    @property
    def held(self) -> Mapping[str, HeldChange]:
        """Its held edits."""

    def save(self) -> Saved:
        """All of it."""


@dataclass
class _Asked:
    """The write in progress, and since when."""

    write: Write
    since_ms: float
    clocks: set[int]


class WriteAhead:
    """Decides which parts of a replica are written, and which changes may be sent.

    Args:
        source: the replica.
        pending: its pending changes.

    Attributes:
        is_on: whether changes wait for the disk before they are sent.
        has_disk: whether there is a disk.
    """

    def __init__(self, source: Source, pending: Pending) -> None:
        self.is_on = False
        self._source = source
        self._pending = pending
        self.has_disk = False
        self._has_copy = False
        self._held: dict[str, None] = {}
        self._sealed = 0
        self._mark = 0
        self._asked: _Asked | None = None
        self._throttle = Throttle(WRITE_EVERY_MS)
        self._retry_ms: float | None = None
        self._journal_bytes = 0
        self._copied_clock = self._last_clock = 0
        self._first_ms = self._last_ms = 0.0
        self._quiet_ms = QUIET_MS

    # The replica's side

    def held_changed(self, id: str) -> None:
        """The held edits of a record changed."""
        self._held[id] = None

    def sendable(self) -> int:
        """Up to which client_clock changes may be sent; unwritten ones are sealed, and written next."""
        if not self.is_on or self._pending.first_unsent > self._sealed:
            self._pending.seal()
            self._sealed = self._pending.next_clock - 1
        if not self.has_disk:
            self._forget()
        if not self.is_on:
            return self._sealed
        if not self._has_copy:
            return 0
        asked: Iterable[int] = self._asked.clocks if self._asked is not None else ()
        return min(chain(self._pending.unwritten, asked, (self._sealed + 1,))) - 1

    @property
    def blocks(self) -> bool:
        """Whether the next change to be sent waits for the disk."""
        first = self._pending.first_unsent
        return self.is_on and first <= self._sealed and self.sendable() < first

    # The disk's side

    def begin(self) -> None:
        """There is a disk: everything is written before it is sent, starting with a complete copy."""
        self.has_disk, self.is_on = True, True

    def begin_again(self) -> None:
        """The replica is another one than what is on disk: a new copy comes before anything else."""
        self._has_copy, self._asked, self._retry_ms = False, None, None

    def end(self) -> Write | None:
        """The session is left, and nothing waits for the disk any longer; the last write, if there is a disk.

        It takes effect once the earlier writes are done.
        """
        write = self._ask_copy(0.0) if self.has_disk else None
        self.has_disk, self.is_on, self._has_copy = False, False, False
        self._asked, self._retry_ms = None, None
        return write

    def written(self, mark: int) -> list[EditsProtected]:
        """The write with this mark is on disk."""
        if self._asked is None or self._asked.write.mark != mark:
            return []
        if self._asked.write.copy is not None:
            self._has_copy, self._retry_ms = True, None
        self._asked = None
        was_on, self.is_on = self.is_on, True
        return [] if was_on else [EditsProtected()]

    def failed(self, cause: str, now_ms: float) -> list[EditsUnprotected]:
        """The disk failed: the write is lost. Edits are sent anyway."""
        if not self.has_disk:
            return []
        self._asked = None
        self._has_copy, self._retry_ms = False, now_ms + RETRY_MS
        return self._release(cause)

    def wait_ms(self, now_ms: float) -> float | None:
        """How long until `poll` has something to write or report; None if there is nothing."""
        if self._asked is not None:
            return max(0.0, self._asked.since_ms + STALL_MS - now_ms) if self.is_on else None
        if not self.has_disk:
            return None
        due_ms = self._copy_due_ms(now_ms)
        if self._has_copy and self._has_news:
            due_ms = min(due_ms, now_ms + (0.0 if self.blocks else self._throttle.wait_ms(now_ms)))
        return None if due_ms == float("inf") else max(0.0, due_ms - now_ms)

    def poll(self, now_ms: float) -> Write | EditsUnprotected | None:
        """The next write, one at a time; or that edits no longer wait for the last one."""
        self._note_clock(now_ms)
        if self.wait_ms(now_ms) != 0:
            return None
        if self._asked is not None:
            return self._release(NO_ANSWER)[0]
        if self._copy_due_ms(now_ms) <= now_ms:
            return self._ask_copy(now_ms)
        return self._ask_entries(now_ms)

    def _release(self, cause: str) -> list[EditsUnprotected]:
        was_on, self.is_on = self.is_on, False
        return [EditsUnprotected(cause)] if was_on else []

    @property
    def _has_news(self) -> bool:
        return bool(self._pending.unwritten or self._pending.settled or self._held)

    def _note_clock(self, now_ms: float) -> None:
        """Record when the server last confirmed something, and when first since the last copy."""
        if self._source.clock != self._last_clock:
            is_first = self._last_clock == self._copied_clock
            self._last_clock = self._source.clock
            self._last_ms = now_ms
            if is_first:
                self._first_ms = now_ms

    def _copy_due_ms(self, now_ms: float) -> float:
        """When the next copy is due."""
        if self._retry_ms is not None:
            return self._retry_ms
        if not self._has_copy or self._journal_bytes > max(JOURNAL_BYTES, self._pending.bytes):
            return now_ms
        if self._last_clock == self._copied_clock:
            return float("inf")
        return min(self._first_ms + BUSY_MS, self._last_ms + self._quiet_ms)

    def _ask_copy(self, now_ms: float) -> Write:
        saved = self._source.save()
        self._journal_bytes = 0
        self._copied_clock = self._last_clock = saved.clock
        self._quiet_ms = QUIET_MS + QUIET_MS_PER_RECORD * len(saved.records)
        return self._ask(now_ms, copy=saved)

    def _ask_entries(self, now_ms: float) -> Write:
        self._throttle.fire(now_ms)
        changes = [*self._pending.unwritten.values()]
        entries: list[Entry] = [Changed(msgspec.structs.replace(change)) for change in changes]
        entries += map(Settled, self._pending.settled)
        for id in self._held:
            held = self._source.held.get(id)
            entries.append(Dismissed(id) if held is None else Held(id, held))
        self._journal_bytes += sum(change.bytes for change in changes) + _ENTRY_BYTES * len(entries)
        return self._ask(now_ms, tuple(entries))

    def _ask(self, now_ms: float, entries: tuple[Entry, ...] = (), copy: Saved | None = None) -> Write:
        self._mark += 1
        write = Write(self._mark, entries, copy)
        self._asked = _Asked(write, now_ms, set(self._pending.unwritten))
        self._forget()
        return write

    def _forget(self) -> None:
        self._pending.unwritten.clear()
        self._pending.settled.clear()
        self._held.clear()
