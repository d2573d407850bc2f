"""Servers that change, read and shorten one log of grants, while messages are delayed, lost and repeated.

One seed decides everything. The servers are real; the log is not. The truth is a plain model: all changes
that ever got into the log, without the copies of the table, which must change nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, TypeVar, cast

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import GrantKind
from optiverse_collab.errors import StorageError
from optiverse_collab_server.access.file import Outdated
from optiverse_collab_server.access.grants import StoredGrant
from optiverse_collab_server.cluster.grant_table import Change, GrantTable, decode
from optiverse_collab_server.cluster.grants import SharedGrants
from optiverse_collab_server.storage.jetstream.stream import Message, Unanswered

T = TypeVar("T")

ACTIONS, SERVERS, TO_FINISH = 40, 3, 60
KEY = b"key of all"


class Broken(AssertionError):
    """A rule is broken."""


class Log:
    """The log, with all that ever was in it.

    Attributes:
        messages: those that are not dropped, by number.
        history: all of them.
    """

    def __init__(self) -> None:
        self.messages: dict[int, bytes] = {}
        self.history: list[Change] = []

    def append(self, data: bytes, expects: int) -> int | None:
        """The number of the message; None if another one is the last."""
        if expects != len(self.history):
            return None
        self.history.append(decode(data))
        self.messages[expects + 1] = data
        return expects + 1

    def drop(self, before: int) -> None:
        """Delete the messages before one, and look whether a newcomer finds everything."""
        self.messages = {number: data for number, data in self.messages.items() if number >= before}
        table = GrantTable()
        for number, data in self.messages.items():
            table.apply(number, decode(data))
        if table.all != self.truth(table.last) or table.key != KEY:
            raise Broken("OWN-14: a newcomer finds something else in the log that was shortened")

    def truth(self, last: int) -> dict[str, StoredGrant]:
        """The grants after a message."""
        found: dict[str, StoredGrant] = {}
        for change in self.history[:last]:
            if not change.all and change.ids is None:
                for id in change.gone:
                    found.pop(id, None)
                found.update((grant.id, grant) for grant in change.grants)
        return found


class Line:
    """A server's way to the log: a `ChangeLog`."""

    id = "log"

    def __init__(self, world: World) -> None:
        self._world = world

    async def is_there(self) -> bool:
        """It always is."""
        return True

    async def append(self, data: bytes, expects: int) -> int | None:
        """See `ChangeLog.append`."""
        return await self._world.ask(lambda: self._world.log.append(data, expects))

    async def read(self, after: int) -> list[Message]:
        """See `ChangeLog.read`: one message after the other, while others write and drop."""
        found: list[Message] = []
        while message := await self._world.ask(partial(self._next, after)):
            after = message.sequence
            found.append(message)
        return found

    async def drop(self, before: int) -> None:
        """See `ChangeLog.drop`."""
        await self._world.ask(lambda: self._world.log.drop(before))

    def _next(self, after: int) -> Message | None:
        log = self._world.log
        later = (number for number in range(after + 1, len(log.history) + 1) if number in log.messages)
        return next((Message(number, log.messages[number]) for number in later), None)


class File:
    """A server's copy, which nobody reads."""

    async def write(self, grants: object, forgotten: object = ()) -> None:
        """Nothing happens."""

    async def load_since(self, version: int) -> None:
        """No command has changed anything."""

    async def close(self, seconds: float) -> None:
        """Nothing happens."""


