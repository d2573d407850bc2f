"""Determines the failure of a connection from the events of a `QWebSocket`.

`QWebSocket` says less than it knows: `closeCode()` is 1000 for a refused port, an unknown host, an
HTTP answer, a TLS failure and a reset alike. So `Ending` collects the events, and `judge` decides
once. Measured with Qt 6.11.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from PyQt6.QtCore import QUrl
from PyQt6.QtNetwork import QAbstractSocket

from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.protocol.close_codes import CloseCode

_Error = QAbstractSocket.SocketError

_KINDS = {
    _Error.HostNotFoundError: FailureKind.UNKNOWN_HOST,
    _Error.ConnectionRefusedError: FailureKind.REFUSED,
    _Error.NetworkError: FailureKind.UNREACHABLE,
    _Error.SocketAddressNotAvailableError: FailureKind.UNREACHABLE,
    _Error.SslHandshakeFailedError: FailureKind.NO_TLS,
    _Error.RemoteHostClosedError: FailureKind.BROKEN_OFF,
}
"""The failure for an error if nothing else is known."""


@dataclass
class Ending:
    """The events of an attempt.

    Attributes:
        url: its target.
        opened: `connected` came.
        answered: the error came after a server had accepted, during a handshake.
        error: the last error of `errorOccurred`, and its text.
        certificate: what is wrong with the server's certificate.
        wrong_key: the server's key is not the one in the link.
        close_code: the close frame's; Qt says 1000 even if there was none.
        close_reason: the close frame's word.
    """

    url: str
    opened: bool = False
    answered: bool = False
    error: QAbstractSocket.SocketError | None = None
    error_text: str = ""
    certificate: str = ""
    wrong_key: bool = False
    close_code: int = CloseCode.NORMAL_CLOSURE
    close_reason: str = ""


def judge(ending: Ending) -> Failure:
    """Why there is no connection, or none any more."""
    if ending.opened:
        # Over TLS, an error may come together with the close frame: the end of TLS, in the same data.
        broke = ending.error is not None and ending.close_code == CloseCode.NORMAL_CLOSURE
        code = CloseCode.ABNORMAL_CLOSURE if broke else ending.close_code
        return Failure.of_close(code, ending.close_reason)
    if not QUrl(ending.url).isValid():  # an invalid name
        return Failure(FailureKind.UNKNOWN_HOST)
    if ending.error is _Error.ConnectionRefusedError and ending.answered:
        return _no_websocket(ending.error_text)
    if ending.wrong_key:
        return Failure(FailureKind.WRONG_KEY)
    if ending.error is _Error.SslHandshakeFailedError and ending.certificate:
        return Failure(FailureKind.UNTRUSTED, detail=ending.certificate)
    kind = _KINDS.get(ending.error) if ending.error is not None else None
    return Failure(kind) if kind is not None else Failure(FailureKind.NETWORK, detail=ending.error_text)


def _no_websocket(text: str) -> Failure:
    """A server answered, but not with our WebSocket; Qt gives the status only in its error text."""
    found = re.search(r": ([1-5]\d\d) \(", text)
    if found is not None:
        return Failure(FailureKind.HTTP, int(found[1]))
    if "uthenticat" in text:  # for 401 it only says which kind of authentication is wanted
        return Failure(FailureKind.HTTP, 401)
    return Failure(FailureKind.NO_WEBSOCKET)
