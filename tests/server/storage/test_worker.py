"""The storage thread: jobs that wait together are one transaction, and one that fails harms no other."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.database import Database, Steps
from optiverse_collab_server.storage.schema import FILE_NAME, open_database
from optiverse_collab_server.storage.worker import AppendJob, CloseJob, StepsJob, Worker
from tests.helpers.aio import run
from tests.helpers.storage import commits_in, end_of, entry, snapshot


class Bench:
    """A worker on a database with the sessions "a" and "b"."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / f"{FILE_NAME}-wal"
        self.database = Database(open_database(folder, interrupted=False), folder / FILE_NAME)
        for name in ("a", "b"):
            for _ in self.database.save(name, snapshot()):
                pass
        self.worker = Worker(self.database, self.database.close)

    def append(self, session_id: str, clock: int) -> asyncio.Future[None]:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.worker.submit(AppendJob(session_id, [entry(clock)], future))
        return future

    def steps(self, steps: Steps[object]) -> asyncio.Future[object]:
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self.worker.submit(StepsJob(steps, future))
        return future

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """The thread does nothing until the end of this."""
        entered, go_on = threading.Event(), threading.Event()

        def wait() -> Steps[object]:
            entered.set()
            yield from ()
            return go_on.wait(20)

        self.steps(wait())
        assert entered.wait(20)
        try:
            yield
        finally:
            go_on.set()

    async def close(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.worker.submit(CloseJob(future))
        await future
        self.worker.join()


@contextlib.asynccontextmanager
async def bench(folder: Path) -> AsyncIterator[Bench]:
    """A `Bench` that is closed at the end."""
    made = Bench(folder)
    try:
        yield made
    finally:
        await made.close()


def test_what_waits_together_is_committed_together(tmp_path: Path) -> None:
    """DUR-2"""

    async def scenario() -> None:
        async with bench(tmp_path) as made:
            before = commits_in(made.log)
            with made.held():
                waiting = [made.append(name, clock) for clock in range(1, 21) for name in "ab"]
            await asyncio.gather(*waiting)
            assert commits_in(made.log) == before + 1

    run(scenario())


def test_one_that_fails_alone_leaves_the_rest_of_its_group(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as made:
            with made.held():
                waiting = [made.append("a", 1), made.append("b", 7), made.append("b", 1), made.append("a", 2)]
            outcomes = await asyncio.gather(*waiting, return_exceptions=True)
            assert [type(outcome) for outcome in outcomes] == [type(None), StorageError, *[type(None)] * 2]

    run(scenario())


def test_appends_go_between_the_steps_of_what_takes_long(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as made:
            loop = asyncio.get_running_loop()
            first = asyncio.Event()
            appended = threading.Event()

            def long() -> Steps[bool]:
                loop.call_soon_threadsafe(first.set)
                while not appended.is_set():
                    yield
                return True

            done = made.steps(long())
            await first.wait()
            await made.append("a", 1)
            assert not done.done()
            appended.set()
            assert await done

    run(scenario())


def test_long_jobs_are_done_one_after_another(tmp_path: Path) -> None:
    async def scenario() -> None:
        seen = []

        def long(name: str) -> Steps[None]:
            for _ in range(3):
                seen.append(name)
                yield

        async with bench(tmp_path) as made:
            await asyncio.gather(made.steps(long("x")), made.steps(long("y")))
        assert seen == ["x"] * 3 + ["y"] * 3

    run(scenario())


def test_a_fault_is_told_and_the_thread_goes_on(tmp_path: Path) -> None:
    def faulty() -> Steps[None]:
        yield
        raise ValueError("fault")

    async def scenario() -> None:
        async with bench(tmp_path) as made:
            with pytest.raises(ValueError, match="fault"):
                await made.steps(faulty())
            wrong: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            made.worker.submit(AppendJob("a", [None], wrong))  # type: ignore[list-item]
            with pytest.raises(AttributeError):
                await wrong
            await made.append("a", 1)

    run(scenario())


def test_a_loop_that_is_gone_is_no_trouble(tmp_path: Path) -> None:
    made = Bench(tmp_path)

    async def ask_and_leave() -> None:
        with made.held():
            made.append("a", 1)

    async def go_on() -> None:
        await made.append("a", 2)
        stored = await made.steps(made.database.load("a"))
        assert end_of(stored) == 2  # type: ignore[arg-type]
        await made.close()

    run(ask_and_leave())
    run(go_on())
