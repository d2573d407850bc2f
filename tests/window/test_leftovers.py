"""Unsent edits that no window has open: sent, merged, saved and discarded, with a real server and disk."""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Op, Put, Remove, Set
from optiverse_collab.disk.folder import KEPT_S
from optiverse_collab.disk.lock import AlreadyLocked, FileLock
from optiverse_collab.disk.replica_file import ReplicaFile
from optiverse_collab.disk.slot import LOCK_NAME
from optiverse_collab.window.leftovers import Leftovers
from tests.helpers.left_edits import folder, leave_edits
from tests.helpers.managed_host import SOON, ManagedHost, join
from tests.helpers.server_process import ServerProcess

LENS = Put("lens", "component", {"pos": [0.0, 0.0], "angle_deg": 0.0, "name": "Lens"})


class Person:
    """Somebody in a session.

    Attributes:
        window: their window.
        leftovers: what the window knows of unsent edits.
        told: what it reported about them.
    """

    def __init__(self, qtbot: QtBot, parent: QObject, url: str, session_id: str, name: str) -> None:
        self._qtbot = qtbot
        self.window = ManagedHost(parent)
        self.leftovers = Leftovers(folder(), self.window.manager, parent)
        self.told: list[str] = []
        self.leftovers.told.connect(self.told.append)
        join(qtbot, self.window, url, session_id, name)

    @property
    def replica(self) -> Replica:
        session = self.window.manager.service.session
        assert session is not None
        return session.replica

    def does(self, op: Op) -> None:
        """Make edits, and wait until the server has them."""
        self.window.host.user_does(op)
        self._qtbot.waitUntil(lambda: self._has(op), timeout=SOON)

    def until(self, sentence: str) -> None:
        """Wait until a sentence is reported."""
        self._qtbot.waitUntil(lambda: any(sentence in told for told in self.told), timeout=SOON)

    def listed(self, count: int) -> None:
        """Look repeatedly until there are `count` leftovers: each slot is written by a thread of its own."""

        def look() -> bool:
            self.leftovers.refresh()
            return len(self.leftovers.found) == count

        self._qtbot.waitUntil(look, timeout=SOON)

    def _has(self, op: Op) -> bool:
        record = self.replica.view.get(op.id)
        has = (
            record is None
            if isinstance(op, Remove)
            else record is not None
            and record.props
            == {
                **record.props,
                **op.props,
            }
        )
        return has and not self.replica.pending


@pytest.fixture
def bob(qtbot: QtBot, parent: QObject, server: ServerProcess, session_id: str) -> Iterator[Person]:
    """Bob is in the session, with a lens in it."""
    bob = Person(qtbot, parent, server.url, session_id, "bob")
    bob.does(LENS)
    yield bob
    bob.window.manager.close()


def test_my_own_are_sent_when_i_join(
    qtbot: QtBot, parent: QObject, bob: Person, server: ServerProcess, session_id: str
) -> None:
    """DISK-6: two windows crashed; one continues here, and the other's edits are sent under its own id."""
    leave_edits(bob.replica, server.url, session_id, "ann", Set("lens", {"angle_deg": 30.0}))
    leave_edits(bob.replica, server.url, session_id, "ann", Set("lens", {"name": "L1"}))
    ann = Person(qtbot, parent, server.url, session_id, "ann")
    ann.until("1 edit by ann was sent")
    qtbot.waitUntil(
        lambda: bob.window.host.bench["lens"].props == {**LENS.props, "angle_deg": 30.0, "name": "L1"},
        timeout=SOON,
    )
    ann.listed(0)
    ann.window.manager.close()


def test_anothers_wait_until_somebody_sends_them(
    qtbot: QtBot, parent: QObject, bob: Person, server: ServerProcess, session_id: str
) -> None:
    """DISK-6: they are sent as hers, on a login that people share."""
    leave_edits(bob.replica, server.url, session_id, "Ana", Set("lens", {"angle_deg": 30.0}))
    bob.listed(1)
    [one] = bob.leftovers.found
    assert (one.owner.user_id, one.edits) == ("Ana", 1)
    assert bob.window.host.bench["lens"].props["angle_deg"] == 0.0
    bob.leftovers.send(one, server.url)
    bob.until("1 edit by Ana was sent")
    qtbot.waitUntil(lambda: bob.window.host.bench["lens"].props["angle_deg"] == 30.0, timeout=SOON)
    bob.listed(0)


def test_what_others_changed_is_left_and_listed(
    qtbot: QtBot, parent: QObject, bob: Person, server: ServerProcess, session_id: str
) -> None:
    """SEEN-5, SEEN-9: an edit that yields is held; its user finds it in the list here."""
    leave_edits(bob.replica, server.url, session_id, "Ana", Set("lens", {"angle_deg": 30.0}))
    bob.does(Set("lens", {"angle_deg": 50.0}))
    bob.listed(1)
    bob.leftovers.send(bob.leftovers.found[0], server.url)
    bob.until("1 edit by Ana was sent")
    assert bob.window.host.bench["lens"].props["angle_deg"] == 50.0
    assert bob.replica.held["lens"].ops == [Set("lens", {"angle_deg": 30.0})]


