"""One attempt at a connection, from opening the WebSocket to its end."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QByteArray, QObject, QTimer, QUrl, pyqtSignal, pyqtSlot
from PyQt6.QtNetwork import QAbstractSocket, QNetworkProxy, QNetworkRequest, QSslError
from PyQt6.QtWebSockets import QWebSocket, QWebSocketHandshakeOptions, QWebSocketProtocol

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.messages import SUBPROTOCOL
from optiverse_collab.drivers.qt.failures import OPEN_S, Ending, Failure, judge
from optiverse_collab.drivers.qt.tls_probe import TlsProbe

GOODBYE_MS = 2000
"""So long a close may take; a peer that does not read would hold it up for ever."""


class Connection(QObject):
    """A `QWebSocket`, used once: every attempt has its own, and what comes late from an old one is not heard.

    Args:
        url: of the WebSocket, percent-encoded.

    Signals:
        received: a text message.
        over: a `Failure`; once, unless `leave` was called before.
    """

    received = pyqtSignal(str)
    over = pyqtSignal(object)

    def __init__(self, url: str, parent: QObject) -> None:
        super().__init__(parent)
        self._ending = Ending(url)
        self._left = self._told = False
        # A lab's server is not behind its proxy to the world.
        self._socket = QWebSocket("", QWebSocketProtocol.Version.VersionLatest, self)
        self._socket.setProxy(QNetworkProxy(QNetworkProxy.ProxyType.NoProxy))
        self._socket.setMaxAllowedIncomingMessageSize(2 * Limits().message_bytes)
        self._socket.connected.connect(self._on_connected)
        self._socket.disconnected.connect(self._on_disconnected)
        self._socket.errorOccurred.connect(self._on_error)
        self._socket.sslErrors.connect(self._on_ssl_errors)
        self._socket.aboutToClose.connect(self._on_about_to_close)
        self._socket.textMessageReceived.connect(self._on_text)
        self._socket.binaryMessageReceived.connect(self._on_binary)
        self._answer = self._timer(round(OPEN_S * 1000), self._on_too_late)
        self._goodbye = self._timer(GOODBYE_MS, self._on_goodbye_too_late)
        # `disconnected` and `errorOccurred` come in either order, one right behind the other.
        self._decision = self._timer(0, self._on_decide)

    @property
    def speaks_ours(self) -> bool:
        """Whether the server chose our subprotocol."""
        return self._socket.subprotocol() == SUBPROTOCOL

    def open(self) -> None:
        """Begin; `over` comes if the server has not let us in within `OPEN_S`."""
        options = QWebSocketHandshakeOptions()
        options.setSubprotocols([SUBPROTOCOL])
        self._answer.start()
        self._socket.open(QNetworkRequest(QUrl(self._ending.url)), options)

    def let_in(self) -> None:
        """The server acknowledged us: from here on the heartbeat watches over it."""
        self._answer.stop()

    def send(self, text: str) -> None:
        """Send a message."""
        self._socket.sendTextMessage(text)

    def leave(self) -> None:
        """Say goodbye and come to an end; nothing is heard of this any more."""
        self._left = True
        self._answer.stop()
        if not self._ending.opened:  # nobody to say goodbye to, and Qt would wait for a connection to end it
            self._socket.abort()
        if self._socket.state() == QAbstractSocket.SocketState.UnconnectedState:
            self.deleteLater()
            return
        self._socket.close()

    def give_up(self, failure: Failure) -> None:
        """Cut the connection, for a reason of our own."""
        self._tell(failure)
        self._socket.abort()

    def refuse(self) -> None:
        """What answers does not speak our protocol."""
        self._ending.foreign = True
        self.give_up(judge(self._ending))

    @pyqtSlot()
    def _on_connected(self) -> None:
        self._ending.opened = True

    @pyqtSlot(str)
    def _on_text(self, text: str) -> None:
        if not self._left and not self._told:
            self.received.emit(text)

    @pyqtSlot(QByteArray)
    def _on_binary(self, data: QByteArray) -> None:
        self._on_text(data.data().decode("utf-8", "replace"))

    @pyqtSlot(QAbstractSocket.SocketError)
    def _on_error(self, error: QAbstractSocket.SocketError) -> None:
        self._ending.error, self._ending.error_text = error, self._socket.errorString()
        # Qt calls it a refused connection, too, when a handshake does not end well.
        self._ending.answered = self._socket.state() == QAbstractSocket.SocketState.ConnectingState
        self._decision.start()

    @pyqtSlot("QList<QSslError>")
    def _on_ssl_errors(self, errors: list[QSslError]) -> None:
        if errors:
            self._ending.certificate = errors[0].errorString()

    @pyqtSlot()
    def _on_about_to_close(self) -> None:
        """One side said goodbye; Qt waits without an end for a peer that keeps the line open."""
        self._goodbye.start()

    @pyqtSlot()
    def _on_disconnected(self) -> None:
        self._decision.start()

    @pyqtSlot()
    def _on_too_late(self) -> None:
        self._ending.late = True
        self.give_up(judge(self._ending))

    @pyqtSlot()
    def _on_goodbye_too_late(self) -> None:
        self._socket.abort()
        self._decision.start()

    @pyqtSlot()
    def _on_decide(self) -> None:
        """Judge the attempt by what was seen of it."""
        self._answer.stop()
        self._goodbye.stop()
        if self._left or self._told:
            self.deleteLater()
            return
        if self._ending.broke_off_in_silence:
            probe = TlsProbe(self._ending.url, self)
            probe.answered.connect(self._on_probed)
            probe.start()
            return
        self._ending.close_code = _number(self._socket.closeCode())
        self._tell(judge(self._ending))

    @pyqtSlot(bool)
    def _on_probed(self, speaks_tls: bool) -> None:
        self._ending.wants_tls = speaks_tls
        self._tell(judge(self._ending))

    def _tell(self, failure: Failure) -> None:
        if not self._told and not self._left:
            self._told = True
            self.over.emit(failure)
            self.deleteLater()

    def _timer(self, milliseconds: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer


def _number(code: object) -> int:
    """A close code as a number; PyQt gives an enum that may lack the member."""
    return int(getattr(code, "value", code))  # type: ignore[call-overload, no-any-return]
