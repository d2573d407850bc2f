"""Ctrl+C in the terminal, as a Qt signal."""

from __future__ import annotations

import signal
import socket

from PyQt6.QtCore import QObject, QSocketNotifier, pyqtSignal, pyqtSlot
from PyQt6.sip import voidptr


class CtrlC(QObject):
    """Handles SIGINT in place of Python, which would raise a KeyboardInterrupt in the next slot.

    Python runs no handler while Qt waits for events. But it writes the number of the signal to a socket at
    once, and that Qt hears. Where SIGINT is ignored, as in a job in the background, it stays ignored.

    Signals:
        pressed(): on each Ctrl+C.
    """

    pressed = pyqtSignal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._notifier = QSocketNotifier(voidptr(self._reader.fileno()), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_signal)
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, lambda number, frame: None)  # its number in the socket is enough
            signal.set_wakeup_fd(self._writer.fileno())

    def close(self) -> None:
        """Stop; SIGINT does nothing from now on."""
        signal.set_wakeup_fd(-1)
        self._notifier.setEnabled(False)
        self._reader.close()
        self._writer.close()

    @pyqtSlot()
    def _on_signal(self) -> None:
        if signal.SIGINT in self._reader.recv(64):
            self.pressed.emit()
