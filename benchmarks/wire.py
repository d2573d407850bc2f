"""Just enough of WebSocket (RFC 6455) for a client with very little overhead."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

_TEXT, _BINARY = 0x81, 0x82
_MASKED = 0x80
_FINAL, _CONTROL, _CLOSE = 0x80, 0x08, 0x08


def handshake(path: str, subprotocol: str = "") -> bytes:
    """The request that opens a WebSocket; its key is the example of RFC 6455, §1.3."""
    offer = f"Sec-WebSocket-Protocol: {subprotocol}\r\n" if subprotocol else ""
    return (
        f"GET {quote(path)} HTTP/1.1\r\n"
        "Host: localhost\r\n"
        "Upgrade: websocket\r\n"
        "Connection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n"
        f"{offer}\r\n"
    ).encode()


def text_frame(payload: bytes) -> bytes:
    """A client's text message in one frame.

    The mask is zero, so the payload is unchanged; the server still unmasks it.
    """
    return _frame(_TEXT, payload)


def binary_frame(payload: bytes) -> bytes:
    """A client's binary message, like `text_frame`."""
    return _frame(_BINARY, payload)


def _frame(kind: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        head = bytes([kind, _MASKED | size])
    elif size < 2**16:
        head = bytes([kind, _MASKED | 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([kind, _MASKED | 127]) + size.to_bytes(8, "big")
    return head + bytes(4) + payload


class FrameReader:
    """Joins a server's output to messages, and skips pings; servers never mask their frames.

    Attributes:
        closed: code and reason of the frame that ends the connection; "" before it.
    """

    def __init__(self) -> None:
        self.closed = ""
        self._rest = b""
        self._fragments: list[bytes] = []

    def read(self, data: bytes) -> Iterator[bytes]:
        """The messages that end in `data`."""
        data = self._rest + data
        end = 0
        while (payload := _next_payload(data, end)) is not None:
            head, end = data[end], payload.stop
            if head & 0x0F == _CLOSE:
                code, reason = data[payload][:2], data[payload][2:]
                self.closed = f"{int.from_bytes(code, 'big')} {reason.decode()}"
            if head & _CONTROL:
                continue
            self._fragments.append(data[payload])
            if head & _FINAL:
                message, self._fragments = b"".join(self._fragments), []
                yield message
        self._rest = data[end:]


def _next_payload(data: bytes, start: int) -> slice | None:
    """The place of the payload of the frame at `start`; None if it is still incomplete."""
    if len(data) < start + 2:
        return None
    size, begin = data[start + 1], start + 2
    if size == 126:
        size, begin = int.from_bytes(data[begin : begin + 2], "big"), begin + 2
    elif size == 127:
        size, begin = int.from_bytes(data[begin : begin + 8], "big"), begin + 8
    return slice(begin, begin + size) if len(data) >= begin + size else None
