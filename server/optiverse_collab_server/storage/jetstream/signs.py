"""Which other servers live, as their signs of life say (OWN-5): hints whether to take a session."""

from __future__ import annotations

import asyncio
from math import inf

from optiverse_collab_server.storage.jetstream.log import PAUSE_SECONDS, Node
from optiverse_collab_server.storage.jetstream.records import Kind, LogRecord
from optiverse_collab_server.storage.jetstream.stream import ALIVE_SECONDS, Stream

BEAT_SECONDS = ALIVE_SECONDS / 4
"""How often a server gives a sign of life."""


class Signs:
    """The signs of life of other servers.

    Args:
        stream: has them.
        node: this server.
    """

    def __init__(self, stream: Stream, node: Node) -> None:
        self._stream, self._node = stream, node
        self._fresh_s: dict[str, float] = {}  # run → when this server last saw a new sign

    async def of_owner(self, last: LogRecord) -> int:
        """The number of the last sign of another server that owns a log; 0 if the log may be taken.

        Args:
            last: the log's last record.

        Raises:
            StorageError: NATS does not answer.
        """
        is_ours = last.node == self._node.name  # a run of ours that has ended
        return 0 if is_ours or last.kind is Kind.FREE else await self._stream.sign_of(last.node, last.run)

    async def owner_lives(self, last: LogRecord) -> bool:
        """Whether another server owns a log and lives; waits for another sign, or until the last one ends.

        Args:
            last: the log's last record.

        Raises:
            StorageError: NATS does not answer.
        """
        loop, first = asyncio.get_running_loop(), 0
        while sign := await self.of_owner(last):
            if first not in (0, sign):
                self._fresh_s[last.run] = loop.time()
            if loop.time() - self._fresh_s.get(last.run, -inf) < 2 * BEAT_SECONDS:
                return True
            first = first or sign
            await asyncio.sleep(PAUSE_SECONDS)
        return False
