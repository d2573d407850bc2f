"""Run a coroutine in a test, with a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

DEADLINE_S = 30.0
"""The longest that a test waits for anything; a machine under load needs seconds, not milliseconds."""


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run `coroutine` to its end, or fail after `DEADLINE_S`."""

    async def main() -> T:
        return await asyncio.wait_for(coroutine, DEADLINE_S)

    return asyncio.run(main())


async def until(condition: Callable[[], object]) -> None:
    """Let others run until `condition` is true; `run` sets the deadline."""
    while not condition():  # noqa: ASYNC110 - what a test waits for has no event
        await asyncio.sleep(0.005)
