"""Servers in the test's own event loop that do to a client what a real one does only on a bad day."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSlot
from PyQt6.QtNetwork import (
    QHostAddress,
    QSsl,
    QSslCertificate,
    QSslConfiguration,
    QSslKey,
    QSslServer,
    QTcpServer,
    QTcpSocket,
)
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from optiverse_collab.core.protocol.messages import SUBPROTOCOL
from tests.helpers.tls import LOCALHOST_PEM


def certificate() -> QSslCertificate:
    """A certificate for servers on this machine that nobody trusts."""
    return QSslCertificate(LOCALHOST_PEM.read_bytes())


def answer_as_http(server: QTcpServer) -> None:
    """Answer the pending connection like a web server that knows nothing of us."""
    connection = server.nextPendingConnection()
    assert connection is not None
    connection.write(b"HTTP/1.1 200 OK\r\n\r\nHello")


class TcpServer(QObject):
    """Listens on a free port of this machine; the caller decides what happens to a connection.

    Args:
        accept: what to do with each connection.
        tls: whether it uses TLS, with `certificate`.

    Attributes:
        sockets: the connections it ever accepted, oldest first.
        url: the address for a WebSocket; `plain_url` and `tls_url` fix the scheme.
    """

    def __init__(
        self, parent: QObject, accept: Callable[[QTcpSocket], object] | None = None, tls: bool = False
    ) -> None:
        super().__init__(parent)
        self.sockets: list[QTcpSocket] = []
        self._accept = accept
        self._server = _tls_server(self) if tls else QTcpServer(self)
        self._server.pendingConnectionAvailable.connect(self._on_connection)
        assert self._server.listen(QHostAddress(QHostAddress.SpecialAddress.LocalHost))
        self.place = f"127.0.0.1:{self._server.serverPort()}"
        self.plain_url, self.tls_url = (
            f"ws://{self.place}/ws/default/ann",
            f"wss://{self.place}/ws/default/ann",
        )
        self.url = self.tls_url if tls else self.plain_url

    @pyqtSlot()
    def _on_connection(self) -> None:
        while (connection := self._server.nextPendingConnection()) is not None:
            self.sockets.append(connection)
            if self._accept is not None:
                self._accept(connection)


class Peer(QObject):
    """The server's end of a WebSocket, which only obeys; the protocol is that of `websockets`.

    Attributes:
        frames: the frames that the client sent: pieces of messages, and close frames.
        path: the path that the client requested.
        authorization: the header with the client's token.
    """

    def __init__(
        self, connection: QTcpSocket, subprotocol: str | None, greeting: str | None, parent: QObject
    ) -> None:
        super().__init__(parent)
        chosen = Subprotocol(subprotocol) if subprotocol else None
        self.frames: list[Frame] = []
        self.path = self.authorization = ""
        self._greeting = greeting
        self._protocol = ServerProtocol(select_subprotocol=lambda *_: chosen, max_size=None)
        self._socket = connection
        self._socket.readyRead.connect(self._on_data)
        self._on_data()

    def send(self, *messages: str | bytes) -> None:
        """Send messages: text, or binary."""
        for message in messages:
            if isinstance(message, str):
                self._protocol.send_text(message.encode())
            else:
                self._protocol.send_binary(message)
        self._flush()

    def close(self, code: int | None) -> None:
        """Close the WebSocket; None sends a close frame without a code."""
        self._protocol.send_close(code)
        self._flush()

    def hang_up(self) -> None:
        """Close the TCP connection; data that was sent still arrives."""
        self._socket.disconnectFromHost()

    def reset(self) -> None:
        """Break the TCP connection, as a crash does."""
        reset(self._socket)

    def stop_reading(self) -> None:
        """Read nothing from the network any more: TCP's buffers fill up and stay full."""
        self._socket.readyRead.disconnect(self._on_data)
        self._socket.setReadBufferSize(1)

    @property
    def text(self) -> str:
        """What the client sent in text messages, joined."""
        data = [frame.data for frame in self.frames if frame.opcode in (Opcode.TEXT, Opcode.CONT)]
        return b"".join(bytes(part) for part in data).decode()

    @property
    def said_goodbye(self) -> bool:
        """Whether the client sent a close frame."""
        return any(frame.opcode is Opcode.CLOSE for frame in self.frames)

    @pyqtSlot()
    def _on_data(self) -> None:
        self._protocol.receive_data(self._socket.readAll().data())
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self.path = event.path
                self.authorization = event.headers.get("Authorization", "")
                self._protocol.send_response(self._protocol.accept(event))
                if self._greeting is not None:
                    self._protocol.send_text(self._greeting.encode())
            elif isinstance(event, Frame):
                self.frames.append(event)
        self._flush()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._socket.write(data)
            else:
                self._socket.disconnectFromHost()


class WebSocketServer(TcpServer):
    """A server that completes the WebSocket handshake; then its peers obey the test.

    Args:
        subprotocol: the one that it chooses, whatever the client offers; None for none.
        tls: whether it uses TLS, with `certificate`.
        greeting: a message sent right after the handshake, in the same piece of data.

    Attributes:
        peers: one for each connection, oldest first.
    """

    def __init__(
        self,
        parent: QObject,
        subprotocol: str | None = SUBPROTOCOL,
        tls: bool = False,
        greeting: str | None = None,
    ) -> None:
        super().__init__(parent, self._welcome, tls)
        self.peers: list[Peer] = []
        self._subprotocol = subprotocol
        self._greeting = greeting

    def _welcome(self, connection: QTcpSocket) -> None:
        self.peers.append(Peer(connection, self._subprotocol, self._greeting, self))


def reset(connection: QTcpSocket) -> None:
    """Break a TCP connection with an RST: data on its way is lost, and there is no close frame."""
    with socket.fromfd(int(connection.socketDescriptor()), socket.AF_INET, socket.SOCK_STREAM) as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.abort()


def _tls_server(parent: QObject) -> QSslServer:
    configuration = QSslConfiguration.defaultConfiguration()
    configuration.setLocalCertificate(certificate())
    configuration.setPrivateKey(QSslKey(LOCALHOST_PEM.read_bytes(), QSsl.KeyAlgorithm.Ec))
    server = QSslServer(parent)
    server.setSslConfiguration(configuration)
    return server
