"""A slot writes in its own thread, and reports what is written (DISK-3)."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from optiverse_collab.core.client.journal import Changed, Settled
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.disk.file_format import MAGIC, Hosted, read
from optiverse_collab.disk.lock import AlreadyLocked, FileLock
from optiverse_collab.disk.set_aside import AsideReason, found_in
from optiverse_collab.disk.slot import ADDRESSES, LOCK_NAME, REPLICA_NAME, Slot
from optiverse_collab.errors import DiskError
from tests.helpers.processes import python
from tests.helpers.replicas import OWNER, pending, saved

DEADLINE_S = 60
COPY = saved(pending(4), records=3)


class Opened:
    """A slot and its reports: marks and sentences."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "slots" / "one"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.slot = Slot(self.folder, FileLock(self.folder / LOCK_NAME), OWNER)
        self.reports: Queue[int | str] = Queue()
        self.threads: set[int] = set()
        self.slot.report_to(self._note, self._note)

    def _note(self, report: int | str) -> None:
        self.threads.add(threading.get_ident())
        self.reports.put(report)

    def next_report(self) -> int | str:
        return self.reports.get(timeout=DEADLINE_S)

    def on_disk(self) -> Saved:
        return read((self.folder / REPLICA_NAME).read_bytes()).saved

    def close(self) -> None:
        self.slot.close()
        assert self.slot.join(DEADLINE_S)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    opened = Opened(tmp_path)
    yield opened
    opened.close()


def test_what_is_reported_is_written_in_order(opened: Opened) -> None:
    opened.slot.rebase(COPY, 1)
    opened.slot.append([Changed(pending(5))], 2)
    opened.slot.append([Settled(4)], 3)
    assert [opened.next_report() for _ in range(3)] == [1, 2, 3]
    assert opened.on_disk().pending == [pending(5)]
    assert threading.get_ident() not in opened.threads


def test_what_was_written_can_be_loaded(tmp_path: Path) -> None:
    first = Opened(tmp_path)
    assert first.slot.load() is None
    first.slot.rebase(COPY, 1)
    first.slot.append([Settled(4)], 2)
    first.close()
    second = Opened(tmp_path)
    loaded = second.slot.load()
    assert loaded == saved(records=3)
    assert second.slot.damage == ""
    second.close()


