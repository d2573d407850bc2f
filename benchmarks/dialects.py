"""What participants say to a target, and how edits are found in its answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from benchmarks.bench import EDIT, drag, pushes
from benchmarks.wire import handshake, text_frame
from optiverse_collab.core.protocol.messages import SUBPROTOCOL


class Question(NamedTuple):
    """A frame, and a text that the target's answer contains."""

    frame: bytes
    answer: bytes


class Dialect(Protocol):
    """The messages of one kind of target.

    Attributes:
        echoes: whether authors get something for each of their edits in which the edit is found.
        confirms: whether participants must confirm what they have, as the server requires (SYNC-11).
    """

    echoes: bool
    confirms: bool

    def request(self, number: int) -> bytes:
        """The request that opens the WebSocket of a participant."""

    def opening(self, number: int) -> Iterator[Question]:
        """What a participant asks after that, to get the document."""

    def bench(self, components: int, sources: int = 0) -> Iterator[tuple[int, Question]]:
        """A bench in parts, each with its author's clock after it."""

    def edit(self, number: int, clock: int, component: int) -> bytes:
        """The frame of a drag: one new position.

        Args:
            number: of the edit in this run; `numbers` finds it.
            clock: of its author: 1 more than for the edit before.
            component: the dragged one; nobody else drags it.
        """

    def numbers(self, message: bytes) -> list[int]:
        """The numbers of the edits in a message."""


class Plain:
    """A relay: the server's messages without the questions, since nobody would answer.

    Args:
        session: the session's name.
    """

    echoes = False
    confirms = False

    def __init__(self, session: str = "bench") -> None:
        self._session = session

    def request(self, number: int) -> bytes:
        """As for the server."""
        return handshake(f"/ws/{self._session}/user {number}", SUBPROTOCOL)

    def opening(self, number: int) -> Iterator[Question]:
        """Nothing: there is no document."""
        return iter(())

    def bench(self, components: int, sources: int = 0) -> Iterator[tuple[int, Question]]:
        """Nothing: it would go nowhere."""
        return iter(())

    def edit(self, number: int, clock: int, component: int) -> bytes:
        """The same bytes as for the server."""
        return text_frame(drag(number, clock, component))

    def numbers(self, message: bytes) -> list[int]:
        """The positions of `bench.drag`, whatever the frames around them."""
        return [int(number) for number in EDIT.findall(message)]


class Ours(Plain):
    """The project's own protocol."""

    echoes = True
    confirms = True

    def opening(self, number: int) -> Iterator[Question]:
        """Ask for the document."""
        request = b'{"type":"sync:request","client_id":"client %d"}' % number
        yield Question(text_frame(request), b'"done":true')

    def bench(self, components: int, sources: int = 0) -> Iterator[tuple[int, Question]]:
        """Push it in pages."""
        for clock, payload in pushes(components, sources):
            yield clock, Question(text_frame(payload), b'{"client_clock":%d,"result":"commit"' % clock)


PLAIN = Plain()
OURS = Ours()
