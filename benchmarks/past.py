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

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from benchmarks.bench import component, component_id, place
from benchmarks.loop import run
from benchmarks.targets import Target
from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.messages import SUBPROTOCOL, SyncRequest
from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.protocol.past import EntriesRequest, PastRequest
from optiverse_collab.core.records import Op, Put, Set
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Kept
from optiverse_collab_server.chunking import OpenChunk
from optiverse_collab_server.past import EVERY_MS
from optiverse_collab_server.storage import SqliteStore

SAVED_TOGETHER = 500
"""How many changes are stored at once while the session is made."""

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
        asyncio.run(_make(Path(folder), components, changes))
        with target(data=Path(folder)) as running:
            return run(_read(running, components + changes, reads))


async def _make(folder: Path, components: int, changes: int) -> None:
    """Write a session's database as the server would: its components first, and then moves."""
    store = SqliteStore(folder)
    history = History(History.empty("epoch"))
    chunk = OpenChunk(await store.begin_chunk("bench", history.snapshot()))
    for start in range(0, components + changes, SAVED_TOGETHER):
        last = min(start + SAVED_TOGETHER, components + changes)
        kept = [_accept(history, number, components) for number in range(start, last)]
        await store.append("bench", kept, history.names.take_new())
        chunk.add(kept)
        if chunk.is_full(components):
            builder = history.begin_chunk()
            chunk = OpenChunk(await store.begin_chunk("bench", builder.finished()))
            history.forget_names(builder.used)
    await store.close()


def _accept(history: History, number: int, components: int) -> Kept:
    op: Op = Set(component_id(number % components), {"pos": place(number)})
    if number < components:
        op = msgspec.convert(component(number), Put)
    change = PushedChange(number + 1, [op])
    return history.accept(origin_of("author"), (), "author", number, change, sent=history.clock).kept


async def _read(target: Target, clock: int, reads: int) -> Read:
    url = f"ws://127.0.0.1:{target.port}/ws/bench/reader"
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
