"""Checks a connection with ``optiverse-collab doctor``: a process, so that no window waits for it."""

from __future__ import annotations

import sys

from PyQt6.QtCore import QObject, QProcess, QProcessEnvironment, pyqtSignal, pyqtSlot

from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab.wording import diagnosis

TOKEN_VARIABLE = "OPTIVERSE_COLLAB_TOKEN"
"""Environment variable for the token of an invite; everybody on the machine can see a command line."""


class Checking(QObject):
    """One check of a connection; it deletes itself at the end.

    Signals:
        line_found: a line with a step's tick or cross.
        ended: there are no more.
    """

    line_found = pyqtSignal(str)
    ended = pyqtSignal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rest = b""
        self._process = QProcess(self)
        self._process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        self._process.readyReadStandardOutput.connect(self._on_output)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)

    def start(self, link: str, session: str, user: str) -> None:
        """Check the connection to a session, once.

        Args:
            link: of the server, with the pin of its key and a token, if there are.
            session: its name.
            user: the name for a brief join.
        """
        address = parse_address(link)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("PYTHONUTF8", "1")
        environment.insert("PYTHONIOENCODING", "utf-8")
        if address.token is not None:
            environment.insert(TOKEN_VARIABLE, address.token)
        self._process.setProcessEnvironment(environment)
        command = ["-m", "optiverse_collab", "doctor", f"--session={session}", f"--user={user}"]
        self._process.start(sys.executable, [*command, address.remembered])

    @pyqtSlot()
    def stop(self) -> None:
        """Stop the check."""
        self._process.kill()

    @pyqtSlot()
    def _on_output(self) -> None:
        *lines, self._rest = (self._rest + self._process.readAllStandardOutput().data()).split(b"\n")
        for line in lines:
            self.line_found.emit(line.decode("utf-8", "replace").rstrip())

    @pyqtSlot()
    def _on_finished(self) -> None:
        self.ended.emit()
        self.deleteLater()

    @pyqtSlot(QProcess.ProcessError)
    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self.line_found.emit(diagnosis.NOT_STARTED.format(why=self._process.errorString()))
            self._on_finished()
