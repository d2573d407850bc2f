"""The line between the server and a worker."""

from __future__ import annotations

import asyncio
import socket
import sys

import pytest

from optiverse_collab_server.workers.link import Link, Word
from tests.helpers.aio import run, until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="only Unix hands connections over")


class Ends:
    """Both ends, and what each has heard."""

    def __init__(self) -> None:
        own, theirs = socket.socketpair()
        own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        self.heard: list[Word] = []
        self.handed: list[socket.socket] = []
        self.ended: list[str] = []
        self.server = Link(own, self._hear, lambda: self.ended.append("server"))
        self.theirs = theirs

    def answer(self) -> Link:
        """Let the worker read."""
        return Link(self.theirs, self._hear, lambda: self.ended.append("worker"))

    async def hand_over_many(self, connection: socket.socket) -> list[asyncio.Task[bool]]:
        """Hand over more than a worker that doesn't read can take."""
        many = [asyncio.create_task(self.server.hand_over(connection)) for _ in range(2000)]
        await asyncio.sleep(0.01)
        return many

    def _hear(self, word: Word, peer: socket.socket | None) -> None:
        self.heard.append(word)
        self.handed += [] if peer is None else [peer]


def test_words_and_connections_arrive_in_order() -> None:
    async def main() -> None:
        ends = Ends()
        worker = ends.answer()
        peer, own = socket.socketpair()
        with peer, own:
            ends.server.say(Word.GRANTS)
            assert await ends.server.hand_over(own)
            ends.server.say(Word.GRANTS)
            await until(lambda: len(ends.heard) == 3)
            assert ends.heard == [Word.GRANTS, Word.CONNECTION, Word.GRANTS]
            [handed] = ends.handed
            with handed:
                own.close()
                handed.sendall(b"hello")
                assert peer.recv(5) == b"hello"
        worker.say(Word.READY)
        await until(lambda: ends.heard[-1] is Word.READY)
        ends.server.finish()
        await until(lambda: ends.ended == ["worker", "server"])
        ends.server.finish()
        ends.server.close()
        worker.say(Word.READY)

    run(main())


def test_a_worker_that_does_not_read_is_waited_for() -> None:
    async def main() -> None:
        ends = Ends()
        peer, own = socket.socketpair()
        with peer, own:
            many = await ends.hand_over_many(own)
            waiting = [task for task in many if not task.done()]
            assert waiting
            waiting[0].cancel()
            worker = ends.answer()
            await asyncio.gather(*many, return_exceptions=True)
            await until(lambda: len(ends.handed) == len(many) - 1)
            for handed in ends.handed:
                handed.close()
            worker.close()

    run(main())


def test_what_a_dead_worker_did_not_get_is_not_handed_over() -> None:
    async def main() -> None:
        ends = Ends()
        peer, own = socket.socketpair()
        with peer, own:
            many = await ends.hand_over_many(own)
            ends.theirs.close()
            results = await asyncio.gather(*many)
            assert not results[-1]
            assert not await ends.server.hand_over(own)
            assert ends.ended == ["server"]

    run(main())


def test_a_line_that_is_broken_at_a_word_has_ended() -> None:
    async def main() -> None:
        ends = Ends()
        ends.theirs.close()
        ends.server.say(Word.GRANTS)
        assert ends.ended == ["server"]

    run(main())
