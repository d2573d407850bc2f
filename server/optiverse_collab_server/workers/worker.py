"""A worker process, seen from the one that started it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence

from optiverse_collab.errors import StorageError
from optiverse_collab_server.workers.link import Link, Word

STOP_SECONDS = 4.5
"""How long a worker may take to end (CLOSE-3)."""

PAUSE_SECONDS = 0.2, 5.0
"""How long to wait before a worker is started again: the first time, and at most."""

log = logging.getLogger("optiverse_collab_server")


class Worker:
    """A process that has one shard. When it ends, another one takes its place.

    Args:
        number: counted from 1.
        command: starts the process; the number of the descriptor of its line comes after it.
        job: what it reads from standard input.
        grants_changed: called when it has changed grants.

    Attributes:
        number: as given.
        is_late: whether it can't save at the moment.
        failed: whether it did not end as it should.
    """

    def __init__(
        self, number: int, command: Sequence[str], job: bytes, grants_changed: Callable[[Worker], None]
    ) -> None:
        self.number = number
        self._command, self._job, self._grants_changed = command, job, grants_changed
        self.is_late = self.failed = False
        self._link: Link | None = None
        self._serves = asyncio.Event()
        self._stopping = asyncio.Event()
        self._process: Process | None = None

    @property
    def is_ready(self) -> bool:
        """Whether it serves, and can save."""
        return self._serves.is_set() and not self.is_late

    async def started(self) -> None:
        """Wait until it serves."""
        await self._serves.wait()

    async def run(self) -> None:
        """Start the process, and start it again whenever it ends, until `stop`.

        Raises:
            StorageError: the first one ended before it served.
        """
        shortest, longest = PAUSE_SECONDS
        pause, was_started = shortest, False
        while not self._stopping.is_set():
            try:
                has_served = await self._live()
            except OSError as error:  # the system has no room for another process
                log.error("Worker %d can't be started: %s", self.number, error.strerror)
                has_served = False
            if self._stopping.is_set():
                return
            was_started = was_started or has_served
            if not was_started:
                raise StorageError(f"Worker {self.number} did not start; the lines above say why.")
            log.error("Worker %d ended; its sessions continue when it is up again", self.number)
            pause = shortest if has_served else min(2 * pause, longest)
            await asyncio.sleep(pause)

    async def hand_over(self, peer: socket.socket) -> None:
        """Give it a connection, as soon as it serves. The caller closes its own copy."""
        while True:
            await self._serves.wait()
            if self._link is not None and await self._link.hand_over(peer):
                return

    def look_at_grants(self) -> None:
        """Others have changed grants."""
        if self._link is not None:
            self._link.say(Word.GRANTS)

    async def stop(self) -> None:
        """End the process: it stores everything and says goodbye to its participants."""
        self._stopping.set()
        if self._link is None or self._process is None:
            return
        self._link.finish()
        try:
            await asyncio.wait_for(asyncio.shield(self._process.wait()), STOP_SECONDS)
        except asyncio.TimeoutError:
            log.error("Worker %d does not end, and is killed", self.number)
            self.kill()

    def kill(self) -> None:
        """End the process at once."""
        self.failed = True
        self._stopping.set()
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def _live(self) -> bool:
        """One life of the process; returns whether it has served."""
        own, theirs = socket.socketpair()
        with theirs, contextlib.ExitStack() as undo:
            undo.enter_context(own)
            line = theirs.fileno()
            process = await asyncio.create_subprocess_exec(
                *self._command, str(line), stdin=PIPE, pass_fds=[line]
            )
            undo.pop_all()
        self._process, self.is_late = process, False
        self._link = Link(own, self._hear, self._serves.clear)
        assert process.stdin is not None
        process.stdin.write(self._job)
        process.stdin.close()
        if self._stopping.is_set():
            self._link.finish()
        log.info("Worker %d is process %d", self.number, process.pid)
        self._has_served = False
        code = await process.wait()
        self._serves.clear()
        self._link.close()
        self.failed = self.failed or bool(self._stopping.is_set() and code)
        return self._has_served

    def _hear(self, word: Word, peer: socket.socket | None) -> None:
        if word is Word.GRANTS:
            self._grants_changed(self)
            return
        self.is_late = word is Word.LATE
        self._has_served = True
        self._serves.set()
