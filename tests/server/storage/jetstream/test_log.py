"""A session's log while NATS fails (OWN-3)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from optiverse_collab_server.storage.api import Elsewhere
from optiverse_collab_server.storage.jetstream import log, stream
from optiverse_collab_server.storage.jetstream.log import SessionLog
from optiverse_collab_server.storage.jetstream.stream import Unanswered
from tests.helpers import aio
from tests.helpers.nats_server import NatsServer, needs_nats
from tests.helpers.storage import content, content_of, entries, entry, snapshot
from tests.server.storage.jetstream.conftest import Opened

pytestmark = needs_nats


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(log, "PAUSE_SECONDS", 0.05)


def test_an_append_waits_until_nats_is_back(opened: Opened, nats: NatsServer) -> None:
    """OWN-3, DUR-6: and is in the log once; what NATS confirmed before is still there."""

    async def scenario() -> None:
        async with opened("a") as ann:
            await ann.begin_chunk("bench", snapshot())
            await ann.append("bench", [entry(1)])
            nats.kill()
            waiting = asyncio.ensure_future(ann.append("bench", [entry(2)]))
            done, _ = await asyncio.wait([waiting], timeout=1.0)
            assert not done
            nats.start()
            await waiting
            await ann.append("bench", [entry(3)])
            assert await content_of(ann, "bench") == content(snapshot(), entries(1, 3))

    aio.run(scenario())


def test_an_append_that_nats_confirms_late_is_there_once(opened: Opened, nats: NatsServer) -> None:
    """OWN-3: NATS stores an attempt whose answer nobody awaits any more, and then refuses the next one."""

    async def scenario() -> None:
        async with opened("a") as ann:
            await ann.begin_chunk("bench", snapshot())
            nats.pause()
            waiting = asyncio.ensure_future(ann.append("bench", [entry(1)]))
            done, _ = await asyncio.wait([waiting], timeout=1.0)
            assert not done
            nats.resume()
            await waiting
            await ann.append("bench", [entry(2)])
            assert await content_of(ann, "bench") == content(snapshot(), entries(1, 2))

    aio.run(scenario())


def test_long_contents_stand_in_parts(opened: Opened, nats: NatsServer) -> None:
    """They are stored once NATS is back, too."""
    long = entries(1, 3, "x" * stream.PART_BYTES)

    async def scenario() -> None:
        async with opened("a") as ann:
            await ann.begin_chunk("bench", snapshot())
            nats.kill()
            waiting = asyncio.ensure_future(ann.append("bench", long))
            done, _ = await asyncio.wait([waiting], timeout=0.5)
            assert not done
            nats.start()
            await waiting
            assert await content_of(ann, "bench") == content(snapshot(), long)

    aio.run(scenario())


def test_nothing_late_gets_into_another_stream(opened: Opened, nats: NatsServer) -> None:
    """OWN-6: nothing is acknowledged if the stream was deleted, whatever is in a new one."""

    async def scenario() -> None:
        async with opened("a") as ann:
            await ann.begin_chunk("bench", snapshot())
            await ann._stream._js.delete_stream(stream.NAME)
            async with opened("b") as bob:
                await bob.begin_chunk("bench", snapshot())
                waiting = asyncio.ensure_future(ann.append("bench", [entry(1, "lost")]))
                done, _ = await asyncio.wait([waiting], timeout=1.0)
                assert not done
                waiting.cancel()
                assert await content_of(bob, "bench") == content(snapshot())

    aio.run(scenario())


def test_a_session_of_a_deleted_stream_is_not_new(opened: Opened) -> None:
    """OWN-6: before this server notices, nobody gets another history under its name."""

    async def scenario() -> None:
        async with opened("a") as ann:
            await ann.begin_chunk("bench", snapshot())
            ann._beating.cancel()
            await ann._stream._js.delete_stream(stream.NAME)
            async with opened("b"):
                with pytest.raises(Unanswered):
                    await ann.load("bench")

    aio.run(scenario())


def test_nobody_waits_for_a_log_that_was_deleted(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """OWN-6: while it was given up, or taken."""
    monkeypatch.setattr("optiverse_collab_server.storage.jetstream.store.CLOSE_SECONDS", 0.1)

    async def scenario() -> None:
        async with opened("a") as ann, opened("b") as bob:
            for one in (ann, bob):
                one._beating.cancel()
            await ann.begin_chunk("bench", snapshot())
            await bob.begin_chunk("other", snapshot())
            with monkeypatch.context() as patch:
                patch.setattr(SessionLog, "take", take := Paused(SessionLog.take))
                taking = asyncio.ensure_future(ann.seize("other"))
                await take.begun.wait()
                await ann._stream._js.delete_stream(stream.NAME)
                async with opened("c"):
                    await ann.release("bench")  # it goes on
                    take.may_go_on.set()
                    await asyncio.sleep(0.1)
                    await ann.beat()
                    with pytest.raises(Elsewhere):
                        await taking
                    assert await ann.load("bench") is None
                    assert await ann.load("other") is None

    aio.run(scenario())


class Paused:
    """A method that waits before it begins."""

    def __init__(self, method: Callable[[SessionLog], Awaitable[None]]) -> None:
        self.begun, self.may_go_on = asyncio.Event(), asyncio.Event()
        self._method = method

    def __get__(self, log: SessionLog, kind: type) -> Callable[[], Awaitable[None]]:
        async def call() -> None:
            self.begun.set()
            await self.may_go_on.wait()
            await self._method(log)

        return call
