"""A client's disk: the bytes of its replica's file, and what they must contain according to the ledger.

The bytes are those of `optiverse_collab.disk`. What a client restores from them is compared with its
user's edits when they were written: per entry, and so for any part of a file that a crash leaves.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.client.disk_effects import EditsProtected, EditsUnprotected
from optiverse_collab.core.client.journal import Changed, Held, Settled
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.client.write_ahead import WRITE_EVERY_MS, Write
from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.disk.file_format import MAGIC, Owner, more, new_file, read
from optiverse_collab.disk.frames import Frames
from tests.core.simulation.ledger import Ledger
from tests.core.simulation.truth import Broken, Change, Truth, as_data

OWNER = Owner("session", [], "user")


class Known(NamedTuple):
    """The pending and held edits on a disk, once `end` bytes of a file are on it."""

    end: int
    open: dict[int, Change]
    held: dict[str, object]


class File(NamedTuple):
    """A replica's file.

    Attributes:
        data: the bytes that the operating system has.
        known: their content, entry by entry, starting with the copy's.
        ids, truth, tainted, clock: of the replica when its copy was asked for.
    """

    data: bytes
    known: tuple[Known, ...]
    ids: list[str]
    truth: Truth | None
    tainted: bool
    clock: int

    @property
    def now(self) -> Known:
        """Its complete content."""
        return self.known[-1]

    def cut(self, length: int) -> File:
        """The same after a crash that left only some bytes; a copy is complete."""
        length = max(length, self.known[0].end)
        known = tuple(one for one in self.known if one.end <= length)
        return self._replace(data=self.data[:length], known=known)

    def saved(self) -> Saved:
        """The content that a starting program finds."""
        contents = read(self.data)
        if contents.is_damaged or contents.is_torn != (len(self.data) != self.now.end):
            raise Broken(
                f"DISK-3: {contents.is_damaged=} {contents.is_torn=}, and {self.now.end} bytes are good"
            )
        return contents.saved

    def ledger(self, ledger: Ledger) -> Ledger:
        """The user's edits in the file; they have seen nothing after its position."""
        again = ledger.copy()
        again.ids, again.open = list(self.ids), {}
        for number, change in self.now.open.items():
            again.open[self.ids[-1], number] = copy = change.copy()
            copy.seen = min(copy.seen, self.clock)
        return again


