"""Versions whose history the primary has dropped, on its standby: STAND-12 of docs/protocol.md."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.core.records import Put, Remove
from optiverse_collab.errors import BatchRefused, DatabaseDamaged
from optiverse_collab_server.standby import reception, service
from optiverse_collab_server.standby.benches import Benches, pieces_of
from optiverse_collab_server.standby.messages import Bench, Wanted, Welcome
from optiverse_collab_server.storage import (
    MemoryStore,
    Retention,
    SqliteStore,
    StandbyStore,
    Stored,
    StoredPast,
)
from optiverse_collab_server.storage.schema import FILE_NAME
from tests.helpers.aio import run, until
from tests.helpers.kept_session import NAME, KeptSession
from tests.helpers.live_server import LiveServer
from tests.helpers.standby import Member, member, promote, until_stored
from tests.helpers.storage import database, head, snapshot, tidy
from tests.server.cli.folders import edit, put

DROP_ALL = Retention(bytes=0)

SPACE = 10_000
"""The memory for a bench, where one end is alone."""


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again soon."""
    monkeypatch.setattr(service, "RETRY_SECONDS", 0.02)
    monkeypatch.setattr(service, "LOOK_SECONDS", 0.02)


def fill(folder: Path, retention: Retention) -> None:
    """A session of three chunks, from the clocks 0, 4 and 8; it has versions of the clocks 2, 5 and 9."""
    with database(folder, retention) as made:
        session = KeptSession(made)
        for clock in range(1, 4):
            session.change(Put(f"lens {clock}", "k", {"ü": clock, "long": "x" * 5000}))
        session.keep("old", 2)
        session.begin_chunk()
        session.change(Remove("lens 1"))
        session.keep("mid", 5)
        session.change(Remove("lens 2"))
        session.keep("old too", 2)
        session.begin_chunk()
        session.change(Put("lens 4", "k", {}))
        session.keep("new", 9)
        tidy(made)


def benches_in(folder: Path) -> list[Any]:
    """The rows of the kept benches of a database."""
    with contextlib.closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        return [
            connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()
            for table in ("kept", "kept_part")
        ]


async def until_kept(store: StandbyStore, *clocks: int) -> None:
    """Wait until a store has these benches."""
    while (apart := await store.load_apart(NAME)) is None or not apart.kept.issuperset(clocks):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def keep(server: LiveServer, name: str, clock: int) -> None:
    """Keep a version of the bench at a clock."""
    version = {**put(name, name=name, clock=clock), "kind": "version", "lane": "meta"}
    async with server.client("ann", NAME) as ann:
        await ann.sync(f"keeps {name}")
        assert (await ann.push(1, version))["result"] == "commit"


async def bench(server: Member, clock: int) -> list[dict[str, Any]]:
    """The bench at a clock, as a participant sees it."""
    async with server.client("reader", NAME) as reader:
        await reader.sync("reader")
        await reader.send({"type": "past:request", "request": 1, "clock": clock})
        found: list[dict[str, Any]] = (await reader.receive("past:page"))["records"]
        return found


