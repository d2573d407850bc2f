"""Waiting for tasks: a cancellation always gets through, and nothing is left running."""

from __future__ import annotations

import asyncio

import pytest

from optiverse_collab.drivers.aio.connection import first_of, within
from tests.helpers.aio import run


def test_a_cancellation_is_never_swallowed() -> None:
    """STAND-2: not even one that comes together with the result."""

    async def main() -> None:
        for turns in range(6):
            arrived = asyncio.get_running_loop().create_future()

            async def forever(arrived: asyncio.Future[None] = arrived) -> None:
                await within(1.0, asyncio.wait_for(arrived, None))
                await asyncio.Event().wait()

            task = asyncio.create_task(forever())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            arrived.set_result(None)
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()

    run(main())


def test_work_that_takes_too_long_is_cancelled() -> None:
    async def main() -> None:
        ended: list[str] = []

        async def slow() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("slow")

        with pytest.raises(asyncio.TimeoutError):
            await within(0.01, slow())
        await asyncio.sleep(0)
        assert ended == ["slow"]

    run(main())


def test_the_first_to_end_ends_the_others() -> None:
    """With its error, and only after they have tidied up."""

    async def main() -> None:
        ended: list[str] = []

        async def long() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                ended.append("long")

        async def failing() -> None:
            await asyncio.sleep(0)
            raise ValueError("it broke")

        with pytest.raises(ValueError, match="it broke"):
            await first_of(long(), failing(), long())
        assert ended == ["long", "long"]
        await first_of(long(), asyncio.sleep(0))
        assert len(ended) == 3

    run(main())
