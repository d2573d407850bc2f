"""The session that a window hosts: on a server of this computer, which is started or found."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client.host_watch import HOSTS
from optiverse_collab.core.protocol.address import Address, parse_address
from optiverse_collab.disk.file_format import Hosted
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.window.background import Background
from optiverse_collab.window.folders import folder_with
from optiverse_collab.window.lan import is_local, reachable_url
from optiverse_collab.window.local_server import CompanionServer, log_of
from optiverse_collab.window.own_server import owners_address
from optiverse_collab.wording import dialogs
from optiverse_collab.wording.presence import name_of


class Hosting(QObject):
    """Gets a server to host a session on.

    Args:
        service: connects to it.
        background: waits for the disk.

    Attributes:
        starting: whether there is going to be one.
        hosted: where it listens; None while no session is hosted.
        pin: of its key, once it runs; None if connections are not encrypted.
        url: where others find it, ``ws://host:port``, with its pin and its standby; empty while no session is
            hosted.

    Signals:
        progress: a sentence about the work, and twice 0, since its amount is unknown.
        ready: ``ws://127.0.0.1:port``, where this window joins; with a token and a pin, if it needs them.
        failed: a sentence that says why there is no server, and what to do.
        logged: level (of `logging`) and text of a line for the log.
    """

    progress = pyqtSignal(str, int, int)
    ready = pyqtSignal(str)
    failed = pyqtSignal(str)
    logged = pyqtSignal(int, str)

    def __init__(self, service: CollaborationService, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._service = service
        self._background = background
        self.pin: str | None = None
        self.starting = False
        self.hosted: Hosted | None = None
        self._server = self._listen_to(CompanionServer(self))
        service.connected.connect(self._on_connected)

    @property
    def url(self) -> str:
        """Where others find the server."""
        if self.hosted is None:
            return ""
        server = reachable_url(self.hosted.port, self.hosted.listen)
        known = self._service.address
        also = parse_address(known).also if known else None
        here = Address(server, None, pin=self.pin)
        is_other = also is not None and not here.may_be(parse_address(also))
        return here._replace(also=also if is_other else None).remembered

    @property
    def pid(self) -> int | None:
        """The process of the server, if the session is on one that this window started."""
        return None if self.hosted is None else self._server.pid

    @property
    def has_ended(self) -> bool:
        """Whether the server is no process of this window, though the session is on this computer."""
        return self.hosted is not None and not self.starting and self.pid is None

    @property
    def guests(self) -> list[str]:
        """The names of the others in the session, if this window started the server for it."""
        session = self._service.session
        if self.pid is None or session is None or session.me is None:
            return []
        return [name_of(one) for one in session.participants.values() if one is not session.me]

    @property
    def log(self) -> Path:
        """The server's log."""
        if self._server.pid is not None or self.hosted is None:
            return self._server.log
        return log_of(self.hosted.port)  # somebody else's process

    def start(self, wanted: Hosted, session: str) -> None:
        """Make sure that a server listens on the port; a new one opens the address, and has the session."""
        self.hosted, self.pin, self.starting = wanted, None, True
        self._launch(wanted, session)

    def start_again(self, session: str) -> None:
        """Start the server once more, with its data: the window is still in the session."""
        if self.hosted is not None and self.has_ended:
            self._launch(self.hosted, session)

    def take_over(self, server: CompanionServer, hosted: Hosted, pin: str | None) -> None:
        """A standby of this window serves now, in place of the server that it followed.

        Args:
            server: the standby's process.
            hosted: where it listens.
            pin: of its key; None if connections are not encrypted.
        """
        self._server.stop()
        self._server.deleteLater()
        self._server = self._listen_to(server)
        server.setParent(self)
        self.hosted, self.pin = hosted, pin
        if self._service.is_connected():  # sooner than the command that promoted it ended
            self._on_connected()

    def cancel(self) -> None:
        """Host no session; cancel a start that is under way, but leave a running server alone."""
        self.hosted, self.starting = None, False
        self._server.cancel()

    def stop(self) -> None:
        """End the server, if it is ours."""
        self._server.stop()

    def hand_over(self) -> None:
        """Let the server continue without the editor, which no longer counts as the host."""
        if self._service.session is not None:
            self._service.session.show({HOSTS: None})
        self._server.leave_running()

    def _launch(self, wanted: Hosted, session: str) -> None:
        def found(data: Path | None) -> None:
            if self.hosted is wanted:
                self._server.start(wanted.port, wanted.listen, data)

        self._background.run(partial(folder_with, session), found, lambda _: found(None))

    def _listen_to(self, server: CompanionServer) -> CompanionServer:
        server.progress.connect(self._on_progress)
        server.ready.connect(self._on_ready)
        server.failed.connect(self._on_failed)
        server.logged.connect(self._on_logged)
        return server

    @pyqtSlot()
    def _on_connected(self) -> None:
        """Let the others know whose editor runs the server (PRES-6)."""
        if self.pid is not None and self._service.session is not None:
            self._service.session.show({HOSTS: True})
            self._service.wake()

    @pyqtSlot(str)
    def _on_progress(self, sentence: str) -> None:
        self.logged.emit(logging.INFO, sentence)
        self.progress.emit(sentence, 0, 0)

    @pyqtSlot(int, bool)
    def _on_ready(self, port: int, tls: bool) -> None:
        if self.hosted is None:
            return
        if not self.starting:  # it was started again
            self._service.retry_now()
            return
        if tls:
            find = partial(owners_address, self.log, port)
            self._background.run(find, self._join, lambda error: self._on_failed(str(error)))
        elif is_local(self.hosted.listen):
            self._join(Address(f"ws://127.0.0.1:{port}", None))
        else:
            self._on_failed(dialogs.UNENCRYPTED_SERVER.format(port=port))

    def _join(self, address: Address) -> None:
        if self.starting:
            self.starting, self.pin = False, address.pin
            self.ready.emit(address.link)

    @pyqtSlot(str)
    def _on_failed(self, sentence: str) -> None:
        self.logged.emit(logging.ERROR, f"✗ {sentence}")
        if self.starting:
            self.failed.emit(sentence)

    @pyqtSlot(str)
    def _on_logged(self, line: str) -> None:
        self.logged.emit(logging.DEBUG, dialogs.server_line(line))
