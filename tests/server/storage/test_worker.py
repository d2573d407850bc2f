"""The storage thread runs queued jobs in one transaction; one that fails harms no other."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.database import Append, Database
from optiverse_collab_server.storage.housekeeping import KEEP_ALL
from optiverse_collab_server.storage.lock import FolderLock
from optiverse_collab_server.storage.opening import open_database
from optiverse_collab_server.storage.schema import FILE_NAME
from optiverse_collab_server.storage.steps import Steps, finished
from optiverse_collab_server.storage.worker import AppendJob, CloseJob, StepsJob, Worker
from tests.helpers.aio import run, until
from tests.helpers.storage import commits_in, entry, execute, snapshot


class Bench:
    """A worker on a database with the sessions "a" and "b"."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / f"{FILE_NAME}-wal"
        self._lock = FolderLock(folder)
        self.database = Database(open_database(folder, self._lock), folder / FILE_NAME, KEEP_ALL)
        for name in ("a", "b"):
            finished(self.database.begin_chunk(name, snapshot()))
        self.worker = Worker(self.database, self.database.close)

    def append(self, session_id: str, clock: int) -> asyncio.Future[None]:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.worker.submit(AppendJob(Append(session_id, [entry(clock)], ()), future))
        return future

    def steps(self, steps: Steps[object]) -> asyncio.Future[object]:
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self.worker.submit(StepsJob(steps, future))
        return future

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the thread idle inside this block."""
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
        self._lock.release()


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


def test_cold_chunks_are_packed_when_nothing_else_is_asked_for(tmp_path: Path) -> None:
    """Requests that arrive in the meantime come first, and closing does not wait."""

    async def scenario() -> None:
        made = Bench(tmp_path)
        housekeeper = made.database.housekeeper
        step, order = housekeeper.step, []

        def watched() -> None:
            order.append("housekeeping")
            step()

        housekeeper.step = watched  # type: ignore[method-assign]

        def long() -> Steps[None]:
            for _ in range(3):
                order.append("long")
                yield

        await asyncio.gather(*(made.append("a", clock) for clock in range(1, 50)))
        with made.held():
            begun = made.steps(made.database.begin_chunk("a", snapshot(49, records=200)))
            other = made.steps(long())
        await asyncio.gather(begun, other, made.append("a", 50))
        await until(lambda: not housekeeper.busy)
        assert order == ["long"] * 3 + ["housekeeping"] * (len(order) - 3)
        assert len(order) > 3
        with made.held():
            begun = made.steps(made.database.begin_chunk("a", snapshot(50, records=200)))
            closed = asyncio.ensure_future(made.close())
            await asyncio.sleep(0)
        await asyncio.gather(begun, closed)
        assert housekeeper.busy

    run(scenario())
    assert execute(tmp_path, "SELECT packed, count(*) FROM log WHERE session=1 GROUP BY 1") == [
        (0, 1),
        (1, 1),
    ]


def test_nothing_is_packed_while_the_past_is_read(tmp_path: Path) -> None:
    """HIST-2: even if somebody asks for it while the thread does something else."""

    async def scenario() -> None:
        async with bench(tmp_path) as made:
            housekeeper, loop = made.database.housekeeper, asyncio.get_running_loop()
            step, order, asked = housekeeper.step, [], asyncio.Event()

            def watched() -> None:
                order.append("housekeeping")
                step()
                if len(order) == 1:
                    made.worker.submit(StepsJob(long(), future))
                    loop.call_soon_threadsafe(asked.set)

            def long() -> Steps[None]:
                for _ in range(3):
                    order.append("long")
                    yield

            future: asyncio.Future[object] = loop.create_future()
            housekeeper.step = watched  # type: ignore[method-assign]
            await asyncio.gather(*(made.append("a", clock) for clock in range(1, 50)))
            await made.steps(made.database.begin_chunk("a", snapshot(49, records=200)))
            await asked.wait()
            await future
            await until(lambda: not housekeeper.busy)
            assert order[:5] == ["housekeeping", "long", "long", "long", "housekeeping"]

    run(scenario())


def test_what_sqlite_reports_is_told_in_a_sentence(tmp_path: Path) -> None:
    def full() -> Steps[None]:
        yield
        raise sqlite3.OperationalError("database or disk is full")

    async def scenario() -> None:
        async with bench(tmp_path) as made:
            with pytest.raises(StorageError, match="is full; free some space on it"):
                await made.steps(full())
            await made.append("a", 1)

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
            made.worker.submit(AppendJob(Append("a", [None], ()), wrong))  # type: ignore[list-item]
            with pytest.raises(AttributeError):
                await wrong
            await made.append("a", 1)

    run(scenario())


def test_a_fault_at_the_end_is_told(tmp_path: Path) -> None:
    def fail() -> None:
        raise ValueError("fault")

    async def scenario() -> None:
        made = Bench(tmp_path)
        made.worker._close = fail
        with pytest.raises(ValueError, match="fault"):
            await made.close()
        made.worker.join()
        made.database.close()
        made._lock.release()

    run(scenario())


def test_a_loop_that_is_gone_is_no_trouble(tmp_path: Path) -> None:
    made = Bench(tmp_path)

    async def ask_and_leave() -> None:
        with made.held():
            made.append("a", 1)

    async def go_on() -> None:
        await made.append("a", 2)
        stored = await made.steps(made.database.load("a"))
        assert len(stored.entries) == 2  # type: ignore[attr-defined]
        await made.close()

    run(ask_and_leave())
    run(go_on())
