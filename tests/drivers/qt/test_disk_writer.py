"""A replica on disk while a window is in a session: real slots, and a disk that fails (DISK rules)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from threading import Thread

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client import write_ahead
from optiverse_collab.core.client.carrying import KeepParcel, ParcelsWanted
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.disk_effects import EditsProtected, EditsUnprotected
from optiverse_collab.core.client.journal import Changed, Entry, replay
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.parcels import Parcel, ParcelsRequest, ParcelsReturned
from optiverse_collab.core.records import Put, Set
from optiverse_collab.disk.file_format import read
from optiverse_collab.disk.folder import ReplicaFolder
from optiverse_collab.disk.slot import REPLICA_NAME, Slot
from optiverse_collab.drivers.qt import disk_writer as module
from optiverse_collab.drivers.qt.disk_writer import DiskWriter
from tests.helpers.qt_participant import SOON, Make, Participant
from tests.helpers.server_process import ServerProcess

DEADLINE_S = SOON / 1000


class Disk:
    """A store that answers on request.

    Attributes:
        file: the stored replica.
        marks: the unanswered requests.
    """

    def __init__(self) -> None:
        self.file: Saved | None = None
        self.marks: list[int] = []

    def report_to(self, on_written: Callable[[int], None], on_failed: Callable[[str], None]) -> None:
        self.written, self.failed = on_written, on_failed

    def append(self, entries: Sequence[Entry], mark: int) -> None:
        assert self.file is not None
        self.file = replay(self.file, entries)
        self.marks.append(mark)

    def rebase(self, saved: Saved, mark: int) -> None:
        self.file = saved
        self.marks.append(mark)

    def keep_parcel(self, parcel: Parcel) -> None:
        raise AssertionError("nobody sends one")

    def find_parcels(self, clock: int, epochs: Collection[str], on_found: object) -> None:
        raise AssertionError("nobody asks for one")

    def finish(self) -> None:
        self.written(self.marks.pop(0))

    def fail(self) -> None:
        self.marks.clear()
        self.failed("It is full.")


class Writer(DiskWriter):
    """A writer that records its reports."""

    def __init__(self, replica: Replica, disk: Disk, parent: QObject) -> None:
        super().__init__(replica, disk, parent)
        self.effects: list[object] = []
        self.happened.connect(self.effects.append)


def settled(qtbot: QtBot, disk: Disk, owner: QObject, replica: Replica) -> Writer:
    """A replica's writer, which has written the copy."""
    writer = Writer(replica, disk, owner)
    qtbot.waitUntil(lambda: bool(disk.marks), timeout=SOON)
    disk.finish()
    return writer


def push(replica: Replica, writer: Writer) -> bool:
    """Edit, and try to push that; returns whether it has to wait for the disk."""
    replica.edit([Put("lens", "component", {"n": 1})])
    replica.write_ahead.sendable()
    writer.poll()
    return replica.write_ahead.blocks


@pytest.fixture
def slot(tmp_path: Path) -> Iterator[Slot]:
    slot = ReplicaFolder(tmp_path).claim("ws://here", "lab", "ann")
    yield slot
    slot.close()
    assert slot.join(DEADLINE_S)


def on_disk(slot: Slot) -> Saved:
    return read((slot.folder / REPLICA_NAME).read_bytes()).saved


def pending_on(slot: Slot) -> int:
    file = slot.folder / REPLICA_NAME
    return len(read(file.read_bytes()).saved.pending) if file.exists() else -1


def test_a_copy_is_written_first_and_then_what_is_edited(qtbot: QtBot, owner: QObject, slot: Slot) -> None:
    """DISK-1, DISK-2: without a connection, too."""
    replica = Replica("me")
    writer = DiskWriter(replica, slot, owner)
    qtbot.waitUntil(lambda: pending_on(slot) == 0, timeout=SOON)
    replica.edit([Put("lens", "component", {"n": 1})])
    writer.poll()
    qtbot.waitUntil(lambda: pending_on(slot) == 1, timeout=SOON)
    for number in range(2, 30):
        replica.edit([Set("lens", {"n": number})])
        writer.poll()
    qtbot.waitUntil(lambda: on_disk(slot).pending == replica.pending, timeout=SOON)
    assert writer.protects


