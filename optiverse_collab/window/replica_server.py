"""A server on this computer that continues a session from the window's replica (HOST-1)."""

from __future__ import annotations

import secrets
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.protocol.address import Address
from optiverse_collab.core.protocol.codec import encoded
from optiverse_collab.core.protocol.continuation import FORMAT, Continuation
from optiverse_collab.disk.durable import write_private
from optiverse_collab.disk.file_format import Hosted
from optiverse_collab.errors import DiskError
from optiverse_collab.window.background import Background
from optiverse_collab.window.folders import standby_folder
from optiverse_collab.window.local_server import CompanionServer, delete_folder
from optiverse_collab.window.own_server import owners_address
from optiverse_collab.window.server_command import run_command
from optiverse_collab.wording import host_now as texts

FILE_NAME = "replica.json"


class ReplicaServer(QObject):
    """Makes the server's folder from the replica, and starts it.

    Args:
        background: waits for the disk and for processes.

    Attributes:
        starting: whether there is going to be one.
        hosted: where it listens, once it runs.
        folder: its data, or an unused path.

    Signals:
        ready: the `CompanionServer` that runs, and the `Address` at which its owner joins.
        failed: a sentence that says why there is none.
    """

    ready = pyqtSignal(object, object)
    failed = pyqtSignal(str)

    def __init__(self, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self.starting = False
        self.hosted, self.folder = Hosted(0, ""), _new_folder()
        self._background = background
        self._server: CompanionServer | None = None

    def start(self, replica: Replica, session: str, since_ms: int, listen: str) -> None:
        """Start a server with the session.

        Args:
            replica: of the session; it is only read.
            session: its name.
            since_ms: when the former server was last heard, in ms since 1970 UTC.
            listen: the address to open.
        """
        if self.starting:
            return
        self.starting = True
        folder, found = _new_folder(), continuation_of(replica, session, since_ms)
        self.hosted, self.folder = Hosted(0, listen), folder

        def made(_: None) -> None:
            server = self._server = CompanionServer(self)
            server.ready.connect(self._on_ready)
            server.failed.connect(self._on_failed)
            server.start_apart(listen, folder)

        self._background.run(partial(make_folder, folder, found), made, lambda e: self._on_failed(str(e)))

    def drop(self, server: CompanionServer | None) -> None:
        """End a server that nobody has joined, if there is one, and delete the folder."""
        process = None
        if server is not None:
            process = server.stop()
            server.deleteLater()
        self._background.run(partial(delete_folder, self.folder, process), lambda _: None, lambda _: None)

    def close(self) -> None:
        """The window closes."""
        if self._server is not None:
            self._server.stop()

    @pyqtSlot(int, bool)
    def _on_ready(self, port: int, tls: bool) -> None:
        server = self._server
        if server is None:
            return
        self.hosted = Hosted(port, self.hosted.listen)
        if tls:
            find = partial(owners_address, server.log, port)
            self._background.run(find, self._hand_over, lambda error: self._on_failed(str(error)))
        else:
            self._hand_over(Address(f"ws://127.0.0.1:{port}", None))

    def _hand_over(self, address: Address) -> None:
        server, self._server, self.starting = self._server, None, False
        if server is not None:
            server.failed.disconnect(self._on_failed)
            self.ready.emit(server, address)

    @pyqtSlot(str)
    def _on_failed(self, sentence: str) -> None:
        server, self._server, self.starting = self._server, None, False
        self.drop(server)
        self.failed.emit(texts.not_started(sentence))


def continuation_of(replica: Replica, session: str, since_ms: int) -> Continuation:
    """What a server needs to go on from a replica, whose pending changes are sent as usual afterwards.

    Args:
        replica: it holds something.
        session: the session's name.
        since_ms: when the former server was last heard.
    """
    saved = replica.save()
    position = saved.epoch or "", saved.clock, saved.head, saved.term
    return Continuation(FORMAT, 1, session, *position, since_ms, saved.records)


def make_folder(folder: Path, found: Continuation) -> None:
    """Make a data folder with the session; this waits for the disk and a process.

    Raises:
        DiskError: that failed; with a sentence.
    """
    file = folder / FILE_NAME
    try:
        folder.mkdir(mode=0o700, parents=True)
        write_private(file, encoded(found))
    except OSError as error:
        raise DiskError(str(error.strerror or error)) from error
    run_command("import", str(file), "--data", str(folder))
    file.unlink(missing_ok=True)


def _new_folder() -> Path:
    return standby_folder() / secrets.token_hex(8)
