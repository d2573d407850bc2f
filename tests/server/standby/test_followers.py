"""What waits for standbys, and for how long: STAND-6 of docs/protocol.md."""

from __future__ import annotations

import asyncio

import pytest

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


def test_all_go_on_together_without_a_preferred_standby(monkeypatch: pytest.MonkeyPatch) -> None:
    """STAND-6: the next ones don't wait at all."""
    monkeypatch.setattr(module, "PREFER_SECONDS", 0.05)

    async def main() -> None:
        pair = Followers(Mode.PREFER)
        pair.stored("lab", 1)
        await asyncio.gather(*(pair.until_safe("lab", 1) for _ in range(3)))
        assert pair.is_alone
        monkeypatch.setattr(module, "PREFER_SECONDS", 1000)
        pair.stored("lab", 2)
        await pair.until_safe("lab", 2)
        pair.confirm("lab", 1)
        assert pair.is_alone
        pair.confirm("lab", 2)
        assert not pair.is_alone

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
