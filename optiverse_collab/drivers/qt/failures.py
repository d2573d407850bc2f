"""How an attempt at a connection ended, in words, and whether trying again may help.

`QWebSocket` says less than it knows: `closeCode()` is 1000 for a refused port, an unknown host, an
HTTP answer, a TLS failure and a reset alike. So `Ending` collects what was seen, and `judge` decides
once. Measured with Qt 6.11; the sentences are those of the scripting client.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from PyQt6.QtCore import QUrl
from PyQt6.QtNetwork import QAbstractSocket

from optiverse_collab.core.protocol.close_codes import may_retry
from optiverse_collab.core.protocol.messages import SUBPROTOCOL
from optiverse_collab.core.text import printable
from optiverse_collab.wording import connection

OPEN_S = 10.0
"""So long a server may take to let us in: more than a slow VPN needs, less than patience."""

_LATER = (408, 425, 429, 500, 502, 503, 504)
"""HTTP answers of a server or gateway that may well do better soon (RFC 9110 §15)."""

_NO_WAY = (
    QAbstractSocket.SocketError.NetworkError,
    QAbstractSocket.SocketError.SocketAddressNotAvailableError,
)


class Failure(NamedTuple):
    """The end of an attempt or of a connection.

    Attributes:
        sentence: for the user: what happened and what to do.
        retry: whether trying again by itself may help.
        code: the close code, 1006 where there was none; 0 if the WebSocket never opened.
    """

    sentence: str
    retry: bool
    code: int = 0


@dataclass
class Ending:
    """What was seen of an attempt.

    Attributes:
        url: where it went.
        opened: `connected` came.
        foreign: what answers does not speak our protocol.
        late: the server took longer than `OPEN_S` to let us in.
        answered: the error came when something had accepted, in the midst of a handshake.
        error: what `errorOccurred` said last, and its text.
        certificate: what is wrong with the server's certificate.
        wants_tls: a server that broke off without a word speaks TLS.
        close_code: of the close frame; Qt says 1000 also where there was none.
    """

    url: str
    opened: bool = False
    foreign: bool = False
    late: bool = False
    answered: bool = False
    error: QAbstractSocket.SocketError | None = None
    error_text: str = ""
    certificate: str = ""
    wants_tls: bool = False
    close_code: int = 1000

    @property
    def broke_off_in_silence(self) -> bool:
        """Whether it looks like a WebSocket without TLS on a port that wants TLS."""
        closed = self.error == QAbstractSocket.SocketError.RemoteHostClosedError
        return closed and not self.opened and urlsplit(self.url).scheme == "ws"


def judge(ending: Ending) -> Failure:
    """Put in words why there is no connection, or none any more."""
    place = urlsplit(ending.url).netloc
    if ending.foreign:
        return Failure(
            f"The server at {place} does not speak {SUBPROTOCOL}; "
            "start optiverse-collab-server in its place.",
            False,
        )
    if ending.late:
        return Failure(
            f"{place} did not answer within {OPEN_S:g} s; check the address, the network and the firewall.",
            True,
        )
    if not ending.opened:
        return _never_opened(ending)
    # Over TLS, an error may come along with the close frame: the end of TLS, in the same piece of data.
    broke = ending.error is not None and ending.close_code == 1000
    code = 1006 if broke else ending.close_code
    return Failure(connection.closed(code), may_retry(code), code)


def _never_opened(ending: Ending) -> Failure:
    parts = urlsplit(ending.url)
    host, place = parts.hostname or "", parts.netloc
    kind = QAbstractSocket.SocketError
    if ending.error == kind.HostNotFoundError or not QUrl(ending.url).isValid():  # what can't be a name, too
        return Failure(f"There is no host called {host}; check its spelling and the network or VPN.", True)
    if ending.error == kind.ConnectionRefusedError and ending.answered:
        return _no_websocket(ending.error_text, place)
    if ending.error == kind.ConnectionRefusedError:
        port = "" if parts.port is not None else "; the port is missing, usually :8765"
        return Failure(
            f"Nothing answers at {place}{port}; start optiverse-collab-server, or check the address.", True
        )
    if ending.error in _NO_WAY:
        return Failure(f"There is no way to {host} from here; check the network or VPN.", True)
    if ending.error == kind.SslHandshakeFailedError and not ending.certificate:
        return Failure(f"{place} does not speak TLS; write ws:// instead of wss:// if that is meant.", False)
    if ending.error == kind.SslHandshakeFailedError:
        fault = printable(ending.certificate).rstrip(".")
        return Failure(
            f"The certificate of {place} is not trusted here ({fault}); ask who runs it.",
            False,
        )
    if ending.wants_tls:
        return Failure(f"{place} wants an encrypted connection; write wss:// instead of ws://.", False)
    if ending.error == kind.RemoteHostClosedError:
        other = "want ws:// instead of wss://" if parts.scheme == "wss" else "be another server"
        return Failure(f"{place} broke off the handshake; it may be restarting, or {other}.", True)
    told = printable(ending.error_text).rstrip(".") or "no reason was given"
    return Failure(f"{place} can't be reached: {told}; check the network.", True)


def _no_websocket(text: str, place: str) -> Failure:
    """Something answered, but not with a WebSocket of ours; Qt gives the status in its error text only."""
    found = re.search(r": ([1-5]\d\d) \(", text)
    if found is not None or "uthenticat" in text:  # of 401 it says only what kind of authentication is wanted
        status = int(found[1]) if found is not None else 401
        return Failure(
            f"{place} answered with HTTP {status} and not as a collaboration server; check the address.",
            status in _LATER,
        )
    return Failure(f"What answers at {place} is no WebSocket server; check the address and port.", False)
