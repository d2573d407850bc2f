"""Sends the unsent edits of a replica that no window shows, over a separate short connection."""

from __future__ import annotations

import logging

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.credentials import Credentials, Device
from optiverse_collab.core.client.effects import Conflict
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.unsent import held_edits
from optiverse_collab.disk.file_format import Hosted
from optiverse_collab.disk.set_aside import AsideReason
from optiverse_collab.disk.slot import Slot
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.errors import AddressError
from optiverse_collab.window.local_server import CompanionServer
from optiverse_collab.wording import unsent as texts

PATIENCE_MS = 30_000
"""How long the server may take to store everything; after that, the edits stay where they are."""


class Sender(QObject):
    """Joins as the author of the edits, until the server has stored them.

    Args:
        slot: where the replica is kept; it is closed at the end.
        replica: the stored replica.
        address: of the server.
        hosted: started while it is needed, if it does not run; None if the server is not ours.
        device: the token, if the server requires one.

    Attributes:
        replica, slot: as given.

    Signals:
        finished: a sentence that says why not everything was sent; empty if it was. Then the slot is closed.
        logged: level (of `logging`) and text of a line for the log.
    """

    finished = pyqtSignal(str)
    logged = pyqtSignal(int, str)

    def __init__(
        self,
        slot: Slot,
        replica: Replica,
        address: str,
        hosted: Hosted | None,
        device: Device | None,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.replica = replica
        self.slot = slot
        self._address = address
        self._credentials = Credentials(device)
        self._hosted = hosted
        self._server = CompanionServer(self)
        self._server.ready.connect(self._connect)
        self._server.failed.connect(self._end)
        self._is_over = False
        self._service = CollaborationService(self)
        self._patience = single_shot(self, self._on_too_late, PATIENCE_MS)
        self._service.happened.connect(self._on_happened)
        self._service.drained.connect(self._on_drained)
        self._service.error_occurred.connect(self._end)
        self._service.logged.connect(self._on_logged)

    def start(self) -> None:
        """Connect, to a server that runs by then."""
        self._patience.start()
        if self._hosted is None:
            self._connect()
        else:
            self._server.start(self._hosted.port, self._hosted.listen)

    @pyqtSlot()
    def _connect(self) -> None:
        owner = self.slot.owner
        try:
            self._service.connect_to_session(
                self._address, owner.session, owner.user_id, self.replica, self.slot, self._credentials
            )
        except AddressError as error:
            self._end(str(error))

    def take_held(self) -> list[Conflict]:
        """Edits that were not applied, to be listed for the user. Call it from `finished`."""
        held = [*held_edits(self.replica.held)]
        for id in [*self.replica.held]:
            self.replica.dismiss_held(id)
        return held

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        if isinstance(effect, fx.Synced) and self.replica.rights.withheld:
            self._end(texts.NO_RIGHT)
        elif isinstance(effect, fx.Synced) and not self.replica.pending:
            self._end("")

    @pyqtSlot()
    def _on_drained(self) -> None:
        self._end("")

    @pyqtSlot()
    def _on_too_late(self) -> None:
        self._end(texts.TOO_LATE)

    @pyqtSlot(int, str)
    def _on_logged(self, level: int, text: str) -> None:
        """Log only the problems of such a short participation."""
        if level >= logging.WARNING:
            self.logged.emit(level, text)

    @pyqtSlot(str)
    def _end(self, why: str) -> None:
        if self._is_over:
            return
        self._is_over = True
        self._patience.stop()
        self._server.cancel()
        self.finished.emit(why)
        failure = self._service.failure
        self._service.disconnect_from_session()
        if failure is not None and failure.is_history_gone:
            self.slot.set_aside(AsideReason.EPOCH)
        self.slot.close()
        self._server.stop()
