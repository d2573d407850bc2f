"""Changes of grants, one after the other, also where several processes share their file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from optiverse_collab_server.access.file import Outdated


class Book(Protocol):
    """The grants that a step changes."""

    turn: asyncio.Lock

    async def load_again(self) -> None:
        """Apply what other processes have written."""


B = TypeVar("B", bound=Book)
P = ParamSpec("P")
T = TypeVar("T")


def step(
    change: Callable[Concatenate[B, P], Awaitable[T]],
) -> Callable[Concatenate[B, P], Coroutine[Any, Any, T]]:
    """Make a method one step, judged by the result of the last one.

    If another process has written first, the step starts over with what that one wrote.
    """

    @wraps(change)
    async def alone(book: B, /, *args: P.args, **kwargs: P.kwargs) -> T:
        async with book.turn:
            while True:
                try:
                    return await change(book, *args, **kwargs)
                except Outdated:
                    await book.load_again()

    return alone
