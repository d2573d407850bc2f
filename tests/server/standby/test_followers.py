"""What waits for standbys, and for how long: STAND-6 of docs/protocol.md."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any
from unittest import mock

import pytest

from optiverse_collab.core.server.standby_news import StandbyNews
from optiverse_collab.errors import StorageError
from optiverse_collab_server.standby import followers as module
from optiverse_collab_server.standby.followers import Followers, Mode
from tests.helpers.aio import run, until


def test_without_standbys_nothing_is_noted() -> None:
    """STAND-5: a server without one pays nothing."""

    async def main() -> None:
        alone = Followers()
        alone.stored("lab", 5)
        await alone.until_safe("lab", 5)
        assert (alone.lag, alone.lag_seconds, alone.count) == (0, 0, 0)

    run(main())


def test_each_change_waits_for_its_own_confirmation() -> None:
    """STAND-6"""

    async def main() -> None:
        pair = Followers(Mode.ALWAYS)
        waiting = {}
        for session, clock in (("lab", 1), ("lab", 2), ("other", 1)):
            pair.stored(session, clock)
            waiting[session, clock] = asyncio.create_task(pair.until_safe(session, clock))
        await asyncio.sleep(0)
        assert pair.lag == 3
        pair.confirm("lab", 1)
        await until(lambda: waiting["lab", 1].done())
        assert [one.done() for one in waiting.values()] == [True, False, False]
        pair.confirm("lab", 2)
        pair.confirm("lab", 1)  # late, from another standby
        await until(lambda: waiting["lab", 2].done())
        assert pair.lag == 1
        assert not waiting["other", 1].done()
        pair.confirm("other", 1)
        await waiting["other", 1]
        await pair.until_safe("other", 1)
        assert (pair.lag, pair.lag_seconds) == (0, 0)

    run(main())


def test_once_replaced_nothing_is_confirmed() -> None:
    """STAND-4"""

    async def main() -> None:
        pair = Followers(Mode.ALWAYS)
        pair.stored("lab", 1)
        gone, waiting = (asyncio.create_task(pair.until_safe("lab", 1)) for _ in range(2))
        await asyncio.sleep(0)
        gone.cancel()
        pair.refuse("It is over.")
        with pytest.raises(StorageError, match=r"It is over\."):
            await waiting

    run(main())


class Standby:
    """One that is connected."""

    def __init__(self, address: str = "") -> None:
        self.address = address

    def offer(self, *args: Any) -> None:
        """It hears of changes."""

    def offer_grants(self, ids: Iterable[str]) -> None:
        """It hears of grants."""


async def alone(clock: int, *receivers: Standby) -> Followers:
    """A server that has lost its patience with its standbys; one change is saved on it alone."""
    pair = Followers(Mode.PREFER)
    for receiver in receivers:
        pair.join(receiver)
    pair.stored("lab", clock)
    with mock.patch.object(module, "PREFER_SECONDS", 0.01):
        await asyncio.gather(*(pair.until_safe("lab", clock) for _ in range(3)))
    assert pair.is_alone
    return pair


async def waits(pair: Followers, clock: int) -> asyncio.Future[None] | None:
    """Whether the next change waits, and until when."""
    pair.stored("lab", clock)
    waiting = asyncio.ensure_future(pair.until_safe("lab", clock))
    await asyncio.sleep(0)
    return None if waiting.done() else waiting


async def nearly_back(standby: Standby) -> tuple[Followers, asyncio.Future[None]]:
    """Change 3 waits for a standby that is back, and change 2 was saved alone and is not there yet."""
    pair = await alone(1, standby)
    assert await waits(pair, 2) is None
    pair.has_every_session(standby, is_whole=True)
    pair.confirm("lab", 1)
    waiting = await waits(pair, 3)
    assert waiting is not None
    return pair, waiting


def test_all_go_on_together_without_a_preferred_standby() -> None:
    """STAND-6: the next ones don't wait at all."""

    async def main() -> None:
        standby = Standby()
        pair = await alone(1, standby)
        assert await waits(pair, 2) is None
        pair.has_every_session(standby, is_whole=True)
        was_alone = []
        for clock in (1, 2):
            pair.confirm("lab", clock)
            was_alone.append(pair.is_alone)
        assert was_alone == [True, False]
        assert await waits(pair, 3) is not None

    run(main())


