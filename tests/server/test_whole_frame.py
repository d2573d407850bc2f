"""Packets that are one frame with one message; all others are left to the library's parser (LIM-10)."""

from __future__ import annotations

import pytest
from websockets.frames import Frame, Opcode

from optiverse_collab_server.whole_frame import text_of


def _wire(data: bytes, opcode: Opcode = Opcode.TEXT, fin: bool = True, mask: bool = True) -> bytes:
    return Frame(opcode, data, fin).serialize(mask=mask)


@pytest.mark.parametrize("length", [0, 1, 2, 3, 125, 126, 1000, 65_535])
def test_whole_message_is_read_as_the_library_does(length: int) -> None:
    """Both forms of a short length."""
    text = "é" * (length // 2) + "x" * (length % 2)
    assert text_of(_wire(text.encode())) == text


@pytest.mark.parametrize(
    "packet",
    [
        pytest.param(packet, id=name.replace(" ", "_"))  # masks are random, and so are the bytes
        for name, packet in {
            "nothing": b"",
            "half a header": b"\x81",
            "first part": _wire(b"part", fin=False),
            "last part": _wire(b"rest", Opcode.CONT),
            "bytes": _wire(b"bytes", Opcode.BINARY),
            "ping": _wire(b"", Opcode.PING),
            "not masked": _wire(b"not masked at all", mask=False),
            "long": _wire(b"x" * 65_536),
            "two": _wire(b"first") + _wire(b"second"),
            "not UTF-8": _wire(b"\xff is not UTF-8"),
            "extension": b"\xc1" + _wire(b"with an extension")[1:],
            **{f"cut off after {end}": _wire(b"x" * 200)[:end] for end in (2, 3, 4, 7, 8, 207)},
        }.items()
    ],
)
def test_everything_else_is_left_to_the_library(packet: bytes) -> None:
    """Parts, other frames, long ones, several, and what is not allowed."""
    assert text_of(packet) is None
