"""The companion server as a separate process, which may outlive the editor, or a running one."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from PyQt6.QtCore import QByteArray, QObject, QTimer, QUrl, pyqtSignal, pyqtSlot
from PyQt6.QtNetwork import (
    QNetworkAccessManager,
    QNetworkReply,
    QNetworkRequest,
)

from optiverse_collab.core.protocol import server_name
from optiverse_collab.disk.output_file import OutputFile
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.window.folders import log_folder
from optiverse_collab.wording import dialogs

START_S = 15
"""How long a server may take to start; a cold disk needs seconds."""

LOOK_MS = 100
"""How often to check the process's output, and whether it still runs."""

END_S = 10
"""How long the process may take to end, before its folder is deleted."""

_HAS_TOKEN = re.compile(r"[#&]t=")  # a link with which others could come in

_let_go: list[subprocess.Popen[bytes]] = []
"""Processes that were asked to end, or left running; Python warns about those that it forgets."""


def log_of(port: int) -> Path:
    """The log of a server that an editor started; port 0 is that of one with a folder of its own."""
    return log_folder() / f"server-{port}.log"


class CompanionServer(QObject):
    """Starts a server, or finds a running one.

    What runs on the port is asked first: a server of ours, which a header tells (MSG-9), is used, whoever
    started it; so one that outlived an editor is found again. It writes to a file: a pipe would end with us.

    Attributes:
        log: of the process that we started.

    Signals:
        progress: a sentence about the work.
        ready: the port of this computer on which the server listens, and whether it speaks TLS.
        failed: a sentence that says why there is no server, and what to do.
        logged: a line of its log, unless it has a secret.
        erred: the sentence of such a line, if that is an error.
    """

    progress = pyqtSignal(str)
    ready = pyqtSignal(int, bool)
    failed = pyqtSignal(str)
    logged = pyqtSignal(str)
    erred = pyqtSignal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._network = QNetworkAccessManager(self)
        self._reply: QNetworkReply | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._output: OutputFile | None = None
        self.log = log_of(0)
        self._port = 0
        self._listen = ""
        self._options: Sequence[str] = ()
        self._environment: Mapping[str, str] = {}
        self._last_line = ""
        self._is_ready = False
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._on_look)
        self._patience = single_shot(self, self._on_too_late, START_S * 1000)

    @property
    def pid(self) -> int | None:
        """The process that we started; None if there is none."""
        return self._process.pid if self._process is not None else None

    def start(self, port: int, listen: str, data: Path | None = None) -> None:
        """Make sure that a server listens on a port.

        Args:
            port: the port.
            listen: the address that a new one opens.
            data: its folder, if it is not the usual one.
        """
        self.cancel()
        self._port, self._listen = port, listen
        self._options, self._environment = () if data is None else ("--data", str(data)), {}
        self.progress.emit(dialogs.PROBING.format(port=port))
        self._ask("http")

    def start_apart(self, listen: str, data: Path, follow: str = "") -> None:
        """Start a server on a free port, with a data folder of its own.

        Args:
            listen: the address that it opens.
            data: its folder.
            follow: a link to the server whose standby it is (STAND-1), with its token, which no other user of
                this computer sees. Connections are encrypted if that server's are.
        """
        self.cancel()
        self._port, self._listen = 0, listen
        self._options = ("--data", str(data), *(["--tls"] if follow.startswith("wss:") else []))
        self._environment = {"OPTIVERSE_COLLAB_FOLLOW": follow} if follow else {}
        self._launch()

    def cancel(self) -> None:
        """Cancel a start that is under way; leave a running server alone."""
        if self._reply is not None:
            self._reply.finished.disconnect(self._on_probed)
            self._reply.abort()
            self._reply.deleteLater()
            self._reply = None
        if self._patience.isActive():
            self._patience.stop()
            self.stop()

    def stop(self) -> subprocess.Popen[bytes] | None:
        """End our process, if there is one; it stores everything, and informs connected clients.

        Returns:
            The process, which may need a while.
        """
        process = self._release()
        if process is None:
            return None
        if self._is_ready and process.stdin is not None:
            with contextlib.suppress(OSError):  # it has ended already
                process.stdin.write(b"stop\n")
        else:
            process.terminate()  # nobody was let in yet
        _close_input(process)
        return process

    def leave_running(self) -> None:
        """Let our process continue without us; its output stays in its file."""
        process = self._release()
        if process is not None:
            _close_input(process)

    def _release(self) -> subprocess.Popen[bytes] | None:
        self._look.stop()
        process, self._process = self._process, None
        _let_go[:] = [one for one in _let_go if one.poll() is None]
        if process is not None:
            _let_go.append(process)
        return process

    def _ask(self, scheme: str) -> None:
        """Ask the program on the port to identify itself."""
        request = QNetworkRequest(QUrl(f"{scheme}://127.0.0.1:{self._port}/"))
        request.setTransferTimeout(2000)
        reply = self._reply = self._network.get(request)
        assert reply is not None
        reply.ignoreSslErrors()  # it gets no secrets, and clients that join it check its key
        reply.finished.connect(self._on_probed)

    @pyqtSlot()
    def _on_probed(self) -> None:
        reply, self._reply = self._reply, None
        if reply is None:
            return
        reply.deleteLater()
        refused = reply.error() == QNetworkReply.NetworkError.ConnectionRefusedError
        answer = reply.readAll().data() if reply.isOpen() else b""
        tls = reply.url().scheme() == "https"
        ours = server_name.parse(reply.rawHeader(QByteArray(b"Server")).data().decode("latin-1"))
        if ours is not None and not ours.speaks_ours:
            self.failed.emit(dialogs.OTHER_PROTOCOL.format(version=ours.version, port=self._port))
        elif ours is not None:
            self.progress.emit(dialogs.REUSING_SERVER.format(port=self._port))
            self.ready.emit(self._port, tls)
        elif not refused and not tls and not answer:
            self._ask("https")
        elif not refused:
            self.failed.emit(dialogs.PORT_TAKEN.format(port=self._port))
        elif importlib.util.find_spec("optiverse_collab_server") is None:
            self.failed.emit(dialogs.SERVER_MISSING)
        else:
            self._launch()

    def _launch(self) -> None:
        self.progress.emit(dialogs.STARTING_SERVER)
        self._last_line, self._is_ready = "", False
        module = [sys.executable, "-m", "optiverse_collab_server", "--ready-json"]
        arguments = [*module, "--host", self._listen, "--port", str(self._port), *self._options]
        self.log = log_of(self._port)
        output = self._output = OutputFile(self.log)
        try:
            with output.opened() as file:
                self._process = subprocess.Popen(
                    arguments,
                    stdin=subprocess.PIPE,
                    bufsize=0,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **self._environment, "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"},
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
        """Read the process's output, and notice its end."""
        process, output = self._process, self._output
        if process is None or output is None:
            return
        has_ended = process.poll() is not None  # before its last words are read
        for line in output.new_lines():
            ready = _readiness(line)
            if ready is not None:
                self._on_ready(ready)
                continue
            head, _, self._last_line = line.rpartition(" | ")
            if not _HAS_TOKEN.search(line):
                self.logged.emit(line)
                if head.rstrip().endswith("ERROR"):
                    self.erred.emit(self._last_line)
        if has_ended and self._process is process:
            self._patience.stop()
            self._release()
            _close_input(process)
            at_once = dialogs.SERVER_FAILED.format(reason=self._last_line or dialogs.NO_MESSAGE)
            self.failed.emit(dialogs.SERVER_ENDED if self._is_ready else at_once)

    def _on_ready(self, ready: dict[str, Any]) -> None:
        self._is_ready, self._port = True, ready["port"]
        if self._patience.isActive():
            self._patience.stop()
            self.progress.emit(dialogs.SERVER_RUNS)
            self.ready.emit(self._port, ready["tls"] is True)

    @pyqtSlot()
    def _on_too_late(self) -> None:
        self.stop()
        self.failed.emit(dialogs.SERVER_SILENT.format(seconds=START_S))


def _readiness(line: str) -> dict[str, Any] | None:
    """The server's ready message (``--ready-json``); None for any other line."""
    if not line.startswith('{"ready": '):
        return None
    with contextlib.suppress(ValueError):
        ready = json.loads(line)["ready"]
        if isinstance(ready, dict) and "tls" in ready:
            return ready
    return None


def _close_input(process: subprocess.Popen[bytes]) -> None:
    """Release a process: it ignores the end of its input."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()


class Ending(Protocol):
    """A process that was asked to end."""

    def wait(self, timeout: float) -> object:
        """Wait for its end."""


def delete_folder(folder: Path, process: Ending | None) -> None:
    """Delete the data of a server, once its process has ended; this waits for both."""
    if process is not None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(END_S)
    shutil.rmtree(folder, ignore_errors=True)
