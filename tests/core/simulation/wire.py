"""A connection: a queue in each direction, and two ends that learn of its end at different times."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from tests.core.simulation.memory import Answer

_CHANGES = '{"type":"patch","changes":[{'  # so begins a frame that has more than acknowledgements


class Connection:
    """One connection of one client, first in first out in each direction.

    Attributes:
        id: its name on the server.
        grant: by which the server lets its client in.
        client_id: whom the server knows it to be, once it asked to synchronise.
        settles: the client ids that count as its own besides.
        serial: greater than that of every older connection.
        up: messages to the server.
        down: on the way to the client; pages are made when it is their turn.
        is_held: whether its client has not let go of it.
        server_open: whether the server still holds it.
        close_code: what it was closed with when it does not; 1006 if it broke.
        behind: the client reads slowly: presence is left out (PRES-3).
        missed: the connections of whose presence something was left out.
        lossy: a frame was lost, against the rules of TCP, and the client has not found out.
        questions: what the answers must say that are on their way, in order.
        answer: what the last one said that the client had.
    """

    __slots__ = (
        "answer",
        "behind",
        "client_id",
        "close_code",
        "down",
        "grant",
        "id",
        "is_held",
        "lossy",
        "missed",
        "questions",
        "serial",
        "server_open",
        "settles",
        "up",
    )

    def __init__(self, serial: int, grant: str) -> None:
        self.id = f"c{serial}"
        self.grant = grant
        self.client_id = ""
        self.settles: frozenset[str] = frozenset()
        self.serial = serial
        self.up: deque[str] = deque()
        self.down: deque[str | Iterator[str]] = deque()
        self.is_held = True
        self.server_open = True
        self.close_code = 1006
        self.behind = False
        self.missed: set[str] = set()
        self.lossy = False
        self.questions: deque[Answer] = deque()
        self.answer: Answer | None = None

    def next_down(self) -> str | None:
        """Take the next message to the client from the wire; None if there is none."""
        while self.down:
            head = self.down[0]
            if isinstance(head, str):
                self.down.popleft()
                return head
            page = next(head, None)
            if page is not None:
                return page
            self.down.popleft()
        return None

    @property
    def next_is_change(self) -> bool:
        """Whether the next message to the client is a frame of changes."""
        head = self.down[0] if self.down else None
        return isinstance(head, str) and head.startswith(_CHANGES)

    def close_server(self, code: int) -> None:
        """The server is finished with it: it reads nothing more and makes no more pages."""
        self.server_open, self.close_code = False, code
        self.up.clear()
        sent: list[str | Iterator[str]] = []
        for item in self.down:
            if not isinstance(item, str):
                break
            sent.append(item)
        self.down = deque(sent)
