"""A server and its standby: each end of ``/follow``, while the other end sends anything (STAND)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast
from unittest import mock

import msgspec
from websockets.exceptions import ConnectionClosedError

from optiverse_collab.core.protocol.address import check_name
from optiverse_collab.core.records import Lane, Record
from optiverse_collab.core.server.batches import Batch
from optiverse_collab.core.server.chain import next_head
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import StampedRecord
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab.core.server.stamps import Stamp
from optiverse_collab.errors import AddressError, StorageError
from optiverse_collab_server.standby import reception, standing
from optiverse_collab_server.standby.follow import Ended, Following, Line
from optiverse_collab_server.standby.followers import Followers, Mode
from optiverse_collab_server.standby.messages import (
    Access,
    Alive,
    Bench,
    Changes,
    Durable,
    Hello,
    Parted,
    Piece,
    Positions,
    Start,
    TurnedAway,
    Wanted,
    Welcome,
    Where,
    encode,
)
from optiverse_collab_server.standby.standing import Post, State
from optiverse_collab_server.storage import MemoryStore
from tests.fuzz.faults import Fault, no_other_error
from tests.helpers.storage import EPOCH, entries, head, names, snapshot

NUMBERS = (0, 1, 2, 3, 4, 5, 6, 9, 2**31, 2**53, 2**63 - 1, -1)
SESSIONS = ("lab", "other", "new", "", ".", "ü\u202e", "x\ny", "x" * 500)
CHANGES = 5
"""How many changes the sessions have that exist at first."""

VERSION = 2
OLD = StampedRecord(Record("v", "version", {"name": "old", "clock": VERSION, "time_ms": 1}, Lane.META), 0, {})
"""A version of a moment that the standby's copy of a session doesn't have."""


class Wire:
    """Replaces a WebSocket: its peer sends these messages, and hangs up."""

    def __init__(self, messages: Sequence[bytes], chance: random.Random) -> None:
        self.remote_address, self.request = ("192.0.2.1", 5), None
        self._messages, self._chance = [*messages], chance
        self.sent: list[bytes] = []

    async def recv(self, decode: bool | None = None) -> bytes:
        """The next message."""
        for _ in range(self._chance.choice([0, 0, 1, 8])):
            await asyncio.sleep(0)
        if not self._messages:
            raise ConnectionClosedError(None, None)
        return self._messages.pop(0)

    async def send(self, data: bytes) -> None:
        """Record a message."""
        self.sent.append(data)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Nobody is there."""


