"""Whether another server lives (OWN-5)."""

from __future__ import annotations

import asyncio
import time

import pytest

from optiverse_collab_server.storage.jetstream import signs
from tests.helpers import aio
from tests.helpers.nats_server import needs_nats
from tests.helpers.storage import snapshot
from tests.server.storage.jetstream.conftest import Opened

pytestmark = needs_nats


@pytest.mark.usefixtures("short_lives")
def test_a_server_waits_until_it_knows_who_lives(opened: Opened) -> None:
    """Until the owner gives another sign of life, or the last one ends."""

    async def scenario() -> None:
        async with opened("a") as ann, opened("b") as bob:
            await ann.begin_chunk("bench", snapshot())
            assert await bob.elsewhere("bench") == "a"
            ann._beating.cancel()
            bob._owned.signs._fresh_s.clear()
            assert await bob.elsewhere("bench") == ""
            assert await bob.load("bench") is not None
            assert await bob.elsewhere("bench") == ""

    aio.run(scenario())


def test_many_who_ask_do_not_all_wait(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one of them learned is known for a while."""
    monkeypatch.setattr(signs, "BEAT_SECONDS", 60.0)

    async def scenario() -> None:
        async with opened("a") as ann, opened("b") as bob:
            await ann.begin_chunk("bench", snapshot())
            await bob.elsewhere("bench")
            ann._beating.cancel()
            began_s = time.monotonic()
            assert await asyncio.gather(*(bob.elsewhere("bench") for _ in range(20))) == ["a"] * 20
            assert time.monotonic() - began_s < 30

    aio.run(scenario())