def test_a_slot_is_one_windows_until_it_is_closed(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    with pytest.raises(AlreadyLocked):
        FileLock(opened.folder / LOCK_NAME)
    opened.slot.rebase(COPY, 1)
    opened.close()
    FileLock(opened.folder / LOCK_NAME).release()


def test_what_waits_is_synced_within_a_second(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut loses later writes; see `SYNC_S`."""
    opened.slot.rebase(COPY, 1)
    assert opened.next_report() == 1
    real, synced = os.fsync, threading.Event()

    def sync(descriptor: int) -> None:
        real(descriptor)
        synced.set()

    monkeypatch.setattr(os, "fsync", sync)
    opened.slot.append([Changed(pending(5))], 2)
    assert opened.next_report() == 2
    assert synced.wait(DEADLINE_S)


def test_addresses_are_remembered_the_last_one_first(opened: Opened) -> None:
    for number in range(ADDRESSES + 2):
        opened.slot.joined_at(f"ws://{number}:1")
    opened.slot.joined_at("ws://5:1")
    opened.slot.rebase(COPY, 1)
    opened.next_report()
    addresses = read((opened.folder / REPLICA_NAME).read_bytes()).owner.addresses
    assert addresses[:3] == ["ws://5:1", "ws://9:1", "ws://8:1"]
    assert len(addresses) == ADDRESSES


def test_the_key_of_a_server_is_remembered_with_its_address(opened: Opened) -> None:
    """STAND-9: an address without pin and standby does not delete them, and another pin replaces it."""
    old, new = f"wss://lab:8765#pin={'a' * 43}&also=wss%3A%2F%2Ftwo%3A1", f"wss://lab:8765#pin={'b' * 43}"
    for address in (old, "ws://elsewhere:8765", "wss://lab:8765"):
        opened.slot.joined_at(address)
    assert opened.slot.owner.addresses[:2] == [old, "ws://elsewhere:8765"]
    opened.slot.joined_at(new)
    assert opened.slot.owner.addresses[:2] == [f"{new}&also=wss%3A%2F%2Ftwo%3A1", "ws://elsewhere:8765"]


def test_a_server_of_this_computer_is_remembered(opened: Opened) -> None:
    opened.slot.hosted_on(Hosted(8765, "0.0.0.0"))
    opened.slot.joined_at("ws://127.0.0.1:8765")
    opened.slot.rebase(COPY, 1)
    opened.next_report()
    owner = read((opened.folder / REPLICA_NAME).read_bytes()).owner
    assert owner.hosted == Hosted(8765, "0.0.0.0")


@pytest.mark.skipif(os.name == "nt", reason="Windows can't delete open files")
def test_a_slot_that_was_deleted_is_made_again(opened: Opened) -> None:
    """DISK-5."""
    opened.slot.rebase(COPY, 1)
    assert opened.next_report() == 1
    shutil.rmtree(opened.folder.parent)
    opened.slot.rebase(COPY, 2)
    assert opened.next_report() == 2
    assert opened.on_disk() == COPY
    with pytest.raises(AlreadyLocked):
        FileLock(opened.folder / LOCK_NAME)


class Full:
    """Simulates a disk that is full until it is released."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_full = True
        monkeypatch.setattr(Path, "rename", self._unless_full(Path.rename))
        for name in ("write", "open"):
            monkeypatch.setattr(os, name, self._unless_full(getattr(os, name)))

    def _unless_full(self, function: Any) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            if self.is_full:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return function(*args, **options)

        return call


def test_after_a_failure_only_a_whole_copy_counts(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    opened.slot.rebase(COPY, 1)
    assert opened.next_report() == 1
    disk = Full(monkeypatch)
    opened.slot.append([Changed(pending(5))], 2)
    assert opened.next_report() == f"The disk with the folder {opened.folder} is full; free some space on it."
    disk.is_full = False
    opened.slot.append([Changed(pending(6))], 3)
    assert "is full" in str(opened.next_report())
    opened.slot.rebase(saved(pending(5)), 4)
    opened.slot.append([Changed(pending(6))], 5)
    assert [opened.next_report(), opened.next_report()] == [4, 5]
    assert opened.on_disk().pending == [pending(5), pending(6)]


def test_a_sync_that_fails_is_a_failure(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    opened.slot.rebase(COPY, 1)
    assert opened.next_report() == 1

    def fail(descriptor: int) -> None:
        raise OSError(errno.EIO, "I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        opened.slot.append([Changed(pending(5))], 2)
        assert opened.next_report() == 2
        assert "(I/O error); check the disk" in str(opened.next_report())


def test_what_is_set_aside_is_never_overwritten(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if it can't be moved at first."""
    opened.slot.rebase(COPY, 1)
    assert opened.next_report() == 1
    disk = Full(monkeypatch)
    opened.slot.set_aside(AsideReason.EPOCH)
    assert "is full" in str(opened.next_report())
    opened.slot.rebase(saved(), 2)
    assert "is full" in str(opened.next_report())
    assert opened.on_disk() == COPY
    disk.is_full = False
    opened.slot.rebase(saved(), 3)
    assert opened.next_report() == 3
    assert opened.on_disk() == saved()
    [aside] = found_in(tmp_path)
    assert (aside.reason, aside.load()) == (AsideReason.EPOCH, COPY)


def test_what_was_asked_before_is_not_set_aside(opened: Opened, tmp_path: Path) -> None:
    opened.slot.rebase(COPY, 1)
    opened.slot.set_aside(AsideReason.EPOCH)
    opened.slot.rebase(saved(), 2)
    assert [opened.next_report(), opened.next_report()] == [1, 2]
    assert [one.load() for one in found_in(tmp_path)] == [COPY]


def test_what_is_discarded_is_gone(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    opened.slot.rebase(COPY, 1)
    opened.slot.discard()
    assert opened.slot.join(DEADLINE_S)
    assert not opened.folder.exists()


def test_a_file_that_can_not_be_read_is_set_aside(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    (opened.folder / REPLICA_NAME).write_bytes(MAGIC + b"junk")
    assert opened.slot.load() is None
    assert opened.slot.damage.startswith("This computer's copy of session 'lab' can't be read; it was set")
    [aside] = found_in(tmp_path)
    assert (aside.reason, aside.file.read_bytes()) == (AsideReason.UNREADABLE, MAGIC + b"junk")
    opened.close()


def test_of_a_damaged_journal_a_copy_is_kept(opened: Opened, tmp_path: Path) -> None:
    """The entries before the fault count."""
    opened.slot.rebase(COPY, 1)
    for mark, number in enumerate((5, 6, 7), 2):
        opened.slot.append([Changed(pending(number))], mark)
    while opened.next_report() != 4:
        pass
    file = opened.folder / REPLICA_NAME
    wrong = bytearray(file.read_bytes())
    wrong[wrong.rindex(b"client_clock", 0, wrong.rindex(b"client_clock"))] ^= 1
    file.write_bytes(wrong)
    loaded = opened.slot.load()
    assert loaded is not None
    assert loaded.pending == [pending(4), pending(5)]
    assert opened.slot.damage.startswith("A part of this computer's copy of session 'lab' can't be read")
    assert [(one.reason, one.file.read_bytes()) for one in found_in(tmp_path)] == [
        (AsideReason.DAMAGED, bytes(wrong))
    ]


def test_a_disk_that_can_not_be_read_is_told(opened: Opened) -> None:
    (opened.folder / REPLICA_NAME).mkdir()
    with pytest.raises(DiskError):
        opened.slot.load()
    (opened.folder / REPLICA_NAME).rmdir()


WRITE = """
import sys
from itertools import count
from pathlib import Path
from threading import Semaphore
from optiverse_collab.core.client.journal import Changed
from optiverse_collab.disk.folder import ReplicaFolder
from tests.helpers.replicas import pending, saved

slot = ReplicaFolder(Path(sys.argv[1])).claim("ws://a", "lab", "ann")
room = Semaphore(1000)  # appends that the disk may be behind, however slow it is

def report(mark):
    print(mark, flush=True)
    room.release()

slot.report_to(report, print)
slot.rebase(saved(), 1)
for number in count(2):
    room.acquire()
    slot.append([Changed(pending(number))], number)
"""


def test_kill_9_takes_back_nothing_that_was_reported(tmp_path: Path) -> None:
    with python("-c", WRITE, str(tmp_path)) as process:
        assert process.stdout is not None
        reported = 0
        while reported < 300:
            reported = int(process.stdout.readline())
        process.kill()
        process.wait()
        rest = [int(line) for line in process.stdout.read().splitlines() if line]
    reported = max([reported, *rest[:-1]])
    [file] = tmp_path.glob("slots/*/replica")
    numbers = [change.client_clock for change in read(file.read_bytes()).saved.pending]
    assert numbers == list(range(2, len(numbers) + 2))
    assert numbers[-1] >= reported
