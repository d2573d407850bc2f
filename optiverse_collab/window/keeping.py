"""The replica of the session that a window is in, on this computer's disk (DISK in docs/protocol.md)."""

from __future__ import annotations

import logging
import secrets
from functools import partial
from typing import NamedTuple

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.disk_effects import EditsProtected, EditsUnprotected
from optiverse_collab.core.client.failures import FailureKind
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.disk.at_exit import CLOSE_S
from optiverse_collab.disk.file_format import Hosted
from optiverse_collab.disk.folder import ReplicaFolder, Waiting
from optiverse_collab.disk.set_aside import AsideReason
from optiverse_collab.disk.slot import Slot
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.errors import CollaborationError
from optiverse_collab.window.background import Background
from optiverse_collab.wording import disk


class _Seat(NamedTuple):
    """Where somebody joins, and as whom."""

    address: str
    session: str
    user_id: str
    hosted: Hosted | None = None  # if this editor hosts the session


class Keeping(QObject):
    """Joins sessions with the replica that is kept of them, and keeps it until they are left.

    Args:
        folder: of all replicas on this computer.
        service: connects.
        background: waits for the disk.

    Attributes:
        opening: whether a replica was asked for and is not here yet.
        folder: as given.

    Signals:
        left_unsent: the session's name, and how many edits wait on disk for it, now that it is left without
            a connection.
        unprotected: a sentence: a crash would take edits back; empty once it would not.
        released: another window can have what was kept, and whether all of it is on disk.
        logged: level (of `logging`) and text of a line for the log.
    """

    left_unsent = pyqtSignal(str, int)
    unprotected = pyqtSignal(str)
    released = pyqtSignal(bool)
    logged = pyqtSignal(int, str)

    def __init__(
        self, folder: ReplicaFolder, service: CollaborationService, background: Background, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.opening = False
        self.folder = folder
        self._service = service
        self._background = background
        self._seat = _Seat("", "", "")
        self._slot: Slot | None = None
        self._asked = 0
        service.happened.connect(self._on_happened)

    def join(
        self,
        address: str,
        session: str,
        user_id: str,
        hosted: Hosted | None = None,
        waiting: Waiting | None = None,
    ) -> None:
        """Join a session with what is kept of it, or with a new replica.

        Args:
            address: ``ws://host:port``.
            session: its name.
            user_id: name that others see.
            hosted: the server, if this editor hosts the session.
            waiting: the unsent edits to join with; others if another window has them meanwhile.
        """
        self.close()
        self._seat, self.opening = _Seat(address, session, user_id, hosted), True

        def claim() -> tuple[Slot, Saved | None]:
            slot = None if waiting is None else self.folder.claim_slot(waiting)
            return loaded(slot or self.folder.claim(address, session, user_id))

        done, failed = partial(self._on_loaded, self._asked), partial(self._on_failed, self._asked)
        self._background.run(claim, done, failed)

    def start_over(self) -> None:
        """The history of what is kept is gone: set it aside, and join with a new replica."""
        self._service.disconnect_from_session()
        self._set_aside()
        self._connect(None)

    def close(self) -> None:
        """The session is left, or there will be none."""
        self.opening = False
        self._asked += 1
        is_cut_off = not self._service.is_connected()
        self._service.disconnect_from_session()
        self.unprotected.emit("")
        slot, session = self._slot, self._service.session
        if slot is None or session is None:
            return
        if self.is_history_gone:
            self._set_aside()
        elif session.replica.pending and is_cut_off:
            self.left_unsent.emit(self._seat.session, len(session.replica.pending))
        self._slot = None
        slot.close()
        self._background.run(
            lambda: slot.join(CLOSE_S) and slot.failure is None,
            self.released.emit,
            lambda _: self.released.emit(False),
        )

    @property
    def is_history_gone(self) -> bool:
        """Whether the session ended since the server has another history than what was kept (CLK-3)."""
        failure = self._service.failure
        return failure is not None and failure.kind is FailureKind.EPOCH_CHANGED

    def _set_aside(self) -> None:
        """Keep unsent edits where nothing overwrites them."""
        session = self._service.session
        has_edits = session is not None and (session.replica.pending or session.replica.held)
        if self._slot is not None and has_edits:
            self._slot.set_aside(AsideReason.EPOCH)
            self.logged.emit(logging.WARNING, f"✗ {disk.SET_ASIDE}")

    # Opening

    def _on_loaded(self, asked: int, loaded: tuple[Slot, Saved | None]) -> None:
        slot, saved = loaded
        if asked != self._asked:  # the user left meanwhile
            slot.close()
            return
        if slot.damage:
            self.logged.emit(logging.WARNING, f"✗ {slot.damage}")
        self._begin(slot, saved)

    def _on_failed(self, asked: int, error: CollaborationError) -> None:
        """Join without what is kept; what is new goes where it can be written, once it can be (DISK-5)."""
        if asked == self._asked:
            seat = self._seat
            self.logged.emit(logging.WARNING, f"✗ {disk.not_loaded(seat.session, str(error))}")
            self._begin(self.folder.empty(seat.address, seat.session, seat.user_id), None)

    def _begin(self, slot: Slot, saved: Saved | None) -> None:
        self._slot = slot
        if self._seat.hosted is not None:
            slot.hosted_on(self._seat.hosted)
        self._connect(saved)

    def _connect(self, saved: Saved | None) -> None:
        self.opening = False
        client_id = secrets.token_hex(16)
        replica = Replica(client_id) if saved is None else Replica.restore(saved, client_id)
        seat = self._seat
        self._service.connect_to_session(seat.address, seat.session, seat.user_id, replica, self._slot)

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        if isinstance(effect, EditsUnprotected):
            self.unprotected.emit(disk.unprotected(effect.cause))
        elif isinstance(effect, EditsProtected):
            self.unprotected.emit("")


def loaded(slot: Slot) -> tuple[Slot, Saved | None]:
    """A slot with the replica in it; the slot is given up if that can't be read.

    Raises:
        DiskError: the disk can't be read.
    """
    try:
        return slot, slot.load()
    except CollaborationError:
        slot.close()
        raise