class Disk:
    """The disk of one replica.

    Args:
        replica: the one to write.
        file: the existing one, of the previous replica.
        counts: what happened, for all clients.

    Attributes:
        file: the operating system's; None before the first copy.
        protects: whether edits wait for it.
    """

    def __init__(self, replica: Replica, file: File | None, counts: Counter[str]) -> None:
        self.file = file
        self.protects = True
        self._replica = replica
        self._counts = counts
        self._frames = Frames(MAGIC)
        self._is_ours = False  # the file is of this replica
        self._asked: tuple[Write, File] | None = None
        self._asked_ms = 0.0
        self._unsynced: tuple[float, int] | None = None
        self._parts: list[bytes] = []
        self._sent: set[int] = set()
        replica.write_ahead.begin()

    @property
    def asked(self) -> bool:
        """Whether something is to be written."""
        return self._asked is not None

    def poll(self, ledger: Ledger, truth: Truth | None, tainted: bool, now_ms: float) -> None:
        """Get the replica's next write."""
        if self._unsynced is not None and now_ms - self._unsynced[0] >= 1000:
            self.sync()
        effect = self._replica.write_ahead.poll(now_ms)
        if isinstance(effect, EditsUnprotected):
            self._unprotected(effect)
        elif effect is not None:
            self._asked_ms = now_ms
            self._asked = effect, self._after(effect, ledger, truth, tainted)
        if self.protects and not self.asked and now_ms - self._asked_ms > WRITE_EVERY_MS:
            self._check_all_written(ledger)

    def sync(self) -> None:
        """Sync: the written bytes survive a power cut."""
        self._unsynced = None

    def finish(self) -> bool:
        """Do the next write; returns False if there is none."""
        if self._asked is None:
            return False
        (write, self.file), self._asked = self._asked, None
        if write.copy is not None:
            self.sync()
            self._is_ours = True
        elif self._unsynced is None:
            self._unsynced = (self._asked_ms, len(self.file.data) - len(b"".join(self._parts)))
        told = self._replica.write_ahead.written(write.mark)
        if told != ([] if self.protects else [EditsProtected()]):
            raise Broken(f"DISK-5: {told} after a write, and protected was {self.protects}")
        self._counts["disks that work again"] += not self.protects
        self.protects = True
        return True

    def fail(self, now_ms: float) -> None:
        """Writing fails, after a part of it."""
        if self._asked is not None:
            self.file, self._asked = self._torn(0.5), None
            for effect in self._replica.write_ahead.failed("It is full.", now_ms):
                self._unprotected(effect)
            self._counts["disks that failed"] += 1

    def after_kill(self, part: float, ledger: Ledger) -> File | None:
        """A crash of the program leaves `part` of the current write."""
        file = self._torn(part)
        unsettled = {number for number in self._sent if (ledger.ids[-1], number) in ledger.open}
        if unsettled - (file.now.open.keys() if file is not None else set()):
            raise Broken(f"DISK-1: {unsettled} were sent, and {file} is left")
        return file

    def after_power_cut(self, part: float) -> File | None:
        """A power cut leaves the synced bytes, and `part` of the later ones."""
        file = self._torn(0.0)
        if file is None or self._unsynced is None:
            return file
        synced = self._unsynced[1]
        left = file.cut(synced + int(part * (len(file.data) - synced)))
        self._counts["power cuts that lost something"] += left.data != file.data
        return left

    def last_copy(self, ledger: Ledger, truth: Truth | None, tainted: bool) -> None:
        """The program ends, and leaves a copy after all its earlier writes."""
        if self._asked is not None:
            self.file, self._asked = self._asked[1], None
        write = self._replica.write_ahead.end()
        assert write is not None
        self.file = self._after(write, ledger, truth, tainted)

    def check_sent(self, pushed: list[PushedChange], ledger: Ledger) -> None:
        """Everything sent was written (DISK-1)."""
        for one in pushed if self.protects and self._replica.write_ahead.is_on else ():
            number = one.client_clock
            written = self.file.now.open.get(number) if self.file is not None and self._is_ours else None
            if written is None or written.made != ledger.open[ledger.ids[-1], number].made:
                raise Broken(f"DISK-1: change {number} was sent, and this was written: {written}")
            self._sent.add(number)

    def _check_all_written(self, ledger: Ledger) -> None:
        """All edits are written by now (DISK-1, DISK-2)."""
        file = self.file
        if file is None or not self._is_ours:
            raise Broken("DISK-1: there is no copy yet")
        made = {number: change.made for (_, number), change in ledger.open.items()}
        if made != {number: change.made for number, change in file.now.open.items()}:
            raise Broken(f"DISK-1: {made} is pending, and {file.now.open} is written")
        if file.now.held != _held(self._replica):
            raise Broken(f"DISK-2: {self._replica.held} is held, and {file.now.held} is written")

    def _unprotected(self, effect: EditsUnprotected) -> None:
        if not self.protects:
            raise Broken(f"DISK-5: {effect} was reported before")
        self.protects = False

    def _after(self, write: Write, ledger: Ledger, truth: Truth | None, tainted: bool) -> File:
        """The file after the write, and its content."""
        if write.copy is None:
            assert self.file is not None
            return self._appended(self.file, write, ledger)
        self._frames = Frames(MAGIC)
        data = b"".join(new_file(OWNER, write.copy, self._frames))
        pending = {number: change.copy() for (_, number), change in ledger.open.items()}
        known = Known(len(data), pending, _held(self._replica))
        return File(data, (known,), list(ledger.ids), truth, tainted, self._replica.clock)

    def _appended(self, file: File, write: Write, ledger: Ledger) -> File:
        if len(file.data) != file.now.end:
            raise Broken("DISK-5: something is appended to half an entry")
        self._parts = [*more(write.entries, self._frames)]
        known = list(file.known)
        for part, entry in zip(self._parts, write.entries, strict=True):
            end, pending, held = known[-1].end + len(part), dict(known[-1].open), dict(known[-1].held)
            if isinstance(entry, Changed):
                number = entry.change.client_clock
                pending[number] = ledger.open[ledger.ids[-1], number].copy()
            elif isinstance(entry, Settled):
                pending.pop(entry.client_clock, None)
            elif isinstance(entry, Held):
                held[entry.id] = _data(self._replica.held[entry.id])
            else:
                held.pop(entry.id, None)
            known.append(Known(end, pending, held))
        return file._replace(data=file.data + b"".join(self._parts), known=tuple(known))

    def _torn(self, part: float) -> File | None:
        """The file with `part` of the current write."""
        if self._asked is None:
            return self.file
        write, whole = self._asked
        if write.copy is not None or self.file is None:
            return whole if part == 1.0 else self.file
        length = len(self.file.data)
        torn = whole.cut(length + int(part * (len(whole.data) - length)))
        self._counts["torn writes"] += len(torn.data) != torn.now.end
        return torn


def _held(replica: Replica) -> dict[str, object]:
    return {id: _data(change) for id, change in replica.held.items()}


def _data(change: HeldChange) -> object:
    return as_data(change)
