"""The stream of changes that all servers make."""

from __future__ import annotations

import pytest

from optiverse_collab_server.storage.jetstream import changes
from optiverse_collab_server.storage.jetstream.changes import ChangeLog
from optiverse_collab_server.storage.jetstream.opening import open_stream
from optiverse_collab_server.storage.jetstream.stream import Unanswered
from tests.helpers import aio
from tests.helpers.nats_server import NatsServer, needs_nats

pytestmark = needs_nats


def test_each_change_follows_the_last_one(nats: NatsServer) -> None:
    """Of two at once, one is refused. Those before one can be dropped; it changes no number."""

    async def scenario() -> None:
        stream = await open_stream([nats.address], replicas=1)
        one, other = [await ChangeLog.find(stream.client, 1) for _ in range(2)]
        assert await one.read(0) == []
        assert await one.append(b"1", 0) == 1
        assert await other.append(b"2", 0) is None
        assert await other.append(b"2", 1) == 2
        assert [message.data for message in await one.read(0)] == [b"1", b"2"]
        assert await one.append(b"3", 2) == 3
        await one.drop(3)
        assert await other.append(b"4", 3) == 4
        assert [(found.sequence, found.data) for found in await other.read(1)] == [(3, b"3"), (4, b"4")]
        await stream.close()

    aio.run(scenario())


def test_a_log_that_is_gone_is_noticed(nats: NatsServer) -> None:
    """OWN-6: nothing gets into another one."""

    async def scenario() -> None:
        stream = await open_stream([nats.address], replicas=1)
        log = await ChangeLog.find(stream.client, 1)
        assert await log.is_there()
        await log._js.delete_stream(changes.NAME)
        with pytest.raises(Unanswered):
            await log.read(0)
        assert not await log.is_there()
        again = await log.again()
        assert again.id != log.id
        with pytest.raises(Unanswered):
            await log.append(b"late", 0)
        assert await again.read(0) == []
        await stream.close()

    aio.run(scenario())
