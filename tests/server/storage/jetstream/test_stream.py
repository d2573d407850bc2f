"""Signs of life in the stream (OWN-5), and whether it is still there."""

from __future__ import annotations

import pytest
from nats.js.errors import ServiceUnavailableError

from optiverse_collab_server.storage.jetstream.opening import open_stream
from optiverse_collab_server.storage.jetstream.stream import NAME, Unanswered, explained
from tests.helpers import aio
from tests.helpers.nats_server import NatsServer, needs_nats

pytestmark = needs_nats


def test_an_earlier_run_of_a_live_server_is_dead(nats: NatsServer) -> None:
    async def scenario() -> None:
        one = await open_stream([nats.address], replicas=1)
        assert not await one.sign_of("a", "run 1")
        await one.beat("a", "run 1")
        first = await one.sign_of("a", "run 1")
        await one.beat("a", "run 1")
        assert 0 < first < await one.sign_of("a", "run 1")
        await one.beat("a", "run 2")
        assert not await one.sign_of("a", "run 1")
        await one.close()
        await one.close()

    aio.run(scenario())


def test_a_stream_knows_whether_it_was_replaced(nats: NatsServer) -> None:
    """OWN-6"""

    async def scenario() -> None:
        one = await open_stream([nats.address], replicas=1)
        assert await one.is_there()
        await one._js.delete_stream(NAME)
        assert not await one.is_there()
        other = await open_stream([nats.address], replicas=1)
        assert other.id != one.id
        assert other.age_s < 60
        assert not await one.is_there()
        await one.close()
        await other.close()

    aio.run(scenario())


def test_nobody_behind_the_connection_is_no_answer() -> None:
    """OWN-3: which nats-py says without a number."""
    with pytest.raises(Unanswered), explained():
        raise ServiceUnavailableError
