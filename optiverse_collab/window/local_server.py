"""The companion server as a child process of the editor, or one that runs on this computer already."""

from __future__ import annotations

import importlib.util
import sys

from PyQt6.QtCore import QByteArray, QCoreApplication, QObject, QProcess, QUrl, pyqtSignal, pyqtSlot
from PyQt6.QtNetwork import (
    QNetworkAccessManager,
    QNetworkReply,
    QNetworkRequest,
)

from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.wording import dialogs

START_S = 15
"""How long a server may take to start; a cold disk needs seconds."""

_OURS = b"This is an Optiverse Collaboration Server"
_READY = "Press Ctrl+C to stop"


class CompanionServer(QObject):
    """Starts a server, or finds the one that is there.

    What runs on the port is asked first: a server of ours is used as it is, whoever started it; so
    one that outlived a crashed editor is found again. A child ends with the application.

    Signals:
        progress: a sentence that says what is being done.
        ready: the server listens on this port of this computer.
        failed: a sentence that says why there is no server, and what to do.
        logged: a line of the child's log.
    """

    progress = pyqtSignal(str)
    ready = pyqtSignal(int)
    failed = pyqtSignal(str)
    logged = pyqtSignal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._network = QNetworkAccessManager(self)
        self._reply: QNetworkReply | None = None
        self._process: QProcess | None = None
        self._port = 0
        self._listen = ""
        self._rest = ""
        self._last_line = ""
        self._patience = single_shot(self, self._on_too_late, START_S * 1000)

    @property
    def running(self) -> bool:
        """Whether a child of ours runs."""
        return self._process is not None and self._process.state() != QProcess.ProcessState.NotRunning

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
        """End the child, if there is one; everything that it acknowledged is on disk."""
        process, self._process = self._process, None
        if process is None:
            return
        process.finished.disconnect(self._on_finished)
        process.finished.connect(process.deleteLater)
        process.setParent(QCoreApplication.instance())  # the window may be gone before it has ended
        if sys.platform == "win32":  # a console program has no window that could be told to close
            process.kill()
        else:
            process.terminate()

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
        self._rest = self._last_line = ""
        process = self._process = QProcess(self)
        process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        process.readyReadStandardOutput.connect(self._on_output)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        self._patience.start()
        module = ["-m", "optiverse_collab_server"]
        process.start(sys.executable, [*module, "--host", self._listen, "--port", str(self._port)])

    @pyqtSlot()
    def _on_output(self) -> None:
        if self._process is None:
            return
        output: QByteArray = self._process.readAllStandardOutput()
        *lines, self._rest = (self._rest + output.data().decode("utf-8", "replace")).split("\n")
        for line in filter(None, map(str.strip, lines)):
            self._last_line = line.rpartition(" | ")[2]
            self.logged.emit(line)
            if line.endswith(_READY) and self._patience.isActive():
                self._patience.stop()
                self.progress.emit(dialogs.SERVER_RUNS)
                self.ready.emit(self._port)

    @pyqtSlot()
    def _on_finished(self) -> None:
        self._fail(dialogs.SERVER_FAILED.format(reason=self._last_line or "it left no message."))

    @pyqtSlot(QProcess.ProcessError)
    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            self._fail(dialogs.SERVER_FAILED.format(reason=f"{self._process.errorString()}."))

    @pyqtSlot()
    def _on_too_late(self) -> None:
        self.stop()
        self.failed.emit(dialogs.SERVER_SILENT.format(seconds=START_S))

    def _fail(self, sentence: str) -> None:
        self._patience.stop()
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        self.failed.emit(sentence)
