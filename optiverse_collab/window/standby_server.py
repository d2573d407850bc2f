"""A standby of the session's server, which runs on this computer and can take its place (STAND-10)."""

from __future__ import annotations

import secrets
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.protocol.address import Address, parse_address
from optiverse_collab.disk.file_format import Hosted
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.errors import DiskError
from optiverse_collab.window.background import Background
from optiverse_collab.window.folders import standby_folder
from optiverse_collab.window.lan import is_here, lan_addresses
from optiverse_collab.window.local_server import CompanionServer, delete_folder
from optiverse_collab.window.server_command import run_command
from optiverse_collab.wording import standby_copy as texts

OWNER = ("--all", "--role", "owner", "--uses", "1", "--label", texts.LABEL)
"""Whoever hosts owns the server: it is their computer, and the former owner may be away for long."""


class StandbyServer(QObject):
    """The standby's process and folder. The folder is deleted when it ends, unless it took over.

    Args:
        service: is connected to the server that is followed.
        background: waits for the disk and for processes.

    Attributes:
        runs: whether there is one.
        hosted, folder: where it listens, and its data.
        has_everything: whether the server said that this standby has all that it has.

    Signals:
        completed: the same.
        failed: a sentence that says why there is no standby, or what its copy lacks.
        took_over: it serves now: its `CompanionServer`, and the `Address` at which its owner joins.
    """

    completed = pyqtSignal()
    failed = pyqtSignal(str)
    took_over = pyqtSignal(object, object)

    def __init__(self, service: CollaborationService, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self.runs = self.has_everything = False
        self._service, self._background = service, background
        self._server: CompanionServer | None = None
        self.folder = Path()
        self.hosted = Hosted(0, "")
        self._place = Address("", None)
        self._trouble = ""
        service.standby_found.connect(self._on_standby_found)

    def start(self, token: str, session: str) -> None:
        """Follow the server.

        Args:
            token: lets us follow it.
            session: which this window is in.
        """
        self.stop()
        place = parse_address(self._service.address)
        listen = "127.0.0.1" if is_here(place.server) else "0.0.0.0"
        self.folder = standby_folder() / secrets.token_hex(8)
        self.hosted = Hosted(0, listen)
        server = self._server = CompanionServer(self)
        server.ready.connect(self._on_ready)
        server.failed.connect(self._on_failed)
        server.erred.connect(self._on_erred)
        self.runs, self._trouble = True, ""
        link = place._replace(session=session, token=token, also=None).link
        server.start_apart(listen, self.folder, link)

    def take_over(self) -> None:
        """Serve from now on; `took_over` or `failed` follows."""
        folder, server, place = self.folder, self._server, self._place
        if server is None or not self.has_everything:
            return

        def done(address: Address) -> None:
            if self._server is server:
                self._server, self.runs, self.has_everything = None, False, False
                server.failed.disconnect(self._on_failed)
                server.erred.disconnect(self._on_erred)
                self.took_over.emit(server, address)

        self._background.run(
            partial(promote, folder, place), done, lambda error: self.failed.emit(str(error))
        )

    def stop(self) -> None:
        """End it, and delete the copy."""
        server, self._server = self._server, None
        self.runs = self.has_everything = False
        if server is not None:
            process = server.stop()
            server.deleteLater()
            self._background.run(partial(delete_folder, self.folder, process), lambda _: None, lambda _: None)

    @pyqtSlot(int, bool)
    def _on_ready(self, port: int, tls: bool) -> None:
        self.hosted = Hosted(port, self.hosted.listen)
        self._report_trouble()
        self._on_standby_found()

    @pyqtSlot()
    def _on_standby_found(self) -> None:
        """The server has told its participants where a standby is: is it this one?"""
        session = self._service.session
        if session is None or not self.hosted.port:
            return
        if not session.safekeeping.has_standby:
            self.has_everything = False
            return
        place = parse_address(session.safekeeping.standby)
        there = urlsplit(place.server)
        own = is_here(place.server) or there.hostname in {one.address for one in lan_addresses()}
        if self._server is not None and not self.has_everything and own and there.port == self.hosted.port:
            self._place, self.has_everything = place, True
            self.completed.emit()

    @pyqtSlot(str)
    def _on_erred(self, sentence: str) -> None:
        if sentence != self._trouble:
            self._trouble = sentence
            self._report_trouble()

    def _report_trouble(self) -> None:
        """Say what is wrong with a standby that runs; one that doesn't start has `failed`."""
        if self._trouble and self.hosted.port:
            self.failed.emit(texts.troubled(self._trouble))

    @pyqtSlot(str)
    def _on_failed(self, sentence: str) -> None:
        self.stop()
        self.failed.emit(texts.failed(sentence))


def promote(folder: Path, place: Address) -> Address:
    """Let the standby of a data folder serve, and make its user an owner; this waits for it.

    Args:
        folder: the standby's.
        place: its address.

    Returns:
        The address, with a token if it asks for one.

    Raises:
        DiskError: that failed; with a sentence.
    """
    data = "--data", str(folder)
    try:
        if place.server.startswith("wss:"):
            link = run_command("invite", *OWNER, "--address", place.remembered, *data)
            place = place._replace(token=parse_address(link.strip()).token)
        run_command("promote", *data)
        return place
    except DiskError as error:
        raise DiskError(texts.not_promoted(str(error))) from error