def test_a_new_standby_gets_them(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """STAND-12, HIST-15: byte for byte; and they can be shown once it is promoted."""
    caplog.set_level(logging.INFO)
    fill(tmp_path / "first", DROP_ALL)

    async def main() -> None:
        async with (
            member(tmp_path / "first", store=SqliteStore(tmp_path / "first", DROP_ALL)) as first,
            member(tmp_path / "second", first.url) as second,
        ):
            await until_kept(second.store, 2, 5)
            await until(lambda: "2 bench(es) of older versions were copied" in caplog.text)
            shown = [await bench(first, clock) for clock in (2, 5, 9)]
            promote(tmp_path / "second")
            await until(second.service.post.look)
            assert [await bench(second, clock) for clock in (2, 5, 9)] == shown
            assert [record["id"] for record in shown[0]] == ["lens 1", "lens 2"]

    run(main())
    assert benches_in(tmp_path / "second") == benches_in(tmp_path / "first") != [[], []]


def test_versions_are_made_and_dropped_while_it_follows(tmp_path: Path) -> None:
    """STAND-12: one of a moment that only the primary has, and one of a moment that both have."""
    fill(tmp_path / "first", Retention())
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    with database(tmp_path / "second", DROP_ALL) as made:
        tidy(made)

    async def main() -> None:
        async with (
            member(tmp_path / "first") as first,
            member(tmp_path / "second", first.url) as second,
        ):
            await keep(first, "third", 3)
            await until_kept(second.store, 2, 3, 5)
            await keep(first, "tenth", 10)
            async with first.client("ann", NAME) as ann:
                await ann.sync("removes")
                assert (await ann.push(1, {"op": "remove", "id": "third"}))["result"] == "commit"
            stored = await first.store.load(NAME)
            assert stored is not None
            await until_stored(second.store, NAME, stored.clock)
            shown = [await bench(first, clock) for clock in (2, 5, 9, 10)]
            promote(tmp_path / "second")
            await until(second.service.post.look)
            assert [await bench(second, clock) for clock in (2, 5, 9, 10)] == shown

    run(main())
    with database(tmp_path / "second", DROP_ALL) as made:
        tidy(made)
    assert [row[1] for row in benches_in(tmp_path / "second")[0]] == [2, 5]


def test_an_older_primary_is_asked_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """STAND-12"""
    fill(tmp_path / "first", DROP_ALL)
    monkeypatch.setattr(
        reception, "Welcome", lambda term, key, gives_benches: Welcome(term, key, gives_benches=False)
    )

    async def main() -> None:
        async with (
            member(tmp_path / "first", store=SqliteStore(tmp_path / "first", DROP_ALL)) as first,
            member(tmp_path / "second", first.url) as second,
        ):
            await edit(first, NAME, "later", client_id="later")
            stored = await first.store.load(NAME)
            assert stored is not None
            await until_stored(second.store, NAME, stored.clock)
            apart = await second.store.load_apart(NAME)
            assert apart is not None
            assert not apart.kept

    run(main())


# One end alone


class Asking:
    """Benches that look at a session from clock 8 on with a version of clock 2, and what they ask."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.asked: list[Wanted] = []
        self.benches = Benches(self.store, self.ask, SPACE)

    async def ask(self, wanted: Wanted) -> None:
        self.asked.append(wanted)

    async def look(self) -> None:
        start = snapshot(8)
        await self.store.begin_chunk(NAME, start)
        apart = await self.store.load_apart(NAME)
        assert apart is not None
        self.benches.look_at(NAME, Stored(start, 0, [], []), apart)
        await self.version()

    async def version(self, clock: int = 2) -> None:
        version = b'{"clock":9,"term":1,"origin":1,"client_clock":1,"author":1,"time_ms":1,"ops":[%s]}'
        ops = (
            b'{"op":"put","id":"v%d","kind":"version","props":{"name":"n","clock":%d,"time_ms":1},'
            b'"lane":"meta"}' % (clock, clock)
        )
        self.benches.follow(NAME, [version % ops, version % b""])
        await self.benches.ask_next()
        await self.benches.ask_next()


def asking(scenario: Callable[[Asking], Awaitable[None]]) -> None:
    """Run a scenario in which the bench of clock 2 was asked for."""

    async def main() -> None:
        asking = Asking()
        await asking.look()
        assert asking.asked == [Wanted(NAME, 2)]
        await scenario(asking)

    run(main())


def test_a_bench_comes_in_pieces() -> None:
    """STAND-12"""

    async def scenario(asking: Asking) -> None:
        await asking.benches.take(Bench(NAME, 2, head(2), b'[{"id"', done=False))
        await asking.benches.take(Bench(NAME, 2, head(2), b':"a"}]'))
        stored = await asking.store.load_at(NAME, 2)
        assert stored is not None
        assert [bytes(raw) for raw in stored.records] == [b'{"id":"a"}']
        await asking.benches.ask_next()
        assert len(asking.asked) == 1

    asking(scenario)


def test_what_the_primary_lacks_is_not_asked_again() -> None:
    """STAND-12"""

    async def scenario(asking: Asking) -> None:
        await asking.benches.take(Bench(NAME, 2))
        await asking.benches.ask_next()
        await asking.version()
        assert len(asking.asked) == 1

    asking(scenario)


@pytest.mark.parametrize(
    ("piece", "why"),
    [
        (Bench(NAME, 3, head(3), b"[]"), "Nobody asked for the bench at 3 of 'lab'"),
        (Bench(NAME, 2, head(2), b"["), "The bench at 2 can't be read"),
    ],
)
def test_nothing_else_is_taken(piece: Bench, why: str) -> None:
    """STAND-12"""

    async def scenario(asking: Asking) -> None:
        with pytest.raises(BatchRefused, match=why):
            await asking.benches.take(piece)

    asking(scenario)


def test_a_bench_without_end_is_not_kept(caplog: pytest.LogCaptureFixture) -> None:
    """STAND-5, STAND-12: nor held; the next one is asked for."""

    async def scenario(asking: Asking) -> None:
        for _ in range(10):
            await asking.benches.take(Bench(NAME, 2, head(2), b"[" + b" " * SPACE, done=False))
            assert not asking.benches._pieces._data
        await asking.version(clock=3)
        assert len(asking.asked) == 1
        await asking.benches.take(Bench(NAME, 2, head(2), b"]"))
        await asking.benches.ask_next()
        assert asking.asked[1:] == [Wanted(NAME, 3)]
        await asking.benches.take(Bench(NAME, 3, head(3), b"[]"))
        apart = await asking.store.load_apart(NAME)
        assert apart is not None
        assert apart.kept == {3}

    asking(scenario)
    assert "The bench at change 2 of session lab takes more memory than memory-mb allows" in caplog.text


def test_moments_without_end_are_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optiverse_collab_server.standby.benches.LOOKED_FOR", 2)

    async def scenario(asking: Asking) -> None:
        await asking.version(3)
        await asking.version(4)
        assert asking.benches._looked_for == {(NAME, 2), (NAME, 3)}

    asking(scenario)


def test_a_damaged_bench_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    """STAND-12"""

    class Damaged(MemoryStore):
        async def load_at(self, session_id: str, clock: int, most: int = 0) -> StoredPast | None:
            raise DatabaseDamaged("part 1 is missing")

    async def main() -> None:
        assert [piece async for piece in pieces_of(Damaged(), NAME, 2)] == [Bench(NAME, 2)]

    run(main())
    assert "The bench at change 2 of session lab can't be copied" in caplog.text
    assert "part 1 is missing" in caplog.text
