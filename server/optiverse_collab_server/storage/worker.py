"""The thread that owns the database, and the grouping of commits.

While the thread waits for the disk, requests gather; the next transaction takes all appends among
them (group commit, DUR-2). Long work runs step by step between such transactions, and background
work runs when there is nothing else to do.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from optiverse_collab_server.storage.database import Append, Database
from optiverse_collab_server.storage.failures import failure
from optiverse_collab_server.storage.steps import Steps

_GROUP = 64
"""At most this many requests go into one transaction. One statement writes them, with seven values each, and
older versions of SQLite allow 999 values."""

Outcome = tuple["asyncio.Future[Any]", Any, "BaseException | None"]
"""The caller's future, and its result or error."""


@dataclass
class AppendJob:
    """Entries for the log of a session."""

    append: Append
    future: asyncio.Future[None]


@dataclass
class StepsJob:
    """A job with many steps."""

    steps: Steps[Any]
    future: asyncio.Future[Any]


@dataclass
class CloseJob:
    """The last job: the earlier ones are finished, then the database is closed."""

    future: asyncio.Future[None]


Job = AppendJob | StepsJob | CloseJob


class Worker:
    """Runs jobs in its own thread.

    Args:
        database: what the jobs work on; from now on only the thread touches it.
        close: called in the thread after the last job; closes the database and the rest.
    """

    def __init__(self, database: Database, close: Callable[[], None]) -> None:
        self._database = database
        self._close = close
        self._queue: SimpleQueue[Job] = SimpleQueue()
        # A daemon, so that a program can end without `close`; nothing acknowledged is lost.
        self._thread = threading.Thread(target=self._run, name="storage", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Queue a job; its future gets the result, in its own loop."""
        self._queue.put(job)

    def join(self) -> None:
        """Wait until the thread is gone, which ends after a `CloseJob`."""
        self._thread.join()

    def _run(self) -> None:
        long: deque[StepsJob] = deque()
        last: CloseJob | None = None
        while not (last and not long):
            appends: list[AppendJob] = []
            housekeeping = not long and self._database.housekeeper.busy
            for job in self._take(wait=not long and not housekeeping):
                if isinstance(job, AppendJob):
                    appends.append(job)
                elif isinstance(job, StepsJob):
                    long.append(job)
                else:
                    last = job
            if appends:
                _notify(self._append(appends))
            if long and (outcome := self._step(long[0])):
                long.popleft()
                _notify([outcome])
            elif housekeeping and not long:  # reads see no change
                self._database.housekeeper.step()
        _notify([self._finish(last)])

    def _take(self, wait: bool) -> list[Job]:
        """The queued jobs, up to the size of a group; with `wait` at least one."""
        jobs: list[Job] = [self._queue.get()] if wait else []
        while len(jobs) < _GROUP and not self._queue.empty():  # nobody else takes from it
            jobs.append(self._queue.get())
        return jobs

    def _append(self, jobs: list[AppendJob]) -> list[Outcome]:
        try:
            errors = self._database.append([job.append for job in jobs])
        except Exception as error:  # noqa: BLE001  a fault of ours: those who wait see it, and the thread lives
            return [(job.future, None, error) for job in jobs]
        return [(job.future, None, error) for job, error in zip(jobs, errors, strict=True)]

    def _step(self, job: StepsJob) -> Outcome | None:
        """Continue with a job; its outcome if that was the last step."""
        try:
            next(job.steps)
        except StopIteration as end:
            return job.future, end.value, None
        except sqlite3.Error as error:
            return job.future, None, failure(error, self._database.file)
        except Exception as error:  # noqa: BLE001  as above
            return job.future, None, error
        return None

    def _finish(self, job: CloseJob) -> Outcome:
        try:
            self._close()
        except Exception as error:  # noqa: BLE001  as above
            return job.future, None, error
        return job.future, None, None


def _notify(outcomes: list[Outcome]) -> None:
    """Give all outcomes to the callers, and wake each loop once; a server has only one."""
    loops: dict[asyncio.AbstractEventLoop, list[Outcome]] = {}
    for outcome in outcomes:
        loops.setdefault(outcome[0].get_loop(), []).append(outcome)
    for loop, own in loops.items():
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is waiting
            loop.call_soon_threadsafe(_settle, own)


def _settle(outcomes: list[Outcome]) -> None:
    for future, result, error in outcomes:
        if future.done():  # its caller was cancelled
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
