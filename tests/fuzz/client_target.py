"""A client whose server sends anything."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.effects import SessionEffect, Transmit
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.access import (
    AccessExpires,
    AccessGrants,
    AccessInvited,
    AccessKnock,
    AccessKnockOver,
    AccessRefused,
    AccessWait,
    Grant,
    GrantKind,
    UserRole,
)
from optiverse_collab.core.protocol.codec import decode_client, encode
from optiverse_collab.core.protocol.message import Message
from optiverse_collab.core.protocol.messages import (
    Delta,
    Error,
    OtherHistory,
    Pong,
    PresencePatch,
    UserAway,
    UserLeft,
    Wait,
)
from optiverse_collab.core.protocol.page_records import PageRecord, PageSet
from optiverse_collab.core.protocol.parcels import ChangesBroughtBack, Parcel, ParcelsRequest
from optiverse_collab.core.protocol.past import EntriesPage, PastEntry, PastPage, PastRefused
from optiverse_collab.core.records import Put, Record, Set
from optiverse_collab.errors import ChangeRefused
from tests.fuzz.faults import Fault, no_other_error
from tests.fuzz.texts import Texts
from tests.helpers.wire import LENS, Peer, Wire

_ROUND = 200
"""After this many inputs, a client starts again with the messages of a real server."""


_GRANT = Grant("g1", GrantKind.DEVICE, Role.EDITOR, "2025-03-01T12:34:56.789Z")
_RECORD = PageRecord("lens", "component", {"pos": [1.0, 2.0]})

_SELDOM: list[Message] = [
    AccessExpires("2025-03-01T12:34:56.789Z"),
    AccessGrants(1, [_GRANT], done=True),
    AccessInvited(1, _GRANT, "A" * 22),
    AccessRefused(1, "not_allowed", "No."),
    AccessWait(),
    AccessKnock("k1", "Ana", Role.EDITOR, "students", again=True, script=True),
    AccessKnockOver("k1"),
    Delta("epoch 1", 1, 3, "00" * 16, 0, 1, records=[_RECORD], ops=[PageSet("lens", {"x": 1})], done=True),
    Error("too_large", "No."),
    OtherHistory("other", 7, "00" * 16),
    PastPage(1, "epoch 1", 2, "00" * 16, 1, [Record("lens", "component", {})], done=True),
    PastRefused(1, "not_kept", "No."),
    EntriesPage(1, "epoch 1", 0, [PastEntry(1, 5, "ann", [Set("lens", {"x": 1})], "drag")], done=True),
    Pong("2025-03-01T12:34:56.789Z", 3, "00" * 16),
    Parcel("epoch 1", 0, "00" * 16, 3, "11" * 16, b"\x00\xff", "22" * 16),
    ParcelsRequest(3, ["epoch 1"]),
    ChangesBroughtBack(500, ["Ann", "Ben"]),
    PresencePatch({"c1": {"cursor": [1.0, 2.0], "hosts": True}}, full=True),
    UserAway("c1", away=True),
    UserLeft("bob", "c2", "2025-03-01T12:34:56.789Z"),
    UserRole("c1", Role.VIEWER),
    Wait("storage"),
]
"""Message types that two participants never receive in ordinary work."""


class ClientTarget:
    """Feeds distorted messages of a real server to a session.

    Args:
        seed: of all random numbers.
    """

    def __init__(self, seed: int) -> None:
        self._texts = Texts(seed)
        self._random = self._texts.random
        self._true = true_messages()
        self._count = 0
        self._now_ms = 0.0
        self._text = ""
        self._begin()

    def _begin(self) -> None:
        self._session = SessionClient("ann", Replica("client"))
        self._session.opened(self._now_ms)
        for text in self._true[: self._random.randint(0, 4)]:
            self._do(self._session.receive(text, self._now_ms))

    def feed(self) -> str:
        """Feed one message from the server, and perhaps make an edit."""
        self._count += 1
        self._now_ms += self._random.choice([0, 1, 40, 500])
        if self._count % _ROUND == 0:
            self._session.closed()
            self._begin()
        if self._random.random() < 0.1:
            self._edit()
        self.take(self._texts.from_server(self._true))
        return self._text

    def take(self, text: str) -> None:
        """Receive a message from the server.

        Raises:
            Fault: the client misbehaved.
        """
        self._text = text
        with no_other_error(text):
            self._do(self._session.receive(text, self._now_ms))
            self._do(self._session.poll(self._now_ms))

    def _edit(self) -> None:
        view = self._session.replica.view
        id = self._random.choice(["a", "lens"])
        op = Set(id, {"x": self._count}) if id in view else Put(id, "component", {"x": self._count})
        try:
            self._session.replica.edit([op])
        except ChangeRefused:
            return  # because of a limit that the server claimed

    def _do(self, effects: Sequence[SessionEffect]) -> None:
        """Any server can read a client's messages."""
        for effect in effects:
            if isinstance(effect, Transmit):
                text = encode(effect.message)
                if decode_client(text, Limits()) is None:
                    raise Fault(f"sent {text}", self._text)


@cache
def true_messages() -> list[str]:
    """The messages that participants get, with at least one of every type."""
    wire = Wire()
    ann, bob = Peer("ann"), Peer("bob")
    for peer in (ann, bob):
        wire.connect(peer)
        wire.settle()
    ann.edit(LENS)
    wire.settle()
    for number in range(3):
        ann.edit(Set("lens", {"pos": [float(number), 0.0]}))
        bob.edit(Set("lens", {"name": f"L{number}"}), Put(f"m{number}", "component", {"parent": "lens"}))
        wire.settle()
    return [*ann.texts, *bob.texts, *map(encode, _SELDOM)]
