"""The line between the process that accepts connections and one of its workers: words of one byte."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple


class Word(bytes, Enum):
    """A message."""

    CONNECTION = b"c"
    """To a worker, with a socket: serve this connection."""
    GRANTS = b"g"
    """Grants have changed: look at their file. The worker that did it says so, and all others hear it."""
    READY = b"r"
    """From a worker: it serves."""
    LATE = b"l"
    """From a worker: its disk doesn't answer."""


class _Waiting(NamedTuple):
    word: Word
    handed: socket.socket | None
    sent: asyncio.Future[bool] | None


class Link:
    """One end of the line.

    Args:
        end: of a pair of Unix sockets.
        heard: called with each word, and the socket that came with it.
        ended: called once, when the other process has ended or closed the line.
    """

    def __init__(
        self,
        end: socket.socket,
        heard: Callable[[Word, socket.socket | None], None],
        ended: Callable[[], None],
    ) -> None:
        end.setblocking(False)
        self._end, self._heard, self._ended = end, heard, ended
        self._waiting: deque[_Waiting] = deque()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(end.fileno(), self._read)
        self._is_open = True

    def say(self, word: Word) -> None:
        """Send a word, at once or after what waits; to nobody if the other process has ended."""
        if self._is_open:
            self._waiting.append(_Waiting(word, None, None))
            self._write()

    async def hand_over(self, peer: socket.socket) -> bool:
        """Give a connection to the worker; returns whether it was sent. The caller closes its own copy."""
        if not self._is_open:
            return False
        sent: asyncio.Future[bool] = self._loop.create_future()
        waiting = _Waiting(Word.CONNECTION, peer, sent)
        self._waiting.append(waiting)
        self._write()
        try:
            return await sent
        finally:
            with contextlib.suppress(ValueError):  # it was sent
                self._waiting.remove(waiting)

    def finish(self) -> None:
        """Say that nothing more comes: the worker ends."""
        if self._is_open:
            with contextlib.suppress(OSError):  # it has ended already
                self._end.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Close this end; connections that were not handed over are not."""
        if not self._is_open:
            return
        self._is_open = False
        self._loop.remove_reader(self._end.fileno())
        self._loop.remove_writer(self._end.fileno())
        self._end.close()
        for waiting in self._waiting:
            _settle(waiting, was_sent=False)
        self._waiting.clear()

    def _write(self) -> None:
        while self._is_open and self._waiting:
            waiting = self._waiting[0]
            try:
                if waiting.handed is None:
                    self._end.send(waiting.word)
                else:
                    socket.send_fds(self._end, [waiting.word], [waiting.handed.fileno()])
            except BlockingIOError:
                self._loop.add_writer(self._end.fileno(), self._write)
                return
            except OSError:
                self._lose()
                return
            _settle(self._waiting.popleft(), was_sent=True)
        if self._is_open:
            self._loop.remove_writer(self._end.fileno())

    def _read(self) -> None:
        try:
            word, descriptors, _, _ = socket.recv_fds(self._end, 1, 1)
        except BlockingIOError:
            return
        except OSError:
            word, descriptors = b"", []
        if not word:
            self._lose()
            return
        self._heard(Word(word), socket.socket(fileno=descriptors[0]) if descriptors else None)

    def _lose(self) -> None:
        self.close()
        self._ended()


def _settle(waiting: _Waiting, was_sent: bool) -> None:
    if waiting.sent is not None and not waiting.sent.done():
        waiting.sent.set_result(was_sent)