def test_a_session_is_opened_sooner_without_a_preferred_standby(caplog: pytest.LogCaptureFixture) -> None:
    """STAND-6: those who join don't wait for as long."""

    async def main() -> None:
        pair = Followers(Mode.PREFER)
        pair.stored("lab", 1)
        await pair.until_safe("lab", 1, most_s=0.01)
        assert pair.is_alone

    run(main())
    assert caplog.text.count("No standby has answered for 0 s") == 1


def test_a_standby_without_every_session_is_not_back() -> None:
    """STAND-6: this server may have others on its disk, of which it knows nothing yet."""

    async def main() -> None:
        standby = Standby()
        pair = await alone(1, standby)
        pair.confirm("lab", 1)
        assert pair.is_alone
        assert await waits(pair, 2) is None
        pair.confirm("lab", 2)
        pair.has_every_session(Standby(), is_whole=True)  # which is gone
        assert pair.is_alone
        pair.has_every_session(standby, is_whole=True)
        assert not pair.is_alone

    run(main())


def test_a_standby_is_back_though_changes_never_pause() -> None:
    """STAND-6, STAND-8: changes wait again, and the server is alone until the earlier ones are there, too."""

    async def main() -> None:
        pair, waiting = await nearly_back(Standby())
        were_alone = pair.is_alone
        pair.confirm("lab", 2)
        assert (were_alone, pair.is_alone, waiting.done()) == (True, False, False)
        pair.confirm("lab", 3)
        await waiting

    run(main())


def test_a_standby_that_is_not_prompt_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """STAND-6: otherwise, all would wait for 10 s again and again."""

    async def main() -> None:
        standby = Standby()
        pair = await alone(1, standby)
        monkeypatch.setattr(module, "PROMPT_SECONDS", 0.0)
        assert await waits(pair, 2) is None
        pair.has_every_session(standby, is_whole=True)
        await asyncio.sleep(0.01)
        pair.confirm("lab", 1)
        assert await waits(pair, 3) is None
        monkeypatch.setattr(module, "PROMPT_SECONDS", 1000.0)
        pair.confirm("lab", 2)
        assert await waits(pair, 4) is not None

    run(main())


def test_a_standby_that_leaves_again_keeps_nobody_waiting() -> None:
    """STAND-6"""

    async def main() -> None:
        standby = Standby()
        pair, waiting = await nearly_back(standby)
        pair.leave(standby)
        await waiting
        pair.confirm("lab", 3)
        assert pair.is_alone

    run(main())


def test_another_standby_is_named_when_one_leaves() -> None:
    """STAND-9: if it can follow every session."""
    news = StandbyNews()

    async def main() -> None:
        pair = Followers(Mode.OFF, news)
        first, second, third = (Standby(f"wss://{name}:1") for name in ("first", "second", "third"))
        for standby, is_whole in ((first, True), (second, False), (third, True)):
            pair.join(standby)
            pair.has_every_session(standby, is_whole)
        named = []
        for standby in (second, first, third):
            named.append(news.address)
            pair.leave(standby)
        assert named == ["wss://first:1", "wss://first:1", "wss://third:1"]
        assert news.address == ""

    run(main())


def test_the_lag_grows_while_the_standby_is_away() -> None:
    """STAND-5: the metrics show it, though nothing waits."""

    async def main() -> None:
        pair = Followers()
        pair.confirm("lab", 1)
        pair.stored("lab", 4)
        await pair.until_safe("lab", 4)
        assert (pair.count, pair.lag) == (0, 3)
        assert pair.lag_seconds >= 0

    run(main())
