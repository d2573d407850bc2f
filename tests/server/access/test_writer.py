"""The thread that writes grants."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from optiverse_collab.errors import StorageError
from optiverse_collab_server.access.grants import StoredGrant
from optiverse_collab_server.access.writer import Writer
from tests.helpers.aio import run
from tests.helpers.grants import MemoryFile, grant


class SlowFile(MemoryFile):
    """A file that takes its time, or fails.

    Attributes:
        gate: writes wait until it is set.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.error: Exception | None = None

    def write(self, grants: Sequence[StoredGrant], forgotten: Sequence[str]) -> None:
        self.gate.wait(30)
        if self.error is not None:
            raise self.error
        super().write(grants, forgotten)


def test_writes_come_in_order_and_nobody_else_waits() -> None:
    async def main() -> None:
        file = SlowFile()
        writer = Writer(file)
        first, second = grant(id="1"), grant(id="2")
        writes = [asyncio.create_task(writer.write([one])) for one in (first, second)]
        await asyncio.sleep(0.01)
        assert not any(write.done() for write in writes)
        file.gate.set()
        await asyncio.gather(*writes)
        assert file.written == [[first], [second]]
        await writer.close(10)
        assert file.closed
        with pytest.raises(StorageError):
            await writer.write([first])

    run(main())


@pytest.mark.parametrize("error", [StorageError("The disk is full."), ZeroDivisionError()])
def test_who_waits_hears_of_errors_and_the_thread_lives(error: Exception) -> None:
    async def main() -> None:
        file = SlowFile()
        file.gate.set()
        file.error = error
        writer = Writer(file)
        with pytest.raises(type(error)):
            await writer.write([grant()])
        file.error = None
        await writer.write([grant()])
        await writer.close(10)

    run(main())


def test_a_disk_that_hangs_keeps_nobody_waiting_at_the_end() -> None:
    """CLOSE-3"""

    async def main() -> None:
        file = SlowFile()
        writer = Writer(file)
        write = asyncio.create_task(writer.write([grant()]))
        await asyncio.sleep(0)
        await writer.close(0.05)
        with pytest.raises(StorageError):
            await write
        file.gate.set()  # too late: nobody waits for it

    run(main())
