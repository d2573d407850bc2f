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
    """Append one by one; each 40th clock also makes a snapshot, while appending goes on."""
    store = SqliteStore(folder)
    if await store.load(SESSION) is None:
        await store.save_snapshot(SESSION, snapshot(0, records=1))
    clock = await clock_of(store, SESSION)
    saving: asyncio.Task[None] | None = None
    while True:
        clock += 1
        await store.append(SESSION, [entry(clock)])
        sys.stdout.write(f"{clock}\n")
        sys.stdout.flush()
        if clock % 40 == 0 and (saving is None or saving.done()):
            saving = asyncio.ensure_future(store.save_snapshot(SESSION, snapshot(clock, records=1500)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
