"""Unsent edits on this computer that no window has open: lists and handles them."""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.convert import bench_from_records, write_bench
from optiverse_collab.core.client.credentials import Device
from optiverse_collab.core.client.effects import Conflict
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.client.unsent import unsent_edits
from optiverse_collab.core.client.write_ahead import RETRY_MS
from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab.disk.at_exit import CLOSE_S
from optiverse_collab.disk.file_format import Owner
from optiverse_collab.disk.folder import ReplicaFolder, Waiting
from optiverse_collab.disk.set_aside import AsideReason, SetAside
from optiverse_collab.disk.slot import Slot
from optiverse_collab.disk.tokens import server_key
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.errors import AddressError, BenchFileError, CollaborationError
from optiverse_collab.window.keeping import loaded
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.saved_copies import copy_path, save_copy
from optiverse_collab.window.sending import Sender
from optiverse_collab.wording import copies
from optiverse_collab.wording import unsent as texts


class Leftover(NamedTuple):
    """One person's unsent edits of one session.

    Attributes:
        key: identifies it.
        owner: their author, session and server.
        edits: how many.
        when_ms: when the last one was made, in ms since 1970.
        source: where they lie: in a slot, or set aside since their history is gone.
    """

    key: str
    owner: Owner
    edits: int
    when_ms: int
    source: Waiting | SetAside


T = TypeVar("T")


