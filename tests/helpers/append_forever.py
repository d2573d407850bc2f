"""A process that appends to a session until it is killed, and prints each clock once it is acknowledged.

python -m tests.helpers.append_forever FOLDER
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from optiverse_collab_server.storage import SqliteStore
from tests.helpers.storage import clock_of, entry, snapshot

SESSION = "bench"


async def main(folder: Path) -> None:
    """Append one by one; each 40th clock begins a chunk, while the last chunk is being packed."""
    store = SqliteStore(folder)
    if await store.load(SESSION) is None:
        await store.begin_chunk(SESSION, snapshot(0, records=1))
    clock = await clock_of(store, SESSION)
    beginning: asyncio.Task[int] | None = None
    while True:
        clock += 1
        await store.append(SESSION, [entry(clock)])
        sys.stdout.write(f"{clock}\n")
        sys.stdout.flush()
        if clock % 40 == 0 and (beginning is None or beginning.done()):
            beginning = asyncio.ensure_future(store.begin_chunk(SESSION, snapshot(clock, records=1500)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
