"""The companion server as a process of its own, which may outlive the editor, or one that runs already."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, QUrl, pyqtSignal, pyqtSlot
from PyQt6.QtNetwork import (
    QNetworkAccessManager,
    QNetworkReply,
    QNetworkRequest,
)

from optiverse_collab.disk.output_file import OutputFile
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.window.folders import log_folder
from optiverse_collab.wording import dialogs

START_S = 15
"""How long a server may take to start; a cold disk needs seconds."""

LOOK_MS = 100
"""How often we look what the process wrote, and whether it still runs."""

_OURS = b"This is an Optiverse Collaboration Server"
_READY = "Press Ctrl+C to stop"

_let_go: list[subprocess.Popen[bytes]] = []
"""Processes that were told to end, or left running; Python complains of those that it forgets."""


def log_of(port: int) -> Path:
    """The log of a server that an editor started."""
    return log_folder() / f"server-{port}.log"


class CompanionServer(QObject):
    """Starts a server, or finds the one that is there.

    What runs on the port is asked first: a server of ours is used as it is, whoever started it; so
    one that outlived an editor is found again. It writes to a file, since a pipe would end with the editor.

    Signals:
        progress: a sentence that says what is being done.
        ready: the server listens on this port of this computer.
        failed: a sentence that says why there is no server, and what to do.
        logged: a line of its log.
    """

    progress = pyqtSignal(str)
    ready = pyqtSignal(int)
    failed = pyqtSignal(str)
    logged = pyqtSignal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._network = QNetworkAccessManager(self)
        self._reply: QNetworkReply | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._output: OutputFile | None = None
        self._port = 0
        self._listen = ""
        self._last_line = ""
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._on_look)
        self._patience = single_shot(self, self._on_too_late, START_S * 1000)

    @property
    def pid(self) -> int | None:
        """The process that we started; None if there is none."""
        return self._process.pid if self._process is not None else None

    def start(self, port: int, listen: str) -> None:
        """Make sure that a server listens on `port`; `listen` is the address that a new one opens."""
        self.cancel()
        self._port, self._listen = port, listen
        self.progress.emit(dialogs.PROBING.format(port=port))
        request = QNetworkRequest(QUrl(f"http://127.0.0.1:{port}/"))
        request.setTransferTimeout(2000)
        reply = self._reply = self._network.get(request)
        assert reply is not None
        reply.finished.connect(self._on_probed)

    def cancel(self) -> None:
        """Give up a start that is under way; a server that runs goes on."""
        if self._reply is not None:
            self._reply.finished.disconnect(self._on_probed)
            self._reply.abort()
            self._reply.deleteLater()
            self._reply = None
        if self._patience.isActive():
            self._patience.stop()
            self.stop()

    def stop(self) -> None:
        """End our process, if there is one; everything that it acknowledged is on disk."""
        process = self._release()
        if process is not None:
            process.terminate()  # on Windows, at once: a console program can't be told to close

    def leave_running(self) -> None:
        """Let our process go on without us; its output stays in its file."""
        self._release()

    def _release(self) -> subprocess.Popen[bytes] | None:
        self._look.stop()
        process, self._process = self._process, None
        _let_go[:] = [one for one in _let_go if one.poll() is None]
        if process is not None:
            _let_go.append(process)
        return process

    @pyqtSlot()
    def _on_probed(self) -> None:
        reply, self._reply = self._reply, None
        if reply is None:
            return
        reply.deleteLater()
        refused = reply.error() == QNetworkReply.NetworkError.ConnectionRefusedError
        answer = reply.readAll().data() if reply.isOpen() else b""
        if answer.startswith(_OURS):
            self.progress.emit(dialogs.REUSING_SERVER.format(port=self._port))
            self.ready.emit(self._port)
        elif not refused:
            self.failed.emit(dialogs.PORT_TAKEN.format(port=self._port))
        elif importlib.util.find_spec("optiverse_collab_server") is None:
            self.failed.emit(dialogs.SERVER_MISSING)
        else:
            self._launch()

    def _launch(self) -> None:
        self.progress.emit(dialogs.STARTING_SERVER)
        self._last_line = ""
        module = [sys.executable, "-m", "optiverse_collab_server"]
        arguments = [*module, "--host", self._listen, "--port", str(self._port)]
        output = self._output = OutputFile(log_of(self._port))
        try:
            with output.opened() as file:
                self._process = subprocess.Popen(
                    arguments,
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # neither Ctrl+C nor the end of the terminal is meant for it
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
        except OSError as error:
            self.failed.emit(dialogs.SERVER_FAILED.format(reason=f"{error.strerror or error}."))
            return
        self._patience.start()
        self._look.start()

    @pyqtSlot()
    def _on_look(self) -> None:
        """Take in what the process wrote, and notice its end."""
        process, output = self._process, self._output
        if process is None or output is None:
            return
        has_ended = process.poll() is not None  # before its last words are read
        for line in output.new_lines():
            self._last_line = line.rpartition(" | ")[2]
            self.logged.emit(line)
            if line.endswith(_READY) and self._patience.isActive():
                self._patience.stop()
                self.progress.emit(dialogs.SERVER_RUNS)
                self.ready.emit(self._port)
        if has_ended and self._process is process:
            self._patience.stop()
            self._release()
            self.failed.emit(dialogs.SERVER_FAILED.format(reason=self._last_line or "it left no message."))

    @pyqtSlot()
    def _on_too_late(self) -> None:
        self.stop()
        self.failed.emit(dialogs.SERVER_SILENT.format(seconds=START_S))