class FollowTarget:
    """Feeds both ends.

    Args:
        seed: of all random numbers.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._text = ""

    def feed(self) -> str:
        """Feed one connection."""
        kind = self._random.choice([self._to_primary, self._to_standby])
        try:
            with no_other_error(""), mock.patch.object(standing, "write_standing"):
                asyncio.run(kind())
        except Fault as fault:
            raise Fault(str(fault), self._text) from fault
        return self._text

    def _messages(self, *makers: Callable[[], Any]) -> list[bytes]:
        """Some messages, the first of the first kind as a rule, and some of them distorted."""
        chosen = self._random.choices(makers, k=self._random.randrange(12))
        if self._random.random() < 0.9:
            chosen.insert(0, makers[0])
        messages = [self._distorted(encode(make())) for make in chosen]
        self._text = repr(messages)
        return messages

    def _distorted(self, data: bytes) -> bytes:
        if self._random.random() < 0.8:
            return data
        torn = bytearray(data)
        for _ in range(self._random.randrange(1, 4)):
            place = self._random.randrange(len(torn) + 1)
            torn[place : place + self._random.randrange(4)] = self._random.randbytes(
                self._random.randrange(4)
            )
        return bytes(torn)

    def _number(self) -> int:
        return self._random.choice(NUMBERS)

    def _session(self) -> str:
        return self._random.choice(SESSIONS[: self._random.choice([1, 3, len(SESSIONS)])])

    # To the primary

    async def _to_primary(self) -> None:
        """It stores nothing, believes no confirmation of what it has not sent, and stops for no low term."""
        disk = MemoryStore()
        for session in ("lab", "other"):
            await _filled(disk, session, CHANGES)
        before = [await disk.load(session) for session in ("lab", "other")]
        post, followers = Post(Path("nowhere"), b"k" * 32), Followers(Mode.ALWAYS)
        messages = self._messages(
            self._hello, self._positions, self._positions, self._durable, self._wanted, Alive
        )
        wire = Wire(messages, self._random)
        await reception.Reception(post, disk, None, followers).serve(cast("Any", wire))
        if [await disk.load(session) for session in ("lab", "other")] != before:
            raise Fault("STAND-1: a standby has changed something", self._text)
        if followers.count:
            raise Fault("STAND-2: it counts a standby that is gone", self._text)
        for session, clock in followers._confirmed.items():
            if session not in ("lab", "other") or clock > CHANGES:
                raise Fault(f"STAND-6: {clock} of {session!r} can't be confirmed", self._text)
        first = next(iter(messages), b"")
        if post.standing.state is not State.PRIMARY and not _is_higher(first):
            raise Fault("STAND-4: it stopped for no higher term", self._text)

    def _hello(self) -> Hello:
        return Hello(self._random.choice([1, 1, 1, self._number()]))

    def _positions(self) -> Positions:
        claims = {self._session(): self._where() for _ in range(self._random.randrange(4))}
        return Positions(claims, self._random.choice([True, True, False]))

    def _where(self) -> Where:
        clock = self._random.randrange(CHANGES + 1)
        true = Where(EPOCH, clock, head(clock), 2, 2)
        false = Where("e", self._number(), b"x" * 16, self._number(), self._number())
        return self._random.choice([true, true, false, msgspec.structs.replace(true, clock=self._number())])

    def _durable(self) -> Durable:
        return Durable(self._session(), self._number())

    def _wanted(self) -> Wanted:
        return Wanted(self._session(), self._number())

    # To the standby

    async def _to_standby(self) -> None:
        """Each copy is a chain from its start, and what it holds is bounded."""
        disk = MemoryStore()
        await _filled(disk, "lab", 2)
        await disk.begin_chunk(
            "other", msgspec.structs.replace(snapshot(3), records=[OLD], stamps=[Stamp(1, 0, 0, 0)])
        )
        messages = self._messages(
            self._changes, self._start, self._piece, self._bench, self._access, self._other
        )
        line = Line(cast("Any", Wire(messages, self._random)), Welcome(1, b"k" * 32, gives_benches=True))
        following = Following(line, disk, None)
        try:
            await following.run()
        except (Ended, StorageError):
            pass
        else:
            raise Fault("STAND-2: it goes on without a connection", self._text)
        if following._copies._waiting_bytes:
            raise Fault("STAND-5: something waits for a disk that is done", self._text)
        if disk._sessions["lab"].kept or not {*disk._sessions["other"].kept} <= {VERSION}:
            raise Fault("STAND-12: it keeps a bench that it has not asked for", self._text)
        for session in await disk.sessions():
            await self._check_copy(disk, session)

    async def _check_copy(self, disk: MemoryStore, session: str) -> None:
        try:
            check_name(session, "session")
        except AddressError as error:
            raise Fault(f"STAND-3: {error}", self._text) from error
        stored = await disk.load(session)
        assert stored is not None
        if session == "lab" and stored.entries[:2] != [one.data for one in entries(1, 2)]:
            raise Fault("STAND-3: the copy begins in another way", self._text)
        at = stored.snapshot.head
        for kept in (kept for append in disk._sessions[session].chunks[-1].appends for kept in append):
            at = next_head(at, kept.data)
            if kept.head != at:
                raise Fault(f"STAND-3: change {kept.clock} does not follow", self._text)

    def _changes(self) -> Changes:
        after = self._random.choice([2, 2, 2, 0, 3, 4])
        data = [one.data for one in entries(after + 1, after + self._random.choice([1, 2, 3]))]
        if self._random.random() < 0.2:
            data.insert(
                self._random.randrange(len(data) + 1), self._random.choice([b"", b"{}", b"[", data[0]])
            )
        fresh = names(3)[4:] if self._random.random() < 0.5 else [Name(NameKind.AUTHOR, self._number(), "x")]
        before = head(after) if self._random.random() < 0.9 else b"x" * 16
        return Changes(self._session(), Batch(after, before, data, self._random.choice([[], fresh])))

    def _start(self) -> Start:
        return Start(self._session(), self._random.choice([[], names(1), [Name(NameKind.ORIGIN, 9, "")]]))

    def _piece(self) -> Piece:
        start = History.empty(self._random.choice([EPOCH, "e"]))
        data = msgspec.json.encode(self._random.choice([start, snapshot(3)]))
        return Piece(self._random.choice([data, data, data[: len(data) // 2], b""]))

    def _bench(self) -> Bench:
        """The bench that is asked for first, or another one."""
        clock = self._random.choice([VERSION, VERSION, self._number()])
        data = self._random.choice([b"[]", b"[{}]", b"[", b"\xff"])
        is_last = self._random.choice([True, False])
        return Bench(self._session(), clock, self._random.choice([b"", b"h" * 16]), data, is_last)

    def _access(self) -> Access:
        return Access([], [], all=self._random.choice([True, False]), done=self._random.choice([True, False]))

    def _other(self) -> Any:
        others = (Alive(), Parted(self._session(), "x\ny"), TurnedAway(2, "no"), Welcome(2, b""))
        return self._random.choice(others)


async def _filled(disk: MemoryStore, session: str, changes: int) -> None:
    await disk.begin_chunk(session, snapshot(0))
    await disk.append(session, entries(1, changes), names(2))


def _is_higher(data: bytes) -> bool:
    """Whether a message is a `Hello` with a term above that of a new server."""
    try:
        return msgspec.msgpack.decode(data, type=Hello).term > 1
    except msgspec.MsgspecError:
        return False
