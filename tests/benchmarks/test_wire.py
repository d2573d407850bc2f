"""The load generator's own WebSocket code, tested against the library's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from benchmarks.wire import FrameReader, binary_frame, text_frame

SIZES = [0, 1, 125, 126, 65535, 65536]


@pytest.mark.parametrize("cut", [1, 2, 3, 7, 70_000])
def test_messages_are_found_however_the_bytes_arrive(cut: int) -> None:
    """Frames with every form of length, in pieces and together."""
    payloads = [b"x" * size for size in SIZES]
    stream = b"".join(Frame(Opcode.TEXT, payload).serialize(mask=False) for payload in payloads)
    reader = FrameReader()
    found = [message for at in range(0, len(stream), cut) for message in reader.read(stream[at : at + cut])]
    assert found == payloads


def test_fragments_are_one_message_whatever_is_between_them() -> None:
    """The server sends what is longer than 16 KB in fragments; an edit may lie across two of them."""
    frames = [
        Frame(Opcode.TEXT, b"pos", fin=False),
        Frame(Opcode.PING, b"still there?"),
        Frame(Opcode.CONT, b"iti", fin=False),
        Frame(Opcode.CONT, b"on"),
        Frame(Opcode.TEXT, b"next"),
    ]
    stream = b"".join(frame.serialize(mask=False) for frame in frames)
    assert list(FrameReader().read(stream)) == [b"position", b"next"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("kind", "opcode"), [(text_frame, Opcode.TEXT), (binary_frame, Opcode.BINARY)])
def test_server_reads_what_is_sent(kind: Callable[[bytes], bytes], opcode: Opcode, size: int) -> None:
    """A zero mask is a mask: the library's parser accepts the frame and finds its payload."""
    protocol = ServerProtocol(state=State.OPEN, max_size=None)
    protocol.receive_data(kind(b"x" * size))
    [frame] = protocol.events_received()
    assert isinstance(frame, Frame)
    assert (frame.opcode, bytes(frame.data), frame.fin) == (opcode, b"x" * size, True)


def test_the_frame_that_ends_a_connection_is_kept() -> None:
    """So that a participant who is turned away can say why."""
    reader = FrameReader()
    assert list(reader.read(Frame(Opcode.CLOSE, b"\x11\x97server_full").serialize(mask=False))) == []
    assert reader.closed == "4503 server_full"
