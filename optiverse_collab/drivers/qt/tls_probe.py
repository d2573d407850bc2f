"""Asks a server that broke off silently whether it wants TLS, which Qt doesn't report."""

from __future__ import annotations

from urllib.parse import urlsplit

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot
from PyQt6.QtNetwork import QNetworkProxy, QSslSocket


class TlsProbe(QObject):
    """Starts a TLS handshake, and sends nothing else.

    Signals:
        answered: whether the server speaks TLS; once, unless `drop` was called before.
    """

    answered = pyqtSignal(bool)

    def __init__(self, url: str, parent: QObject) -> None:
        super().__init__(parent)
        self._url = url
        self._socket = QSslSocket(self)
        self._socket.setProxy(QNetworkProxy(QNetworkProxy.ProxyType.NoProxy))
        self._socket.setPeerVerifyMode(QSslSocket.PeerVerifyMode.VerifyNone)
        self._socket.encrypted.connect(self._on_encrypted)
        self._socket.errorOccurred.connect(self._on_no)
        self._done = False

    def start(self) -> None:
        """Ask; the caller sets the time limit."""
        parts = urlsplit(self._url)
        self._socket.connectToHostEncrypted(parts.hostname or "", parts.port or 80)

    def drop(self) -> None:
        """Stop waiting."""
        self._done = True
        self._socket.abort()
        self.deleteLater()

    @pyqtSlot()
    def _on_encrypted(self) -> None:
        self._answer(True)

    @pyqtSlot()
    def _on_no(self) -> None:
        self._answer(False)

    def _answer(self, speaks_tls: bool) -> None:
        if not self._done:
            self._done = True
            self._socket.abort()
            self.answered.emit(speaks_tls)
            self.deleteLater()
