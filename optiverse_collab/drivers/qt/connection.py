"""One WebSocket, from the attempt to open it to its end."""

from __future__ import annotations

from PyQt6.QtCore import QByteArray, QObject, QUrl, pyqtSignal, pyqtSlot
from PyQt6.QtNetwork import QAbstractSocket, QNetworkProxy, QNetworkRequest, QSslError, QSslSocket
from PyQt6.QtWebSockets import QWebSocket, QWebSocketHandshakeOptions, QWebSocketProtocol

from optiverse_collab.core.client.connector import GOODBYE_S
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.limits import RECEIVED_BYTES
from optiverse_collab.core.protocol.messages import CAN_WAIT, SUBPROTOCOL
from optiverse_collab.core.protocol.pins import pin_of
from optiverse_collab.drivers.qt.failures import Ending, judge
from optiverse_collab.drivers.qt.timers import single_shot


class Connection(QObject):
    """A `QWebSocket` for one attempt; late events of an old one are ignored.

    Args:
        url: the WebSocket's, percent-encoded.
        token: our token, if the server asks for one (LINK-2).
        pin: the server's key; None if the system's authorities decide (LINK-3).

    Signals:
        stirred: a part of a message arrived: a frame.
        received: a text message.
        over: a `Failure`; once, unless `close` or `drop` was called before.
    """

    stirred = pyqtSignal()
    received = pyqtSignal(str)
    over = pyqtSignal(object)

    def __init__(self, url: str, parent: QObject, token: str | None = None, pin: str | None = None) -> None:
        super().__init__(parent)
        self._token = token
        self._pin = pin
        self._ending = Ending(url)
        self._left = self._told = self._is_ours = False
        # A lab's server is not behind the lab's internet proxy.
        self._socket = QWebSocket("", QWebSocketProtocol.Version.VersionLatest, self)
        self._socket.setProxy(QNetworkProxy(QNetworkProxy.ProxyType.NoProxy))
        self._socket.setMaxAllowedIncomingMessageSize(RECEIVED_BYTES)
        self._socket.connected.connect(self._on_connected)
        self._socket.disconnected.connect(self._on_disconnected)
        self._socket.errorOccurred.connect(self._on_error)
        self._socket.sslErrors.connect(self._on_ssl_errors)
        self._socket.aboutToClose.connect(self._on_about_to_close)
        self._socket.textFrameReceived.connect(self._on_frame)
        self._socket.textMessageReceived.connect(self._on_text)
        self._socket.binaryMessageReceived.connect(self._on_binary)
        self._goodbye = single_shot(self, self._on_goodbye_too_late, round(GOODBYE_S * 1000))
        # `disconnected` and `errorOccurred` come in either order, one right after the other.
        self._decision = single_shot(self, self._on_decide)

    @property
    def speaks_ours(self) -> bool:
        """Whether the server chose our subprotocol."""
        return self._socket.subprotocol() == SUBPROTOCOL

    def open(self) -> None:
        """Start; the caller sets the time limit."""
        options = QWebSocketHandshakeOptions()
        options.setSubprotocols([SUBPROTOCOL])
        if self._pin is not None:
            # No authority is trusted, so each certificate is reported to `_on_ssl_errors`.
            configuration = self._socket.sslConfiguration()
            configuration.setCaCertificates([])
            configuration.setPeerVerifyMode(QSslSocket.PeerVerifyMode.VerifyPeer)
            self._socket.setSslConfiguration(configuration)
        request = QNetworkRequest(QUrl(self._ending.url))
        if self._token is not None:
            request.setRawHeader(b"Authorization", f"Bearer {self._token}".encode())
            request.setRawHeader(b"Prefer", CAN_WAIT.encode())
        self._socket.open(request, options)

    @property
    def backlog(self) -> int:
        """How many bytes were sent and have not left yet."""
        return self._socket.bytesToWrite()

    def send(self, text: str) -> None:
        """Send a message."""
        self._socket.sendTextMessage(text)

    def close(self) -> None:
        """Close properly, so that sent messages still arrive; report nothing more."""
        # Before it is open there is nothing to close, and Qt would wait for a connection first.
        if self._ending.opened and self._socket.state() != QAbstractSocket.SocketState.UnconnectedState:
            self._left = True
            self._socket.close()
        else:
            self.drop()

    def drop(self) -> None:
        """Cut the connection; report nothing more."""
        self._left = True
        self._socket.abort()
        self.deleteLater()

    @pyqtSlot()
    def _on_connected(self) -> None:
        self._ending.opened = True

    @pyqtSlot()
    def _on_frame(self) -> None:
        if not self._left:
            self.stirred.emit()

    @pyqtSlot(str)
    def _on_text(self, text: str) -> None:
        if self._left or self._told:
            return
        self._is_ours = self._is_ours or self.speaks_ours
        if self._is_ours:
            self.received.emit(text)
        else:
            self._report(Failure(FailureKind.WRONG_SERVER))

    @pyqtSlot(QByteArray)
    def _on_binary(self, data: QByteArray) -> None:
        self._on_text(data.data().decode("utf-8", "replace"))

    @pyqtSlot(QAbstractSocket.SocketError)
    def _on_error(self, error: QAbstractSocket.SocketError) -> None:
        self._ending.error, self._ending.error_text = error, self._socket.errorString()
        # Qt also reports a failed handshake as a refused connection.
        self._ending.answered = self._socket.state() == QAbstractSocket.SocketState.ConnectingState
        self._decision.start()

    @pyqtSlot("QList<QSslError>")
    def _on_ssl_errors(self, errors: list[QSslError]) -> None:
        if self._pin is None:
            self._ending.certificate = errors[0].errorString() if errors else ""
        elif self._has_key(self._pin):
            self._socket.ignoreSslErrors()  # has an effect only here
        else:
            self._ending.wrong_key = True

    def _has_key(self, pin: str) -> bool:
        try:
            return pin_of(self._socket.sslConfiguration().peerCertificate().toDer().data()) == pin
        except ValueError:
            return False

    @pyqtSlot()
    def _on_about_to_close(self) -> None:
        """One side closed; Qt has no time limit for a peer that keeps the line open."""
        self._goodbye.start()

    @pyqtSlot()
    def _on_disconnected(self) -> None:
        self._decision.start()

    @pyqtSlot()
    def _on_goodbye_too_late(self) -> None:
        self._socket.abort()
        self._decision.start()

    @pyqtSlot()
    def _on_decide(self) -> None:
        """Determine the failure from the events so far."""
        self._goodbye.stop()
        self._ending.close_code = _number(self._socket.closeCode())
        self._ending.close_reason = self._socket.closeReason()
        self._report(judge(self._ending))

    def _report(self, failure: Failure) -> None:
        if not self._told and not self._left:
            self._told = True
            self.over.emit(failure)
        self.deleteLater()


def _number(code: object) -> int:
    """A close code as a number; PyQt's enum may lack the member."""
    return int(getattr(code, "value", code))  # type: ignore[call-overload, no-any-return]