class QuickDisk(Disk):
    """A store that answers from another thread, soon."""

    def append(self, entries: Sequence[Entry], mark: int) -> None:
        super().append(entries, mark)
        Thread(target=self.finish).start()


def test_a_push_waits_for_a_quick_disk(qtbot: QtBot, owner: QObject, monkeypatch: pytest.MonkeyPatch) -> None:
    """DISK-1; the later report of the same write says nothing new."""
    monkeypatch.setattr(module, "PATIENCE_S", DEADLINE_S)
    replica, written = Replica("me"), list[bool]()
    writer = settled(qtbot, QuickDisk(), owner, replica)
    writer.written.connect(lambda: written.append(replica.write_ahead.blocks))
    push(replica, writer)
    assert written == [False]
    qtbot.wait(20)
    assert written == [False]


def test_a_slow_disk_keeps_the_window_waiting_for_a_moment_only(
    qtbot: QtBot, owner: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DISK-1: the push leaves with the report."""
    monkeypatch.setattr(module, "PATIENCE_S", 0.0)
    replica, disk = Replica("me"), Disk()
    assert push(replica, settled(qtbot, disk, owner, replica))
    disk.finish()
    assert not replica.write_ahead.blocks


class LateDisk(Disk):
    """A store that reports an earlier write first."""

    def append(self, entries: Sequence[Entry], mark: int) -> None:
        super().append(entries, mark)
        self.written(mark - 1)


def test_the_report_of_an_earlier_write_is_not_that_of_a_push(qtbot: QtBot, owner: QObject) -> None:
    """DISK-1: the push waits until its own write is done."""
    replica = Replica("me")
    assert push(replica, settled(qtbot, LateDisk(), owner, replica))


def test_what_is_left_at_the_end_is_all_there(qtbot: QtBot, owner: QObject, tmp_path: Path) -> None:
    """DISK-2: even if the writer ends before the disk has finished."""
    slot = ReplicaFolder(tmp_path).claim("ws://here", "lab", "ann")
    replica = Replica("me")
    writer = DiskWriter(replica, slot, owner)
    for number in range(30):
        replica.edit([Put(f"{number}", "component", {"n": 1})])
        writer.poll()
    writer.end()
    assert not any(timer.isActive() for timer in writer.findChildren(QTimer))
    sip.delete(writer)
    slot.close()
    assert slot.join(DEADLINE_S)
    assert on_disk(slot).pending == replica.pending


def test_a_disk_that_fails_is_told_once_and_tried_again(
    qtbot: QtBot, owner: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DISK-5."""
    monkeypatch.setattr(write_ahead, "RETRY_MS", 20)
    replica, disk = Replica("me"), Disk()
    writer = Writer(replica, disk, owner)
    for _ in range(3):
        qtbot.waitUntil(lambda: bool(disk.marks), timeout=SOON)
        disk.fail()
    assert writer.effects == [EditsUnprotected("It is full.")]
    assert not writer.protects
    replica.edit([Put("lens", "component", {})])
    qtbot.waitUntil(lambda: bool(disk.marks), timeout=SOON)
    with qtbot.waitSignal(writer.written, timeout=SOON):
        disk.finish()
    assert writer.effects[1:] == [EditsProtected()]
    assert [writer.protects] == [True]
    assert disk.file is not None
    assert disk.file.pending == replica.pending


def test_a_disk_that_does_not_answer_is_told(
    qtbot: QtBot, owner: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DISK-5."""
    monkeypatch.setattr(write_ahead, "STALL_MS", 20)
    writer = Writer(Replica("me"), Disk(), owner)
    qtbot.waitUntil(lambda: bool(writer.effects), timeout=SOON)
    assert writer.effects == [EditsUnprotected(write_ahead.NO_ANSWER)]


def test_what_a_store_says_later_is_for_nobody(owner: QObject) -> None:
    replica, disk = Replica("me"), Disk()
    writer = Writer(replica, disk, owner)
    written, failed = disk.written, disk.failed
    writer.end()
    disk.finish()
    disk.fail()
    sip.delete(writer)
    written(1)
    failed("It is full.")


def joined(qtbot: QtBot, one: Participant, server: ServerProcess, session_id: str, slot: Slot) -> None:
    """Join a session with the replica in a slot."""
    saved = slot.load()
    replica = Replica.restore(saved, "restored") if saved is not None else Replica("first")
    one.connect_to_session(server.url, session_id, one.name, replica, slot)
    qtbot.waitUntil(lambda: one.shows(ConnectionState.CONNECTED), timeout=SOON)


def test_edits_are_on_disk_before_they_are_sent(
    qtbot: QtBot, make: Make, server: ServerProcess, session_id: str, slot: Slot
) -> None:
    """DISK-1: the disk has every edit that the server got."""
    ann, seen = make("ann"), set[int]()
    real = slot.append

    def append(entries: Sequence[Entry], mark: int) -> None:
        seen.update(one.change.client_clock for one in entries if isinstance(one, Changed))
        real(entries, mark)

    slot.append = append  # type: ignore[method-assign]
    joined(qtbot, ann, server, session_id, slot)
    for number in range(20):
        with qtbot.waitSignal(ann.drained, timeout=SOON):
            ann.edit(Put("lens", "component", {"n": number}))
    assert seen == set(range(1, 21))
    qtbot.waitUntil(lambda: pending_on(slot) == 0, timeout=SOON)


def test_unsent_edits_are_sent_after_a_restart(
    qtbot: QtBot, make: Make, server: ServerProcess, session_id: str, tmp_path: Path
) -> None:
    """DISK-4: the next replica sends them under the old author's name."""
    folder = ReplicaFolder(tmp_path)
    ann, bob = make("ann"), make("bob")
    bob.join(qtbot, server.url, session_id)
    slot = folder.claim(server.url, session_id, "ann")
    joined(qtbot, ann, server, session_id, slot)
    ann.lose_connection()
    ann.edit(Put("lens", "component", {"n": 1}))
    ann.disconnect_from_session()
    assert ann.said("1 edit waits for the server; it will be sent when you join again.")
    assert not ann.said("did not reach the server")
    slot.close()
    assert slot.join(DEADLINE_S)
    [waiting] = folder.waiting()
    assert (waiting.owner.session, waiting.owner.user_id, waiting.edits) == (session_id, "ann", 1)
    again = folder.claim_slot(waiting)
    assert again is not None
    joined(qtbot, make("ann"), server, session_id, again)
    qtbot.waitUntil(lambda: "lens" in bob.view, timeout=SOON)
    qtbot.waitUntil(lambda: pending_on(again) == 0, timeout=SOON)
    again.close()
    assert again.join(DEADLINE_S)


def test_parcels_are_kept_and_returned(
    qtbot: QtBot, make: Make, server: ServerProcess, session_id: str, slot: Slot
) -> None:
    """BACK-6, BACK-8: a window announces that it carries them, and answers the server's question."""
    ann = make("ann")
    sent: list[str] = []
    joined(qtbot, ann, server, session_id, slot)
    parcel = Parcel("e", 0, "", 5, "", b"\xff", "s")
    assert ann.session is not None
    assert ann.session.replica.write_ahead.has_disk
    driver = ann._driver
    assert driver is not None
    driver.happened.emit(KeepParcel(parcel))
    connection = driver._connection
    assert connection is not None
    connection.send = sent.append  # type: ignore[method-assign, assignment]
    driver.happened.emit(ParcelsWanted(ParcelsRequest(3, ["e"])))
    driver.happened.emit(ParcelsWanted(ParcelsRequest(7, ["e"])))
    answers = [ParcelsReturned(3, [parcel]), ParcelsReturned(7, [])]
    qtbot.waitUntil(lambda: set(map(encode, answers)) <= set(sent), timeout=SOON)
