"""*Host now*: this computer takes the place of the host's, with a copy of its server, or from the bench."""

from __future__ import annotations

import importlib.util
import logging
import time
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import QMainWindow

from optiverse_collab.core.client import standby_offers as offers
from optiverse_collab.core.protocol.address import Address
from optiverse_collab.disk.file_format import Hosted
from optiverse_collab.drivers.qt.service import Outage
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.window.folders import mark_folder
from optiverse_collab.window.inviting import Inviting
from optiverse_collab.window.lan import is_here
from optiverse_collab.window.local_server import CompanionServer
from optiverse_collab.window.replica_server import ReplicaServer
from optiverse_collab.window.standby_copy import StandbyCopy
from optiverse_collab.window.ui.bar import Rescue, StateBar
from optiverse_collab.window.ui.host_question import HostQuestion
from optiverse_collab.window.ui.toasts import Toasts
from optiverse_collab.wording import host_now as texts
from optiverse_collab.wording import standby_copy

PATIENCE_S = 10
"""How long the host must have been silent before somebody without a copy can host …"""

PATIENCE_FOR_COPY_S = 60
"""… and how long if somebody else's computer has one: hosting there is better."""


class HostNow(QObject):
    """Lets the user host the session once its host is gone.

    Args:
        copy: the copy on this computer, if there is one.
        inviting: shows the link for the others.
        bar: gets a button while there is no connection.
        toasts: say what happened.
        window: the parent of the question, and of this.

    Attributes:
        server: started from the replica.
        question: the open question.

    Signals:
        changed: whether the user can host now.
    """

    changed = pyqtSignal()

    def __init__(
        self, copy: StandbyCopy, inviting: Inviting, bar: StateBar, toasts: Toasts, window: QMainWindow
    ) -> None:
        super().__init__(window)
        self._manager, self._copy, self._inviting, self._toasts = copy.manager, copy, inviting, toasts
        self._window, self._sentence = window, ""
        self.question: HostQuestion | None = None
        self.server = ReplicaServer(self._manager.background, self)
        self.server.ready.connect(self._on_ready)
        copy.server.took_over.connect(self._on_took_over)
        self.server.failed.connect(self._on_failed)
        self._patience = single_shot(self, self.changed.emit)
        bar.rescue = self._rescue
        copy.changed.connect(self.changed)
        self._manager.joined.connect(self._on_joined)
        self._manager.service.outage_changed.connect(self._on_outage_changed)

    @property
    def is_possible(self) -> bool:
        """Whether this computer can take the host's place now."""
        return self._copy.can_host or self._wait_s() == 0

    @pyqtSlot()
    def host(self) -> None:
        """Take the host's place; without a copy, ask first."""
        if self._copy.can_host:
            self._copy.host_now()
        elif self.is_possible and self.question is None:
            session = self._manager.service.session
            host = session.host.name if session is not None else ""
            question = self.question = HostQuestion(self._manager.session_id, host, self._window)
            question.finished.connect(self._on_answered)
            question.open()

    def close(self) -> None:
        """The window closes."""
        self.server.close()

    def _rescue(self) -> Rescue | None:
        """What the bar says and offers while there is no connection."""
        session, hosting = self._manager.service.session, self._manager.hosting
        if hosting.has_ended:
            again = partial(hosting.start_again, self._manager.session_id)
            return Rescue((texts.HOST_AGAIN, again), texts.ENDED)
        if self._copy.can_host:
            return Rescue((standby_copy.HOST_NOW, self.host), standby_copy.ONLY_IF_GONE)
        if session is None or not session.host.name:
            return None
        elsewhere = f"{standby_copy.ELSEWHERE}\n" if session.safekeeping.standby else ""
        action = (texts.HOST, self.host) if self.is_possible else None
        return Rescue(action, elsewhere + texts.WITHOUT)

    def _wait_s(self) -> float | None:
        """How long until the user can host from their bench; None if they can't."""
        session, outage = self._manager.session, self._manager.service.outage
        if session is None or outage is None or not session.host.name or self.server.starting:
            return None
        may = offers.may_offer(session.replica.rights.role) and session.replica.clock > 0
        if not may or importlib.util.find_spec("optiverse_collab_server") is None:
            return None
        patience_s = PATIENCE_FOR_COPY_S if session.safekeeping.standby else PATIENCE_S
        return max(0.0, outage.since + patience_s - time.time())

    @pyqtSlot()
    def _on_outage_changed(self) -> None:
        wait_s = self._wait_s()
        if wait_s is None:
            self._patience.stop()
            if self.question is not None and self._manager.service.outage is None:
                self.question.reject()
        elif not self._patience.isActive():
            self._patience.start(round(wait_s * 1000) + 1)
        self.changed.emit()

    @pyqtSlot(int)
    def _on_answered(self, _: int) -> None:
        question, self.question = self.question, None
        if question is None:
            return
        is_yes = question.clickedButton() is question.yes
        question.deleteLater()
        session, outage = self._manager.session, self._manager.service.outage
        if is_yes and session is not None and outage is not None and self.is_possible:
            self._start(outage)

    def _start(self, outage: Outage) -> None:
        manager, session = self._manager, self._manager.service.session
        if session is not None:
            listen = "127.0.0.1" if is_here(manager.server_url) else "0.0.0.0"
            self.server.start(session.replica, manager.session_id, round(outage.since * 1000), listen)
            self.changed.emit()

    @pyqtSlot(object, object)
    def _on_ready(self, server: CompanionServer, address: Address) -> None:
        manager, session = self._manager, self._manager.session
        if session is None or manager.service.outage is None:  # the user left, or the host is back
            self.server.drop(server)
            if session is not None:
                self._toasts.show(texts.BACK)
            return
        manager.log(logging.INFO, texts.brought(len(session.replica.pending)))
        self._inviting.note_hosting()
        self._go_on(server, (self.server.hosted, self.server.folder), address, texts.HOSTING)

    @pyqtSlot(object, object)
    def _on_took_over(self, server: CompanionServer, address: Address) -> None:
        there = self._copy.server
        self._go_on(server, (there.hosted, there.folder), address, standby_copy.HOSTING)

    def _go_on(
        self, server: CompanionServer, at: tuple[Hosted, Path], address: Address, sentence: str
    ) -> None:
        """The session is on this computer from now on."""
        manager, (hosted, folder) = self._manager, at
        mark = partial(mark_folder, folder, manager.session_id)
        manager.background.run(mark, lambda _: None, lambda _: None)
        manager.move(address.link, hosted)
        manager.hosting.take_over(server, hosted, address.pin)
        self._sentence = sentence
        self.changed.emit()

    @pyqtSlot()
    def _on_joined(self) -> None:
        sentence, self._sentence = self._sentence, ""
        if sentence and self._manager.hosting.pid is not None:
            self._manager.log(logging.INFO, sentence)
            self._toasts.show(sentence, urgent=True)

    @pyqtSlot(str)
    def _on_failed(self, sentence: str) -> None:
        self._manager.log(logging.ERROR, f"✗ {sentence}")
        self._toasts.show(sentence, urgent=True)
        self.changed.emit()