class Leftovers(QObject):
    """Lists unsent edits, and sends, merges, saves and discards them.

    If another window left edits of the same user, as by a crash, they are sent when their session is joined.

    Args:
        folder: of all replicas on this computer.
        manager: of the window.

    Attributes:
        found: the unsent edits at the last look, the newest first.

    Signals:
        changed: `found` has changed.
        told: a sentence about the outcome for unsent edits.
    """

    changed = pyqtSignal()
    told = pyqtSignal(str)

    def __init__(self, folder: ReplicaFolder, manager: CollaborationManager, parent: QObject) -> None:
        super().__init__(parent)
        self.found: list[Leftover] = []
        self._folder = folder
        self._manager = manager
        self._background = manager.background
        self._to_merge: Leftover | None = None
        self._merged: list[SetAside] = []
        self._is_unreadable = False
        self._again = single_shot(self, self._look_for_mine, RETRY_MS)
        manager.joined.connect(self._on_joined)
        manager.keeping.released.connect(self._on_released)

    def begin(self) -> None:
        """A window has opened: look for unsent edits, and delete unneeded replicas (DISK-6)."""
        self._run(self._folder.prune, lambda _: None)
        self.refresh()

    def refresh(self) -> None:
        """Look again; `changed` follows, if it is different."""
        self._background.run(self._listed, self._on_listed, self._on_unreadable)

    def rejoin(self, one: Leftover) -> None:
        """Join the session with this window; the edits are sent, or listed for their user to decide.

        A session that an editor of this computer hosted is hosted again: its server ended with the editor.
        """
        owner, hosted, manager = one.owner, one.owner.hosted, self._manager
        if isinstance(one.source, SetAside):
            if manager.is_in(owner.session):
                self._merge(one, one.source)
                return
            self._to_merge = one
        waiting = one.source if isinstance(one.source, Waiting) else None
        if hosted is None:
            manager.join_session(owner.addresses[0], owner.session, owner.user_id, waiting)
        else:
            manager.create_session(hosted.port, hosted.listen, owner.session, owner.user_id, waiting)

    def send(self, one: Leftover, address: str) -> None:
        """Send the edits without joining, under their author's name; not those of a history that is gone.

        Args:
            address: of the server.
        """
        if isinstance(one.source, Waiting):
            self._run(partial(self._take, one.source, address), partial(self._send, one, address))

    def save(self, one: Leftover, path: Path) -> None:
        """Write the bench with the edits to a file."""
        work = partial(_save, self._folder, one.source, path)
        self._run(work, lambda _: self._report(logging.INFO, texts.saved(str(path))))

    def discard(self, one: Leftover) -> None:
        """Forget the edits, except for a copy of the bench with them."""
        path = copy_path(copies.DISCARDING, one.owner.session, datetime.now().astimezone())

        def work() -> None:
            save_copy(partial(_save, self._folder, one.source), path)
            _discard(self._folder, one.source)

        def done(_: None) -> None:
            self._report(logging.INFO, texts.discarded(one.edits, str(path)))
            self.refresh()

        self._run(work, done)

    # Listing

    def _listed(self) -> list[Leftover]:
        """What waits, and what was set aside; unreadable files were reported when they were found."""
        found = [Leftover(one.slot, one.owner, one.edits, one.when_ms, one) for one in self._folder.waiting()]
        for one in self._folder.set_asides():
            if one.owner is not None and one.reason in (AsideReason.EPOCH, AsideReason.KEY) and one.edits:
                found.append(Leftover(one.file.name, one.owner, one.edits, one.when_ms, one))
        return found

    def _on_unreadable(self, error: CollaborationError) -> None:
        """Say so once; the disk is tried again, as for a replica (DISK-5)."""
        if not self._is_unreadable:
            self._on_failed(error)
        self._is_unreadable = True
        self._again.start()

    def _on_listed(self, found: list[Leftover]) -> None:
        self._is_unreadable = False
        found = [one for one in found if one.source not in self._merged]
        if found != self.found:
            self.found = found
            self.changed.emit()

    @pyqtSlot(bool)
    def _on_released(self, is_on_disk: bool) -> None:
        """A replica was released; edits merged into it stay in their old place if they are not on disk."""
        merged, self._merged = self._merged, []
        for one in merged if is_on_disk else ():
            self._run(one.discard, lambda _: None)
        self.refresh()

    # Sending and merging

    @pyqtSlot()
    def _on_joined(self) -> None:
        one, self._to_merge = self._to_merge, None
        if one is not None and isinstance(one.source, SetAside) and self._manager.is_in(one.owner.session):
            self._merge(one, one.source)
        self._look_for_mine()

    @pyqtSlot()
    def _look_for_mine(self) -> None:
        self._background.run(self._listed, self._send_mine, self._on_unreadable)

    def _send_mine(self, found: list[Leftover]) -> None:
        """Send edits that another window of this user left in the present session."""
        self._on_listed(found)
        session = self._manager.service.session
        for one in found:
            waiting = one.source
            if (
                isinstance(waiting, Waiting)
                and session is not None
                and self._manager.is_in(one.owner.session)
                and (one.owner.user_id, waiting.epoch) == (session.user_id, session.replica.epoch)
            ):
                self.send(one, self._manager.address)

    def _merge(self, one: Leftover, aside: SetAside) -> None:
        def done(saved: Saved | None) -> None:
            if saved is not None and self._manager.is_in(one.owner.session):
                self._hold(unsent_edits(saved))
                self._merged.append(aside)
                self._report(logging.INFO, texts.merged(one.edits))
            self.refresh()

        self._run(aside.load, done)

    def _hold(self, edits: Iterable[Conflict]) -> None:
        """List edits of another replica for the user to decide (SEEN-9)."""
        session = self._manager.service.session
        if session is not None:
            for edit in edits:
                session.replica.hold(edit)
            self._manager.service.wake()
            self._manager.edited.emit()

    def _take(self, waiting: Waiting, address: str) -> tuple[Device | None, Slot | None, Saved | None]:
        """Everything needed to send edits: the token, the slot, and its replica."""
        device = None
        with contextlib.suppress(AddressError):  # which the sender tells
            server = server_key(parse_address(address))
            device = self._manager.keeping.tokens.find(server, waiting.owner.session)
        return device, *(_opened(self._folder, waiting) or (None, None))

    def _send(
        self, one: Leftover, address: str, taken: tuple[Device | None, Slot | None, Saved | None]
    ) -> None:
        device, slot, saved = taken
        if slot is None:
            self.refresh()  # another window has it
            return
        if saved is None:
            slot.close()
            return
        replica = Replica.restore(saved, secrets.token_hex(16))
        hosted = one.owner.hosted if address == one.owner.addresses[0] else None
        sender = Sender(slot, replica, address, hosted, device, self)
        sender.logged.connect(self._manager.log)
        sender.finished.connect(partial(self._on_sent, one, sender))
        sender.start()

    def _on_sent(self, one: Leftover, sender: Sender, why: str) -> None:
        owner, session = one.owner, self._manager.service.session
        if why:
            self._report(logging.WARNING, texts.not_sent(owner.session, owner.user_id, one.edits, why))
        else:
            self._report(logging.INFO, texts.sent(owner.session, owner.user_id, one.edits))
            if session is not None and session.replica.epoch == sender.replica.epoch:
                self._hold(sender.take_held())
        sender.deleteLater()
        slot = sender.slot
        self._run(lambda: slot.join(CLOSE_S), lambda _: self.refresh())

    def _run(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        self._background.run(work, done, self._on_failed)

    def _on_failed(self, error: CollaborationError) -> None:
        self._report(logging.WARNING, f"✗ {error}")

    def _report(self, level: int, sentence: str) -> None:
        self._manager.log(level, sentence)
        self.told.emit(sentence.lstrip("✓✗ "))


def _opened(folder: ReplicaFolder, one: Waiting) -> tuple[Slot, Saved | None] | None:
    """The slot, and the replica in it; None if another window has it."""
    slot = folder.claim_slot(one)
    return None if slot is None else loaded(slot)


def _load(folder: ReplicaFolder, one: Waiting | SetAside) -> Saved | None:
    """The replica, which stays where it is."""
    if isinstance(one, SetAside):
        return one.load()
    opened = _opened(folder, one)
    if opened is None:
        return None
    slot, saved = opened
    slot.close()
    slot.join(CLOSE_S)
    return saved


def _save(folder: ReplicaFolder, one: Waiting | SetAside, path: Path) -> None:
    saved = _load(folder, one)
    if saved is None:
        raise BenchFileError(texts.IN_USE)
    write_bench(path, bench_from_records(Replica.restore(saved, "").view))


def _discard(folder: ReplicaFolder, one: Waiting | SetAside) -> None:
    if isinstance(one, SetAside):
        one.discard()
        return
    slot = folder.claim_slot(one)
    if slot is None:
        raise BenchFileError(texts.IN_USE)
    slot.discard()
    slot.join(CLOSE_S)
