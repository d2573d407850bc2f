"""The connection to NATS, and the stream."""

from __future__ import annotations

import asyncio

import pytest

from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.jetstream import opening
from optiverse_collab_server.storage.jetstream.opening import open_stream
from optiverse_collab_server.storage.jetstream.stream import Unanswered
from tests.helpers import aio
from tests.helpers.nats_server import NatsServer, free_port, needs_nats

pytestmark = needs_nats


def test_what_does_not_answer_is_named_without_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "CONNECT_SECONDS", 0.3)
    place = f"127.0.0.1:{free_port()}"
    with pytest.raises(StorageError, match=f"No NATS server answers at {place}; start one"):
        aio.run(open_stream([f"nats://ann:secret@{place}"], replicas=1))


def test_too_few_servers_for_the_replicas_are_refused(nats: NatsServer) -> None:
    with pytest.raises(StorageError, match=r"can't keep 3 copies of the sessions .*--replicas"):
        aio.run(open_stream([nats.address], replicas=3))


def test_a_stream_with_too_few_replicas_is_refused(nats: NatsServer) -> None:
    async def scenario() -> None:
        await (await open_stream([nats.address], replicas=1)).close()
        with pytest.raises(
            StorageError, match=r"keeps 1 copies .* asks for 3; change that with `nats stream"
        ):
            await open_stream([nats.address], replicas=3)

    aio.run(scenario())


def test_servers_that_start_together_make_one_stream(nats: NatsServer) -> None:
    """All but the first find that it was made meanwhile."""

    async def scenario() -> None:
        found = await asyncio.gather(*(open_stream([nats.address], replicas=1) for _ in range(6)))
        await found[0].beat("a", "run 1")
        assert all([await one.sign_of("a", "run 1") for one in found])
        for one in found:
            await one.close()

    aio.run(scenario())


def test_nats_that_takes_short_messages_is_refused(nats: NatsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "PART_BYTES", 1_000_000)
    with pytest.raises(StorageError, match=r"up to 1,048,576 bytes, .*`max_payload: 1MB`"):
        aio.run(open_stream([nats.address], replicas=1))


def test_nats_that_elects_its_leaders_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a power cut, servers and NATS start at the same time. The wait ends nevertheless."""
    monkeypatch.setattr(opening, "ELECTION_SECONDS", 0.2)
    monkeypatch.setattr(opening, "PAUSE_SECONDS", 0.01)
    answers = iter([False, False, True])

    async def ask() -> str:
        if not next(answers, False):
            raise Unanswered
        return "found"

    assert aio.run(opening.patiently(ask)) == "found"
    with pytest.raises(Unanswered):
        aio.run(opening.patiently(ask))
