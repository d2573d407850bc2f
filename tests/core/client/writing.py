"""A replica in miniature whose disk obeys, for the tests of `write_ahead`."""

from __future__ import annotations

from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.client.disk_effects import EditsProtected, EditsUnprotected
from optiverse_collab.core.client.journal import replay
from optiverse_collab.core.client.pending import Pending
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.client.write_ahead import WRITE_EVERY_MS, Write, WriteAhead
from optiverse_collab.core.records import Op, Record, Set


class Bench:
    """A replica in miniature, and a disk that does its work when the test says so.

    Attributes:
        file: what is on disk; None before the first copy.
        asked: what is being written.
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
        """All of it."""
        return Saved(["me"], "e", self.clock, "", self.records, self.pending.copy(), dict(self.held))

    def edit(self, *ops: Op) -> None:
        """Make a change that is pending."""
        self.pending.add(ops or [Set("a", {"n": self.now_ms})], 10**6, 0, False, "")

    def poll(self, after_ms: float = 0.0) -> Write | EditsUnprotected | None:
        """Time passes, and what is due is asked for."""
        self.now_ms += after_ms
        found = self.ahead.poll(self.now_ms)
        if isinstance(found, Write):
            assert self.asked is None
            self.asked = found
        return found

    def finish(self) -> list[EditsProtected]:
        """The disk has written what it was asked for."""
        write, self.asked = self.asked, None
        assert write is not None
        self.put(write)
        return self.ahead.written(write.mark)

    def put(self, write: Write) -> None:
        """Write what was asked for."""
        if write.copy is not None:
            assert write.entries == ()
            self.file = write.copy
        else:
            assert self.file is not None
            self.file = replay(self.file, write.entries)

    def is_on_disk(self) -> bool:
        """Whether the file has the replica, except for what changes when a change is sent."""
        file, now = self.file, self.save()
        assert file is not None
        as_made = [[(one.client_clock, one.operations) for one in saved.pending] for saved in (file, now)]
        return as_made[0] == as_made[1] and (file.held, file.records) == (now.held, now.records)

    def write_all(self) -> None:
        """Write what is due until nothing is."""
        while self.poll() is not None:
            self.finish()

    def push(self) -> list[int]:
        """The numbers of what may be sent."""
        if not self.pending.unsent:
            return []
        return [one.client_clock for one in self.pending.take_unsent(10**6, self.ahead.sendable())]


def written_bench() -> Bench:
    """On disk, with an edit that is written."""
    bench = Bench()
    bench.ahead.begin()
    bench.write_all()
    bench.edit()
    bench.write_all()
    bench.now_ms += WRITE_EVERY_MS
    return bench
