"""A miniature replica with a disk that the test controls, for tests of `write_ahead`."""

from __future__ import annotations

from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.client.disk_effects import EditsProtected, EditsUnprotected
from optiverse_collab.core.client.journal import replay
from optiverse_collab.core.client.pending import Pending
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.client.write_ahead import WRITE_EVERY_MS, Write, WriteAhead
from optiverse_collab.core.records import Op, Record, Set


class Bench:
    """A miniature replica, and a disk that works when the test tells it to.

    Attributes:
        file: what is on disk; None before the first copy.
        asked: the write in progress.
    """

    def __init__(self) -> None:
        self.clock = 0
        self.held: dict[str, HeldChange] = {}
        self.pending = Pending()
        self.ahead = WriteAhead(self, self.pending)
        self.records: list[Record] = []
        self.file: Saved | None = None
        self.asked: Write | None = None
        self.now_ms = 1_000.0
        self.sent: list[int] = []

    def save(self) -> Saved:
        """A copy of the whole replica."""
        return Saved(["me"], "e", self.clock, "", self.records, self.pending.copy(), dict(self.held))

    def edit(self, *ops: Op) -> None:
        """Make a pending change."""
        self.pending.add(ops or [Set("a", {"n": self.now_ms})], 10**6, 0, False, "")

    def poll(self, after_ms: float = 0.0) -> Write | EditsUnprotected | None:
        """Let time pass, and start the write that is due."""
        self.now_ms += after_ms
        found = self.ahead.poll(self.now_ms)
        if isinstance(found, Write):
            assert self.asked is None
            self.asked = found
        return found

    def finish(self) -> list[EditsProtected]:
        """Let the disk finish the write in progress."""
        write, self.asked = self.asked, None
        assert write is not None
        self.put(write)
        return self.ahead.written(write.mark)

    def put(self, write: Write) -> None:
        """Carry out the write in progress."""
        if write.copy is not None:
            assert write.entries == ()
            self.file = write.copy
        else:
            assert self.file is not None
            self.file = replay(self.file, write.entries)

    def is_on_disk(self) -> bool:
        """Whether the file has the replica, except for data that change when a change is sent."""
        file, now = self.file, self.save()
        assert file is not None
        as_made = [[(one.client_clock, one.operations) for one in saved.pending] for saved in (file, now)]
        return as_made[0] == as_made[1] and (file.held, file.records) == (now.held, now.records)

    def write_all(self) -> None:
        """Write until nothing is due."""
        while self.poll() is not None:
            self.finish()

    def push(self) -> list[int]:
        """The numbers of the changes that may be sent."""
        if not self.pending.unsent:
            return []
        return [one.client_clock for one in self.pending.take_unsent(10**6, self.ahead.sendable())]


def written_bench() -> Bench:
    """A replica on disk, with one edit that is written."""
    bench = Bench()
    bench.ahead.begin()
    bench.write_all()
    bench.edit()
    bench.write_all()
    bench.now_ms += WRITE_EVERY_MS
    return bench