class World:
    """A log, servers, and what happens to their messages.

    Args:
        seed: decides everything.
        old: whether one server is from before OWN-14.

    Attributes:
        log: the log.
        counts: how often what happened.
    """

    def __init__(self, seed: int, old: type[GrantTable] | None = None) -> None:
        self.log, self.counts = Log(), Counter[str]()
        self._chance, self._old = Random(seed), old
        self._late: list[Callable[[], object]] = []
        self._is_calm = False
        self._made = 0

    async def run(self) -> None:
        """Let servers work; then let everything get well, and check."""
        self._is_calm = True
        await self._started()
        self._is_calm = False
        tables = [self._old if number == 0 else None for number in range(SERVERS)]
        await asyncio.gather(*(self._work(table) for table in tables))
        self._is_calm = True
        server = await self._started()
        for _ in range(TO_FINISH):
            await self._change(server)
            await self._look(server)
        parts = sum(1 for data in self.log.messages.values() if decode(data).ids is not None)
        if len(self.log.messages) > 20 + parts or parts > 30:
            raise Broken(f"OWN-14: the log still has {len(self.log.messages)} messages")
        self.log.drop(0)

    async def ask(self, do: Callable[[], T]) -> T:
        """Let the log do something: now, later, or again, and perhaps without an answer."""
        for _ in range(self._chance.randrange(4)):
            await asyncio.sleep(0)
        while self._late and self._chance.random() < 0.1:
            self._late.pop(self._chance.randrange(len(self._late)))()
        what = "arrives" if self._is_calm else self._chance.choices(list(FATES), list(FATES.values()))[0]
        self.counts[what] += 1
        if what in ("late", "twice"):
            self._late.append(do)
        if what in ("lost", "late"):
            raise Unanswered
        answer = do()
        if what == "no answer":
            raise Unanswered
        return answer

    async def _started(self, table: type[GrantTable] | None = None) -> SharedGrants:
        """A server that has just started."""
        server = SharedGrants(cast(Any, Line(self)), File(), Path(), lambda: 0)
        if table is not None:
            server._table = table()
        while True:
            with contextlib.suppress(StorageError):
                await server._merge([], KEY)
                return server

    async def _work(self, table: type[GrantTable] | None) -> None:
        """What a server does: change grants, look, rest, and start again."""
        server = await self._started(table)
        for _ in range(ACTIONS):
            [what] = self._chance.choices(list(WORK), list(WORK.values()))
            self.counts[what] += 1
            if what == "change":
                await self._change(server)
            elif what == "look":
                await self._look(server)
            elif what == "rest":
                for _ in range(self._chance.randrange(300)):
                    await asyncio.sleep(0)
            else:
                server = await self._started(table)

    async def _change(self, server: SharedGrants) -> None:
        """Add a grant, and revoke or forget another one."""
        with contextlib.suppress(StorageError):
            while True:
                grants, gone = self._some(server)
                try:
                    return await server.write(grants, gone)
                except Outdated:
                    await self._look(server)

    def _some(self, server: SharedGrants) -> tuple[list[StoredGrant], list[str]]:
        self._made += 1
        new = grant(f"{self._chance.randrange(10**6):06}", self._made)
        others = server.all
        if len(others) < 12:
            return [new], []
        old = self._chance.choice(others)
        if self._chance.random() < 0.5:
            return [new], [old.id]
        return [old._replace(role=Role.NONE)], [self._chance.choice(others).id]

    async def _look(self, server: SharedGrants) -> None:
        with contextlib.suppress(Unanswered):
            await server.load_since(0)
        self._check(server)

    def _check(self, server: SharedGrants) -> None:
        table = server._table
        wanted = self.log.truth(table.last)
        if self._old is not None and isinstance(table, self._old):
            found = {id: table.all.get(id) for id in wanted}  # what is gone stays there, if it missed that
        else:
            found = dict(table.all)
        if found != wanted:
            raise Broken(f"OWN-14: after message {table.last}, a server has other grants")


FATES = {"arrives": 20, "lost": 1, "late": 1, "twice": 2, "no answer": 1}
WORK = {"change": 10, "look": 10, "rest": 2, "start again": 0.5}


def grant(id: str, made_ms: int) -> StoredGrant:
    """A grant with an id."""
    return StoredGrant(id, GrantKind.DEVICE, id.encode(), "lab", Role.EDITOR, "", made_ms)
