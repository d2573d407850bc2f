"""Changes of grants come one after the other: ACC-7 and ACC-11 of docs/protocol.md."""

from __future__ import annotations

import asyncio

from optiverse_collab_server.access.file import Outdated
from optiverse_collab_server.access.steps import step
from tests.helpers.aio import run


class Shared:
    """A number, which another process changes, too."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.known, self.stored = 1, 1

    async def load_again(self) -> None:
        self.known = self.stored

    @step
    async def add(self, number: int) -> int:
        wanted, known = self.known + number, self.known
        await asyncio.sleep(0)
        if known != self.stored:
            raise Outdated
        self.known = self.stored = wanted
        return wanted


def test_each_step_sees_what_the_last_one_did() -> None:
    """ACC-7."""

    async def main() -> None:
        shared = Shared()
        assert await asyncio.gather(*(shared.add(1) for _ in range(3))) == [2, 3, 4]

    run(main())


def test_a_step_that_another_process_overtook_starts_over() -> None:
    """ACC-11."""

    async def main() -> None:
        shared = Shared()
        shared.stored = 10
        assert await shared.add(1) == 11

    run(main())
