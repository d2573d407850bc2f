"""What was seen of a `QWebSocket`, and what that says of a connection.

`QWebSocket` says less than it knows: `closeCode()` is 1000 for a refused port, an unknown host, an
HTTP answer, a TLS failure and a reset alike. So `Ending` collects what was seen, and `judge` decides
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
"""What an error says if nothing else was seen."""


@dataclass
class Ending:
    """What was seen of an attempt.

    Attributes:
        url: where it went.
        opened: `connected` came.
        answered: the error came when something had accepted, in the midst of a handshake.
        error: what `errorOccurred` said last, and its text.
        certificate: what is wrong with the server's certificate.
        wrong_key: the server's key is not the one that the link named.
        close_code: of the close frame; Qt says 1000 also where there was none.
        close_reason: the word that came with it.
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
        # Over TLS, an error may come along with the close frame: the end of TLS, in the same piece of data.
        broke = ending.error is not None and ending.close_code == CloseCode.NORMAL_CLOSURE
        code = CloseCode.ABNORMAL_CLOSURE if broke else ending.close_code
        return Failure.of_close(code, ending.close_reason)
    if not QUrl(ending.url).isValid():  # what can't be a name
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
    """Something answered, but not with a WebSocket of ours; Qt gives the status in its error text only."""
    found = re.search(r": ([1-5]\d\d) \(", text)
    if found is not None:
        return Failure(FailureKind.HTTP, int(found[1]))
    if "uthenticat" in text:  # of 401 it says only what kind of authentication is wanted
        return Failure(FailureKind.HTTP, 401)
    return Failure(FailureKind.NO_WEBSOCKET)
