"""The replica of the session that a window is in, on this computer's disk (DISK in docs/protocol.md)."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime
from functools import partial
from typing import NamedTuple

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.access_effects import DeviceMade
from optiverse_collab.core.client.credentials import Credentials, Device
from optiverse_collab.core.client.disk_effects import EditsProtected, EditsUnprotected
from optiverse_collab.core.client.failures import FailureKind
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.protocol.address import Address, parse_address
from optiverse_collab.disk.at_exit import CLOSE_S
from optiverse_collab.disk.file_format import Hosted
from optiverse_collab.disk.folder import ReplicaFolder, Waiting
from optiverse_collab.disk.set_aside import AsideReason
from optiverse_collab.disk.slot import Slot
from optiverse_collab.disk.tokens import Tokens, server_key
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.errors import CollaborationError, DiskError
from optiverse_collab.window.background import Background
from optiverse_collab.window.saved_copies import copy_path, save_records
from optiverse_collab.wording import copies, disk


class _Seat(NamedTuple):
    """Server, session and name of a join."""

    address: str
    session: str
    user_id: str
    hosted: Hosted | None = None  # if this editor hosts the session
    token: str | None = None  # of the invite


class _Found(NamedTuple):
    """The stored state for a seat."""

    slot: Slot
    saved: Saved | None
    device: Device | None = None
    failure: str = ""  # a sentence: why there is no device


class Keeping(QObject):
    """Joins sessions with their stored replicas, and keeps these until the session is left.

    Args:
        folder: of all replicas on this computer.
        tokens: the tokens of this computer's user.
        service: connects.
        background: waits for the disk.

    Attributes:
        opening: whether a replica was requested and has not arrived yet.
        folder, tokens: as given.

    Signals:
        left_unsent: the session's name, and how many edits wait on disk for it, now that it is left without
            a connection.
        unprotected: a sentence: a crash would lose edits; empty once it would not.
        released: another window can use the stored replica, and whether all of it is on disk.
        logged: level (of `logging`) and text of a line for the log.
    """

    left_unsent = pyqtSignal(str, int)
    unprotected = pyqtSignal(str)
    released = pyqtSignal(bool)
    logged = pyqtSignal(int, str)

    def __init__(
        self,
        folder: ReplicaFolder,
        tokens: Tokens,
        service: CollaborationService,
        background: Background,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.opening = False
        self.folder = folder
        self.tokens = tokens
        self._service = service
        self._background = background
        self._seat = _Seat("", "", "")
        self._credentials = Credentials()
        self._slot: Slot | None = None
        self._asked = 0
        service.happened.connect(self._on_happened)
        service.standby_found.connect(self._on_standby_found)

    def join(
        self,
        address: str,
        session: str,
        user_id: str,
        hosted: Hosted | None = None,
        waiting: Waiting | None = None,
        token: str | None = None,
    ) -> None:
        """Join a session with its stored replica, or with a new one.

        Args:
            address: ``ws://host:port``, with ``#pin=…`` if the server's key is known.
            session: its name.
            user_id: name that others see.
            hosted: the server, if this editor hosts the session.
            waiting: the unsent edits to join with; others if another window has them meanwhile.
            token: of the invite, if it was joined by a link with one.
        """
        self.close()
        self._seat, self.opening = _Seat(address, session, user_id, hosted, token), True

        def claim() -> _Found:
            slot = None if waiting is None else self.folder.claim_slot(waiting)
            if slot is not None:
                slot.joined_at(address)
            slot, saved = loaded(slot or self.folder.claim(address, session, user_id))
            try:
                return _Found(slot, saved, self.tokens.find(_server(slot), session))
            except DiskError as error:  # the server may ask for none
                return _Found(slot, saved, failure=str(error))

        done, failed = partial(self._on_loaded, self._asked), partial(self._on_failed, self._asked)
        self._background.run(claim, done, failed)

    def move(self, link: str, hosted: Hosted | None) -> Address:
        """Go on with the same replica at another address; returns that.

        Args:
            link: to the server.
            hosted: as for `join`.
        """
        place = parse_address(link)
        address, session, slot = place.remembered, self._seat.session, self._slot
        self._seat = _Seat(address, session, self._seat.user_id, hosted, place.token)
        self._credentials = Credentials(None, place.token or "")
        if slot is not None:
            slot.joined_at(address)
            if hosted is not None:
                slot.hosted_on(hosted)
        self._service.move(address, session, self._credentials)
        return place

    def start_over(self) -> None:
        """The stored replica's history is gone: set it aside, and join with a new one."""
        self._save_what_a_backup_lacks()
        self._service.disconnect_from_session()
        self._set_aside()
        self._connect(None)

    def close(self) -> None:
        """The session was left, or the join failed."""
        self.opening = False
        self._asked += 1
        is_cut_off = not (self._service.is_connected() and self._service.sendable == self._service.unsent)
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
        """Whether the session ended because the server has another history than the stored one (CLK-3)."""
        failure = self._service.failure
        return failure is not None and failure.is_history_gone

    def _set_aside(self) -> None:
        """Keep unsent edits where nothing overwrites them."""
        session = self._service.session
        has_edits = session is not None and (session.replica.pending or session.replica.held)
        if self._slot is not None and has_edits:
            self._slot.set_aside(AsideReason.EPOCH)
            self.logged.emit(logging.WARNING, f"✗ {disk.SET_ASIDE}")

    def _save_what_a_backup_lacks(self) -> None:
        """The server was restored, and the stored replica may be the only copy of later changes (CLK-8)."""
        failure, session = self._service.failure, self._service.session
        if failure is None or failure.kind is not FailureKind.RESTORED or session is None:
            return
        path = copy_path(copies.RESTORE, self._seat.session, datetime.now().astimezone())
        said = disk.behind(failure.detail, int(failure.number), str(path))
        self._background.run(
            partial(save_records, dict(session.replica.view), path),
            lambda _: self.logged.emit(logging.WARNING, f"✗ {said}"),
            lambda error: self.logged.emit(logging.ERROR, f"✗ {error}"),
        )

    # Opening

    def _on_loaded(self, asked: int, found: _Found) -> None:
        slot = found.slot
        if asked != self._asked:  # the user left meanwhile
            slot.close()
            return
        for sentence in (slot.damage, found.failure):
            if sentence:
                self.logged.emit(logging.WARNING, f"✗ {sentence}")
        self._begin(found)

    def _on_failed(self, asked: int, error: CollaborationError) -> None:
        """Join without the stored replica; new edits are written as soon as the disk allows (DISK-5)."""
        if asked == self._asked:
            seat = self._seat
            self.logged.emit(logging.WARNING, f"✗ {disk.not_loaded(seat.session, str(error))}")
            self._begin(_Found(self.folder.empty(seat.address, seat.session, seat.user_id), None))

    def _begin(self, found: _Found) -> None:
        self._slot = found.slot
        if self._seat.hosted is not None:
            found.slot.hosted_on(self._seat.hosted)
        self._credentials = Credentials(found.device, self._seat.token or "")
        self._connect(found.saved)

    def _connect(self, saved: Saved | None) -> None:
        self.opening = False
        client_id = secrets.token_hex(16)
        replica = Replica(client_id) if saved is None else Replica.restore(saved, client_id)
        seat, slot = self._seat, self._slot
        address = seat.address if slot is None else slot.owner.addresses[0]  # it may know the server's key
        self._service.connect_to_session(
            address, seat.session, seat.user_id, replica, slot, self._credentials
        )

    @pyqtSlot()
    def _on_standby_found(self) -> None:
        if self._slot is not None:
            self._slot.joined_at(self._service.address)

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        if isinstance(effect, EditsUnprotected):
            self.unprotected.emit(disk.unprotected(effect.cause))
        elif isinstance(effect, EditsProtected):
            self.unprotected.emit("")
        elif isinstance(effect, DeviceMade) and self._slot is not None:
            keep = partial(self.tokens.keep, _server(self._slot), self._seat.session, effect.device)
            self._background.run(keep, lambda _: None, self._on_not_kept)

    def _on_not_kept(self, error: CollaborationError) -> None:
        self.logged.emit(logging.WARNING, f"✗ {disk.token_not_kept(str(error))}")


def _server(slot: Slot) -> str:
    """The key for the tokens of a slot's server; the slot may know the pin of its key."""
    return server_key(parse_address(slot.owner.addresses[0]))


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