def test_a_server_that_is_gone_gets_nothing_and_nothing_is_lost(
    qtbot: QtBot, parent: QObject, bob: Person, server: ServerProcess, session_id: str
) -> None:
    leave_edits(bob.replica, server.url, session_id, "Ana", Set("lens", {"angle_deg": 30.0}))
    bob.listed(1)
    bob.leftovers.send(bob.leftovers.found[0], "not an address!")
    bob.until("could not be sent, and stays on this computer")
    bob.listed(1)


def test_they_can_be_saved_as_a_file_and_discarded(
    qtbot: QtBot,
    parent: QObject,
    bob: Person,
    server: ServerProcess,
    session_id: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Discarding saves a copy first."""
    copies = tmp_path / "copies"
    monkeypatch.setattr(
        "optiverse_collab.window.leftovers.copy_path", lambda why, session, now: copies / f"{why}.json"
    )
    leave_edits(bob.replica, server.url, session_id, "Ana", Set("lens", {"angle_deg": 30.0}))
    bob.listed(1)
    [one] = bob.leftovers.found
    bob.leftovers.save(one, tmp_path / "bench.json")
    bob.until("was saved")
    bob.leftovers.discard(one)
    bob.until("1 edit was discarded")
    bob.listed(0)
    for path in (tmp_path / "bench.json", copies / "discarding edits of.json"):
        [item] = json.loads(path.read_text("utf-8"))["items"]
        assert item["angle_deg"] == 30.0


def test_what_nobody_needs_is_let_go(
    qtbot: QtBot, parent: QObject, bob: Person, server: ServerProcess, session_id: str, own_data_folder: Path
) -> None:
    """DISK-6: an old replica without edits is deleted; one with edits stays."""
    leave_edits(bob.replica, server.url, session_id, "ann")
    leave_edits(bob.replica, server.url, session_id, "Ana", Set("lens", {"angle_deg": 30.0}))
    files = {file.parent.name: file for file in own_data_folder.rglob("slots/*/replica")}
    waiting = folder().waiting()[0].slot
    old = time.time() - KEPT_S - 60
    for file in files.values():
        os.utime(file, (old, old))
    [mine] = [name for name, file in files.items() if name != waiting and is_free(file)]
    bob.leftovers.begin()
    qtbot.waitUntil(lambda: not files[mine].exists(), timeout=SOON)
    assert files[waiting].exists()
    bob.listed(1)


def is_free(replica: Path) -> bool:
    """Whether no window holds the slot of a replica."""
    try:
        FileLock(replica.parent / LOCK_NAME).release()
    except AlreadyLocked:
        return False
    return True


def test_edits_of_a_history_that_is_gone_are_listed(
    qtbot: QtBot, parent: QObject, bob: Person, server: ServerProcess, session_id: str, tmp_path: Path
) -> None:
    """CLK-3, SEEN-9: their user decides; they are deleted when the result is on disk."""
    with ServerProcess(tmp_path / "another") as another:
        leave_edits(bob.replica, another.url, "lab", "ann", Set("lens", {"angle_deg": 30.0}))
        ann = Person(qtbot, parent, another.url, "lab", "ann")
        ann.listed(1)
        ann.leftovers.rejoin(ann.leftovers.found[0])
        ann.until("1 edit from before the session was started over was listed")
        assert ann.replica.held["lens"].ops == [Set("lens", {"angle_deg": 30.0})]
        ann.listed(0)
        assert folder().set_asides() != []
        ann.window.manager.close()
        qtbot.waitUntil(lambda: folder().set_asides() == [], timeout=SOON)


def test_what_was_listed_stays_kept_if_the_disk_fails(
    qtbot: QtBot,
    parent: QObject,
    bob: Person,
    server: ServerProcess,
    session_id: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DISK-5, DISK-6: otherwise the list would be in memory alone, and would end with the window."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with ServerProcess(tmp_path / "another") as another:
        leave_edits(bob.replica, another.url, "lab", "ann", Set("lens", {"angle_deg": 30.0}))
        ann = Person(qtbot, parent, another.url, "lab", "ann")
        ann.listed(1)
        monkeypatch.setattr(ReplicaFile, "append", full)
        monkeypatch.setattr(ReplicaFile, "replace", full)
        ann.leftovers.rejoin(ann.leftovers.found[0])
        ann.until("1 edit from before the session was started over was listed")
        with qtbot.waitSignal(ann.window.manager.keeping.released, timeout=SOON) as released:
            ann.window.manager.close()
        assert released.args == [False]
        ann.listed(1)
