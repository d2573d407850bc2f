"""How long a newcomer waits for a large bench, with the real client code."""

from __future__ import annotations

from contextlib import AbstractContextManager
from time import perf_counter

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from benchmarks.loop import run
from benchmarks.participant import Participant
from benchmarks.targets import Target
from optiverse_collab.core.client.effects import Synced, Transmit
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.messages import SUBPROTOCOL


def measure(target: AbstractContextManager[Target], components: int) -> float:
    """Put a bench into a session, and join it.

    Returns:
        The time from the start of the connection until all records are in the view, in s.

    Raises:
        RuntimeError: some are missing.
    """
    with target as running:
        return run(_measure(running, components))


async def _measure(target: Target, components: int) -> float:
    author = Participant(0)
    await author.connect(target)
    await author.put(components)
    took = await join(target, "bench", components)
    author.close()
    return took


async def join(target: Target, session_id: str, components: int) -> float:
    """Join a session, and leave it.

    Returns:
        The time from the start of the connection until all records are in the view, in s.

    Raises:
        RuntimeError: some are missing.
    """
    start = perf_counter()
    session = await _joined(target.port, session_id)
    took = perf_counter() - start
    if len(session.replica.view) != components:
        raise RuntimeError(f"Only {len(session.replica.view)} of {components} components arrived.")
    return took


async def _joined(port: int, session_id: str) -> SessionClient:
    session = SessionClient("newcomer", Replica("newcomer"))
    subprotocols = [Subprotocol(SUBPROTOCOL)]
    url = f"ws://127.0.0.1:{port}/ws/{session_id}/newcomer"
    async with connect(url, subprotocols=subprotocols, compression=None, ping_interval=None) as ws:
        session.opened(perf_counter() * 1000)
        while True:
            text = await ws.recv(decode=True)
            for effect in session.receive(text, perf_counter() * 1000):
                if isinstance(effect, Transmit):
                    await ws.send(encode(effect.message))
                elif isinstance(effect, Synced):
                    return session
