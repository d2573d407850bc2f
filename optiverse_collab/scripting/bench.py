"""A session for asyncio scripts."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import weakref
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Any

from optiverse_collab.core.checks import check_change
from optiverse_collab.core.client.access_effects import DeviceMade
from optiverse_collab.core.client.effects import SessionEffect, ShowChange, SyncProgress
from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.restoring import Restoration
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.client.steps import edit_in_step
from optiverse_collab.core.protocol.changes import SWEEP
from optiverse_collab.core.protocol.pages import pages
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.protocol.ways import Ways
from optiverse_collab.core.records import Op, Record
from optiverse_collab.drivers.aio.driver import AioDriver
from optiverse_collab.errors import CollaborationError, EditsInConflict
from optiverse_collab.scripting.conflicts import Conflict
from optiverse_collab.scripting.files import Plan, plan_import, read_file, write_records
from optiverse_collab.scripting.history import PastReader, PastSpan
from optiverse_collab.scripting.item import Items, own_copy, plain
from optiverse_collab.scripting.keys import Keys
from optiverse_collab.scripting.merging import File, MergedCopy, Merging
from optiverse_collab.scripting.stream import E, Stream
from optiverse_collab.scripting.unacknowledged import FLUSH_SECONDS, Progress, Unacknowledged
from optiverse_collab.scripting.versions import AsyncVersions

log = logging.getLogger("optiverse_collab")


class AsyncBench(Items):
    """The shared bench: id → `Item`, and everything else there is in a session. Made by `connect`.

    Attributes:
        versions: the kept moments of the session.
    """

    def __init__(
        self,
        ways: Ways,
        session_id: str,
        user: str,
        patient: bool,
        timeout_s: float,
        progress: Progress | None,
        chance: Callable[[], float],
        keys: Keys,
    ) -> None:
        self._replica = Replica(secrets.token_hex(16))
        self._session = SessionClient(user, self._replica)
        self._open = partial(
            AioDriver, self._session, session_id, ways, self._hear, chance, patient, timeout_s
        )
        self._keys = keys
        self._progress = progress
        self._step = secrets.token_hex(8)
        self.versions = AsyncVersions(self._replica, self._edit_durably, self.at)
        self._streams: weakref.WeakSet[Stream[Any]] = weakref.WeakSet()

    async def __aenter__(self) -> AsyncBench:
        self._session.credentials = await self._keys.credentials()
        self._driver = self._open()
        self._unacknowledged = Unacknowledged(self._replica, self._driver)
        self._past = PastReader(self._session, self._driver, self.listen)
        try:
            await self._driver.until(lambda: self._replica.synced)
        except BaseException:
            await self._driver.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if error is None:
                await self.flush()
            elif isinstance(error, Exception) and self._replica.synced:
                await self._flush_after(error)
        finally:
            await self._driver.close()
            await self._keys.kept()

    # Reading

    @property
    def _view(self) -> Mapping[str, Record]:
        return self._replica.view

    @property
    def participants(self) -> list[Participant]:
        """Everybody in the session, including this script; empty while there is no connection."""
        return list(self._session.participants.values())

    @property
    def me(self) -> Participant | None:
        """This script, under the name that it was given; None while there is no connection."""
        return self._session.me

    @property
    def clock(self) -> int:
        """The number of the session's last change that this script has; see `at`."""
        return self._replica.clock

    async def at(self, clock: int) -> dict[str, Record]:
        """The bench after the change with this number, 0 for before the first: id → record, read only.

        Raises:
            CollaborationError: the server has no such change, or keeps it no longer.
            ConnectionFailed: the session ended for good.
        """
        return await self._past.bench(clock)

    async def history(
        self, after: int = 0, until: int | None = None, since: datetime | None = None
    ) -> list[PastStep]:
        """The history, step by step: who, when, and each record before and after.

        Args:
            after, until: the clocks before the first change and of the last one; without them, all that is
                kept. Errors are those of `at`.
            since: without what was done before; local time, if it has no time zone.
        """
        return await self._past.steps(after, self.clock if until is None else until, since)

    async def past(self, after: int = 0, until: int | None = None, since: datetime | None = None) -> PastSpan:
        """A part of the history: the bench before and after it, and its steps; see `history`."""
        return await self._past.span(after, self.clock if until is None else until, since)

    def listen(self, *kinds: type[E]) -> Stream[E]:
        """Events from now on, of the given kinds of `optiverse_collab.core.client.effects`."""
        stream = Stream(self._driver, kinds)
        self._streams.add(stream)
        return stream

    def changes(self) -> Stream[ShowChange]:
        """Others' changes from now on: ``change.ops``, and ``change.authors`` by record id."""
        return self.listen(ShowChange)

    # Editing

    def edit(self, ops: Sequence[Op]) -> None:
        """Make a change of several operations: others see all of it at once, or nothing.

        Raises:
            ChangeRefused: it breaks a rule or names a missing record; nothing is changed.
            ConnectionFailed: the session ended for good.
        """
        self._edit(ops, self._step)

    def show_presence(self, **state: Any) -> None:
        """Show others where this script is: ``cursor=[x_mm, y_mm]``, ``selection=[ids]``, …; None ends it.

        Raises:
            ChangeRefused: a value that can't be shared.
        """
        self._session.show(plain(state))
        self._driver.wake()

    async def flush(self, timeout_s: float = FLUSH_SECONDS, strict: bool = False) -> list[Conflict]:
        """Wait until everything is acknowledged; from then on no crash of the server can lose it.

        Args:
            timeout_s: how long nothing may be acknowledged before this gives up.
            strict: raise if there are conflicts.

        Returns:
            The conflicts with others' edits since the last call, each of which is a WARNING in the log too.
            A losing edit is not tried again: to apply it anyway, make it once more.

        Raises:
            ConnectionFailed: gave up, or the session ended for good; says what the server lacks.
            CollaborationError: the server refused a change since the last call.
            EditsInConflict: with `strict`, there were conflicts; everything is acknowledged.
        """
        await self._unacknowledged.drain(timeout_s)
        conflicts = self._unacknowledged.take_conflicts()
        if strict and conflicts:
            count = f"{len(conflicts)} conflict{'s' * (len(conflicts) > 1)}"
            raise EditsInConflict(
                f"There were {count} with others' edits: {conflicts[0].sentence}", conflicts
            )
        return conflicts

    async def restore(
        self, clock: int, ids: Collection[str] | None = None, properties: Collection[str] | None = None
    ) -> list[Conflict]:
        """Restore the bench, or a part of it, to its state after a change, in one step.

        Later edits of others stay: changes at the same moment are conflicts, as in `flush`. If the whole
        bench is restored, everybody gets a notice, and can bring back the previous one (PUSH-9).

        Args:
            clock: the number of the change; see `at`.
            ids: of the items to restore; all of them without.
            properties: the names of those to restore, of items that are still there; all of them without.

        Raises:
            CollaborationError, ConnectionFailed: as in `at` and `flush`.
        """
        wanted = Restoration(await self.at(clock), ids, properties)
        ops, step = wanted.ops(self._view), wanted.step(secrets.token_hex(8))
        edit_in_step(self._replica, ops, step, self.clock, yields=True)
        self._driver.wake()
        return await self.flush()

    # Files

    async def import_file(
        self, path: str | os.PathLike[str], replace: bool = False, progress: Progress | None = None
    ) -> Plan:
        """Add the bench of an Optiverse file to the session; see `import_records`.

        The log has a WARNING for each unusable part of the file.

        Raises:
            BenchFileError: this is no bench.
        """
        read = await read_file(path)
        return await self.import_records(read.records, replace, progress, read.has_tree)

    async def import_records(
        self,
        records: Mapping[str, Record],
        replace: bool = False,
        progress: Progress | None = None,
        has_tree: bool = True,
    ) -> Plan:
        """Add records to the session; its other records stay. Returns when the server has them.

        Others' changes at the same moment stay, and are conflicts of the next `flush`.

        Args:
            records: id → record.
            replace: change the session's records to the content of `records`. Everybody gets a notice,
                and can bring back the previous bench (PUSH-9).
            progress: called while the server acknowledges.
            has_tree: whether `records` say for every item whether it is hidden or locked, unlike a file of
                Optiverse 0.2.

        Raises:
            WouldOverwrite: without `replace`, a record exists with other content; nothing was changed.
            ConnectionFailed: as in `flush`.
        """
        records = {id: Record(id, one.kind, plain(one.props), one.lane) for id, one in records.items()}
        plan = plan_import(self._view, records, replace, has_tree)
        check_change(plan.ops, self._replica.limits)
        step = SWEEP + secrets.token_hex(8) if plan.changed and replace else self._step
        for page in pages(plan.ops, self._replica.limits.page_bytes):
            self._edit(page, step, yields=True)
            await asyncio.sleep(0)
        await self._unacknowledged.drain(FLUSH_SECONDS, progress)
        return plan

    async def merge_file(self, file: File, ancestor: int | None = None, dry_run: bool = False) -> MergedCopy:
        """Merge a copy of the bench that was edited elsewhere; see `Merging.merge`."""
        merging = Merging(self._replica, self._driver, self._past, self.flush)
        return await merging.merge(file, ancestor, dry_run)

    async def export_file(self, path: str | os.PathLike[str], replace: bool = False) -> None:
        """Write the bench as a file for Optiverse.

        Raises:
            WouldOverwrite: without `replace`, there is a file already.
            BenchFileError: it can't be written.
        """
        await write_records(path, self._view, replace)

    # Inside

    def _edit(self, ops: Sequence[Op], step: str, yields: bool = False) -> None:
        """Make a change, as a part of a step: this run of the script, or a replacement (PUSH-8, PUSH-9)."""
        self._driver.check()
        self._replica.edit([own_copy(op) for op in ops], yields=yields, step=step)
        self._driver.wake()

    async def _edit_durably(self, ops: Sequence[Op]) -> None:
        """Make a change, and wait until the server has it."""
        self.edit(ops)
        await self._unacknowledged.drain(FLUSH_SECONDS)

    async def _flush_after(self, error: Exception) -> None:
        """Send the edits made before an error to the server, without hiding the error."""
        try:
            await self.flush()
        except CollaborationError as second:
            log.warning("Error while leaving because of %r: %s", error, second)

    def _hear(self, effect: SessionEffect) -> None:
        self._unacknowledged.hear(effect)
        if isinstance(effect, DeviceMade):
            self._keys.keep(effect.device)
        elif isinstance(effect, SyncProgress) and self._progress is not None:
            self._progress(effect.received, effect.total)
        for stream in self._streams:
            stream.take(effect)
