"""How long it takes to read a session as it was: a bench at any clock, and what was done after it."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from benchmarks.loop import run
from benchmarks.made import make
from benchmarks.targets import Target
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.messages import SUBPROTOCOL, SyncRequest
from optiverse_collab.core.protocol.past import EntriesRequest, PastRequest
from optiverse_collab_server.past import EVERY_MS

SESSION = "bench"

SPAN = 1_000
"""How many changes are read."""


_LAST = re.compile(r'"done":true')
_REFUSED = re.compile(r'^{"type":"(past:refused|error)"')


@dataclass(frozen=True)
class Read:
    """What a run showed, in ms from the request until its last page.

    Attributes:
        join: a newcomer's, for all records as they are now.
        benches: for all records at clocks drawn by chance.
        changes: for the `SPAN` changes after such a clock.
    """

    join: float
    benches: Sequence[float]
    changes: Sequence[float]


def measure(
    target: Callable[..., AbstractContextManager[Target]], components: int, changes: int, reads: int
) -> Read:
    """Make a session in which components are moved all the time, serve it, and read its past.

    Args:
        target: starts the server; takes the folder with its `data`.
        components: on the bench.
        changes: that follow.
        reads: how often each kind of question is asked.
    """
    with TemporaryDirectory() as folder:
        asyncio.run(make(Path(folder), [SESSION], components, changes))
        with target(data=Path(folder)) as running:
            return run(_read(running, components + changes, reads))


async def _read(target: Target, clock: int, reads: int) -> Read:
    url = f"ws://127.0.0.1:{target.port}/ws/{SESSION}/reader"
    chance = random.Random(0)
    subprotocols = [Subprotocol(SUBPROTOCOL)]
    async with connect(
        url, subprotocols=subprotocols, compression=None, ping_interval=None, max_size=None
    ) as ws:
        join = await _answer(ws, SyncRequest("reader"))
        benches, changes = [], []
        for number in range(reads):
            at = chance.randrange(clock - SPAN)
            await asyncio.sleep(EVERY_MS / 1000)
            benches.append(await _answer(ws, PastRequest(number, at)))
            await asyncio.sleep(EVERY_MS / 1000)
            changes.append(await _answer(ws, EntriesRequest(number, at, at + SPAN)))
    return Read(join, sorted(benches), sorted(changes))


async def _answer(ws: ClientConnection, request: SyncRequest | PastRequest | EntriesRequest) -> float:
    """Ask, and wait for the last page of the answer; how many ms that took.

    Raises:
        RuntimeError: the answer was no.
    """
    start = perf_counter()
    await ws.send(encode(request))
    while True:
        text = await ws.recv(decode=True)
        if _REFUSED.search(text):
            raise RuntimeError(f"{request} was answered by {text}")
        if _LAST.search(text):
            return (perf_counter() - start) * 1000
