"""A session for scripts that go from top to bottom: `AsyncBench` on its own thread."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import threading
from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, TypeVar

from optiverse_collab.core.client.connector import OPEN_S
from optiverse_collab.core.client.effects import ShowChange
from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.protocol.address import DEFAULT_SERVER
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.records import Op, Record
from optiverse_collab.errors import ConnectionFailed
from optiverse_collab.scripting.bench import AsyncBench
from optiverse_collab.scripting.conflicts import Conflict
from optiverse_collab.scripting.connecting import connect
from optiverse_collab.scripting.files import Plan
from optiverse_collab.scripting.history import PastSpan
from optiverse_collab.scripting.item import Items
from optiverse_collab.scripting.merging import File, MergedCopy
from optiverse_collab.scripting.stream import Stream
from optiverse_collab.scripting.unacknowledged import FLUSH_SECONDS, Progress
from optiverse_collab.scripting.versions import Versions

T = TypeVar("T")

LOOK_SECONDS = 0.2
"""How soon Ctrl+C ends a wait; on Windows, an unlimited wait would not notice it."""


class Bench(Items):
    """The shared bench: id → `Item`, and everything else there is in a session.

    ::

        with Bench("ws://localhost:8765", session="default", user="script") as bench:
            [lens] = bench.named("Lens 1")
            lens.move(120.0, 0.0)

    The connection exists inside the block; a lost one is restored automatically, and you can keep
    editing meanwhile. Leaving the block waits until the server has everything. Outside of a ``with``, call
    `open` and `close`. All methods may be called from any thread.

    Args:
        server, session, user, wait, timeout_s: as in `connect`.

    Attributes:
        versions: the kept moments of the session.
    """

    def __init__(
        self,
        server: str = DEFAULT_SERVER,
        session: str | None = None,
        user: str | None = None,
        *,
        wait: bool = False,
        timeout_s: float = OPEN_S,
    ) -> None:
        self._bench: AsyncBench = connect(server, session, user, wait=wait, timeout_s=timeout_s)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._changes: Stream[ShowChange] | None = None
        self.versions = Versions(self._bench.versions, self._run)

    def open(self) -> Bench:
        """Connect.

        Raises:
            ConnectionFailed: there is no such server, or it does not let us in; or this is already open.
        """
        if self._loop is not None:
            raise ConnectionFailed("This bench is already connected; create another one.")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="optiverse-collab", daemon=True)
        self._thread.start()
        try:
            self._run(self._bench.__aenter__())
        except BaseException:
            self._stop()
            raise
        return self

    def close(self, error: BaseException | None = None) -> None:
        """Wait until the server has everything, and leave.

        Args:
            error: why the script leaves early, if so; then this raises nothing of its own.

        Raises:
            ConnectionFailed: the server lacks edits; says which.
        """
        if self._loop is None:
            return
        try:
            self._run(self._bench.__aexit__(type(error) if error else None, error, None))
        finally:
            self._stop()

    def __enter__(self) -> Bench:
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close(error)

    # Reading

    @property
    def _view(self) -> Mapping[str, Record]:
        """A snapshot of now; the other thread continues."""
        return self._call(lambda: dict(self._bench._view))

    def _find(self, id: str) -> Record:
        return self._call(lambda: self._bench._find(id))

    @property
    def participants(self) -> list[Participant]:
        """Everybody in the session, including this script; empty while there is no connection."""
        return self._call(lambda: self._bench.participants)

    @property
    def clock(self) -> int:
        """The number of the session's last change that this script has; see `at`."""
        return self._call(lambda: self._bench.clock)

    def at(self, clock: int) -> dict[str, Record]:
        """The bench after a change of the session; see `AsyncBench.at`."""
        return self._run(self._bench.at(clock))

    def history(
        self, after: int = 0, until: int | None = None, since: datetime | None = None
    ) -> list[PastStep]:
        """The history, step by step; see `AsyncBench.history`."""
        return self._run(self._bench.history(after, until, since))

    def past(self, after: int = 0, until: int | None = None, since: datetime | None = None) -> PastSpan:
        """A part of the history; see `AsyncBench.past`."""
        return self._run(self._bench.past(after, until, since))

    def restore(
        self, clock: int, ids: Collection[str] | None = None, properties: Collection[str] | None = None
    ) -> list[Conflict]:
        """Restore the bench, or a part of it; see `AsyncBench.restore`."""
        return self._run(self._bench.restore(clock, ids, properties))

    def wait_for_changes(self, timeout_s: float | None = None) -> list[ShowChange]:
        """Others' changes since the last call, or if there are none, the next ones.

        The first call does not include earlier changes.

        Args:
            timeout_s: how long to wait; None for as long as it takes.

        Returns:
            ``change.ops``, and ``change.authors`` by record id; empty if nothing came in time.
        """
        return self._run(self._next_changes(timeout_s))

    def changes(self) -> Iterator[ShowChange]:
        """Others' changes, until the session ends."""
        while True:
            yield from self.wait_for_changes()

    # Editing

    def edit(self, ops: Sequence[Op]) -> None:
        """Make a change of several operations: others see all of it at once, or nothing.

        Raises:
            ChangeRefused: it breaks a rule or names a missing record; nothing is changed.
            ConnectionFailed: the session ended for good.
        """
        self._call(lambda: self._bench.edit(ops))

    def show_presence(self, **state: Any) -> None:
        """Show others where this script is: ``cursor=[x_mm, y_mm]``, ``selection=[ids]``, …; None ends it."""
        self._call(lambda: self._bench.show_presence(**state))

    def flush(self, timeout_s: float = FLUSH_SECONDS, strict: bool = False) -> list[Conflict]:
        """Wait until everything is acknowledged; returns the conflicts. See `AsyncBench.flush`."""
        return self._run(self._bench.flush(timeout_s, strict))

    # Files

    def import_file(
        self, path: str | os.PathLike[str], replace: bool = False, progress: Progress | None = None
    ) -> Plan:
        """Add the bench of an Optiverse file to the session; see `AsyncBench.import_file`."""
        return self._run(self._bench.import_file(path, replace, progress))

    def merge_file(self, file: File, ancestor: int | None = None, dry_run: bool = False) -> MergedCopy:
        """Merge a copy of the bench that was edited elsewhere; see `Merging.merge`."""
        return self._run(self._bench.merge_file(file, ancestor, dry_run))

    def export_file(self, path: str | os.PathLike[str], replace: bool = False) -> None:
        """Write the bench as a file for Optiverse; see `AsyncBench.export_file`."""
        self._run(self._bench.export_file(path, replace))

    # The other thread

    async def _next_changes(self, timeout_s: float | None) -> list[ShowChange]:
        if self._changes is None:
            self._changes = self._bench.changes()
        return await self._changes.wait(timeout_s)

    def _call(self, function: Callable[[], T]) -> T:
        async def call() -> T:
            return function()

        return self._run(call())

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run on the other thread; exceptions are raised here."""
        if self._loop is None:
            coroutine.close()
            raise ConnectionFailed("This bench is not connected; use it in a with block, or call open().")
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            while True:
                concurrent.futures.wait([future], timeout=LOOK_SECONDS)
                if future.done():
                    return future.result()
        except BaseException:
            future.cancel()
            raise

    def _stop(self) -> None:
        loop, thread = self._loop, self._thread
        self._loop = self._thread = self._changes = None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()
