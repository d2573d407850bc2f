"""A room with people of all roles, who send anything."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from optiverse_collab.core.access import Role, may_write
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import (
    PushUnreadable,
    close_patch,
    decode_client,
    decode_server,
    encode,
    size_of,
)
from optiverse_collab.core.protocol.messages import SyncRequest
from optiverse_collab.core.protocol.presence_frames import PresenceFrames
from optiverse_collab.core.records import Lane, Record
from optiverse_collab.core.server.effects import Close, RoomEffect, Send, SendFrame, SendPages, SendPresence
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Snapshot
from optiverse_collab.core.server.members import Admission
from optiverse_collab.core.server.names import Name
from optiverse_collab.core.server.room import Room
from optiverse_collab.core.versions import DAY, HAND, REMOVAL, SWEEP, VERSION, key_of, version_of
from optiverse_collab.errors import MessageRefused
from tests.fuzz.faults import Fault, no_other_error
from tests.fuzz.texts import Texts

LIMITS = Limits(
    message_bytes=128 * 1024,
    record_bytes=4096,
    page_bytes=8192,
    records=12,
    presence_bytes=2048,
    participants=6,
    session_bytes=16_384,
)
"""Small, so that a few messages reach each limit."""

TOMBSTONES = 16
"""Small, so that the start of the history moves."""

_FLUSH_EVERY, _REPLAY_EVERY = 4, 400
_REASONS = (HAND, SWEEP, REMOVAL, DAY)
_ROLES = (Role.OWNER, Role.EDITOR, Role.EDITOR, Role.COMMENTER, Role.VIEWER)


class RoomTarget:
    """Feeds a room, like the server.

    Args:
        seed: of all random numbers.
    """

    def __init__(self, seed: int) -> None:
        self._texts = Texts(seed)
        self._random = self._texts.random
        empty = History.empty(self._texts.epoch)
        self._history = History(empty, limits=LIMITS, tombstones=TOMBSTONES)
        self._room = Room("s", self._history, "server", key=b"key")
        self._snapshot, self._entries = msgspec.json.encode(empty), list[bytes]()
        self._names: list[Name] = []
        self._roles: dict[str, Role] = {}
        self._count = self._now_ms = 0
        self._text = ""

    def feed(self) -> str:
        """Feed one message, and sometimes let somebody join, leave, or get another role."""
        self._count += 1
        self._now_ms += self._random.choice([0, 1, 20, 1000])
        self._text = ""
        with no_other_error(self._text):
            self._come_and_go()
            while not self._roles:
                self._come_and_go()
        sender = self._random.choice([*self._roles])
        self.take(self._texts.from_client(sender), sender)
        return self._text

    def someone(self, number: int) -> str:
        """The participant with a number; all five roles exist."""
        while len(self._roles) < len(_ROLES):
            id, role = f"client{len(self._roles)}", _ROLES[len(self._roles)]
            self._roles[id] = role
            self._perform(self._room.join(id, "Ann", self._now_ms, Admission(role, id)))
            request = SyncRequest(id, lanes=[*Lane])
            self._perform(self._room.receive(id, request, self._now_ms))
        return [*self._roles][number % len(self._roles)]

    def take(self, text: str, sender: str) -> None:
        """Receive a message from a participant.

        Raises:
            Fault: the room misbehaved.
        """
        self._text = text
        with no_other_error(self._text):
            self._receive(sender)
            if self._count % _FLUSH_EVERY == 0:
                self._store_and_send()
            if self._count % _REPLAY_EVERY == 0:
                self._replay()

    def _come_and_go(self) -> None:
        chance = self._random.random()
        if not self._roles or chance < 0.01:
            id, role = f"client{self._count}", self._random.choice(_ROLES)
            self._roles[id] = role
            self._perform(self._room.join(id, "Ann", self._now_ms, Admission(role, id)))
        elif chance < 0.015 and len(self._roles) > 1:
            gone = self._random.choice([*self._roles])
            del self._roles[gone]
            self._perform(self._room.leave(gone, self._now_ms))
        elif chance < 0.02:
            grant, role = self._random.choice([*self._roles]), self._random.choice([*_ROLES, Role.NONE])
            self._roles[grant] = role
            self._perform(self._room.set_role(grant, role, self._now_ms))

    def _receive(self, sender: str) -> None:
        role = self._roles[sender]
        before = None if all(may_write(role, lane) for lane in Lane) else dict(self._history.document.records)
        try:
            message = decode_client(self._text, LIMITS)
        except PushUnreadable as refused:
            self._room.refuse(sender, refused.client_clocks, refused)
        except MessageRefused as refused:
            if not str(refused).endswith("."):
                raise Fault(f"no sentence: {refused}", self._text) from None
        else:
            self._perform(self._room.receive(sender, message, self._now_ms))
        records = self._history.document.records
        if before is not None:
            changed = [one for id, one in {**before, **records}.items() if before.get(id) != records.get(id)]
            if not all(may_write(role, record.lane) for record in changed):
                raise Fault(f"ACC-8: {role.value} changed {changed}", self._text)
        versions = [one for one in records.values() if one.lane is Lane.META and one.kind == VERSION]
        self._check_versions(versions)
        others = [one for one in records.values() if one not in versions]
        if len(others) > LIMITS.records or size_of(others) > LIMITS.session_bytes + 1024:
            raise Fault("LIM-6: the session is too large", self._text)

    def _check_versions(self, records: Sequence[Record]) -> None:
        """Nobody forged one: the server said who made it and why (HIST-11)."""
        made = [version for version in map(version_of, records) if version is not None]
        names = [key_of(version.name) for version in made if version.name]
        now = self._history.clock
        are_true = (one.clock <= now and one.by.startswith("Ann") and one.why in _REASONS for one in made)
        if len(made) != len(records) or len(names) != len({*names}) or not all(are_true):
            raise Fault(f"HIST-11: {records}", self._text)

    def _store_and_send(self) -> None:
        unsaved = self._room.unsaved()
        self._entries += [kept.data for kept in unsaved.entries]
        self._names += unsaved.names
        if unsaved.entries:
            self._room.saved(self._history.clock)
        self._perform(self._room.flush())
        self._perform(self._room.flush_presence(self._now_ms))
        self._texts.clock, self._texts.head = self._history.clock, self._history.chain.head.hex()

    def _perform(self, effects: Sequence[RoomEffect]) -> None:
        for effect in effects:
            if isinstance(effect, SendFrame):
                for to in effect.to:
                    self._check(close_patch(effect.body, effect.acks.get(to, [])).decode())
            elif isinstance(effect, Send):
                self._check(encode(effect.message))
            elif isinstance(effect, SendPresence):
                frames = PresenceFrames(effect.message)
                for text in filter(None, map(frames.without, effect.to)):
                    self._check(text.decode())
            elif isinstance(effect, SendPages):
                for page in effect.pages:
                    self._check(encode(page))
            elif isinstance(effect, Close):
                self._roles.pop(effect.to, None)
                self._perform(self._room.leave(effect.to, self._now_ms))

    def _check(self, text: str) -> None:
        """The server's output fits into a message, and a client can read it (LIM-13)."""
        if len(text.encode()) > LIMITS.message_bytes:
            raise Fault(f"LIM-13: {len(text)} characters in a message", self._text)
        decode_server(text, LIMITS)

    def _replay(self) -> None:
        """The stored data reproduces the history (DUR-4), and a new snapshot replaces it."""
        snapshot = msgspec.json.decode(self._snapshot, type=Snapshot)
        again = History(snapshot, self._names, self._entries, LIMITS, TOMBSTONES)
        mine, stored = (msgspec.json.encode(one.snapshot()) for one in (self._history, again))
        if mine != stored or again.names._texts != self._history.names._texts:
            raise Fault(f"DUR-4: there is {mine!r}, and stored is {stored!r}", self._text)
        self._snapshot, self._entries = mine, []
