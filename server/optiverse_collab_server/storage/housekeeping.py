"""Packs cold chunks, and drops old or excess ones, while there is nothing else to do.

Each step is a short transaction, or only reads. A crash between two steps leaves each entry exactly once,
and the next start continues.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from optiverse_collab_server.storage.directory import ChunkRow, Directory, SessionRow, read_chunks
from optiverse_collab_server.storage.failures import Misfit
from optiverse_collab_server.storage.forgotten_names import ForgottenNames
from optiverse_collab_server.storage.kept import drop_unfinished
from optiverse_collab_server.storage.kept_versions import MOST_BYTES, KeptVersions
from optiverse_collab_server.storage.parts import HEADS
from optiverse_collab_server.storage.reading import LogRow, log_rows, part_rows
from optiverse_collab_server.storage.rows import ROW_BYTES, join, pack
from optiverse_collab_server.storage.steps import Steps, transaction
from optiverse_collab_server.storage.writing import log_values, write_chunk, write_log, write_part
from optiverse_collab_server.wall_clock import now_ms

DROPPED_AT_ONCE = 8
"""How many rows are deleted in one step, which takes about as long as writing one of the longest."""

FREE_PAGES, PAGES_AT_ONCE = 1024, 64
"""How many free pages of 4 KiB stay, at least; and how many are returned in one step."""

TOO_LARGE = f"take more than {MOST_BYTES // 1_000_000} MB; ask its owners to remove some"

DAY_MS = 24 * 60 * 60 * 1000

log = logging.getLogger("optiverse_collab_server")


@dataclass(frozen=True)
class Retention:
    """How much history is kept of each session, besides its newest chunk.

    Attributes:
        days: chunks whose last entry is older are dropped; None keeps them.
        bytes: the most that the cold chunks may take; None for any size.
    """

    days: int | None = None
    bytes: int | None = None

    @classmethod
    def of(cls, days: int | None, megabytes: int | None) -> Retention:
        """From the settings `keep_days` and `keep_mb`."""
        return cls(days, None if megabytes is None else megabytes * 1_000_000)

    def expired(self, chunks: Sequence[ChunkRow], now_ms: int) -> list[ChunkRow]:
        """The chunks to drop.

        Args:
            chunks: of one session, oldest first; all but the newest are packed.
            now_ms: the wall clock, ms since 1970 UTC.
        """
        total = sum(chunk.packed or 0 for chunk in chunks)
        gone: list[ChunkRow] = []
        for chunk, following in pairwise(chunks):
            old = self.days is not None and following.time_ms < now_ms - self.days * DAY_MS
            much = self.bytes is not None and total > self.bytes
            if not old and not much:
                break
            total -= chunk.packed or 0
            gone.append(chunk)
        return gone


KEEP_ALL = Retention()


class Housekeeper:
    """Keeps the history of all sessions small.

    Args:
        connection: of the database.
        retention: how much is kept.
    """

    def __init__(self, connection: sqlite3.Connection, retention: Retention) -> None:
        self._connection = connection
        self._retention = retention
        self._waiting: deque[SessionRow] = deque()
        self._forgetting = ForgottenNames(connection)
        self._current: Steps[None] | None = None

    def start(self, directory: Directory) -> None:
        """Delete unfinished rows after a crash, and look for work.

        Raises:
            sqlite3.Error: it can't be deleted.
        """
        drop_unfinished(self._connection)
        kept = {key for (key,) in self._connection.execute("SELECT DISTINCT session FROM kept")}
        for session in directory.sessions.values():
            if session.damage or session.chunk is None:
                continue
            first, newest = directory.first[session.key], session.chunk
            for statement, limit in (
                ("DELETE FROM part WHERE session=? AND chunk<?", first.number),
                ("DELETE FROM part WHERE session=? AND chunk>?", newest.number),
                ("DELETE FROM log WHERE session=? AND first<=?", first.clock),
            ):
                self._connection.execute(statement, (session.key, limit))
            if session.key in directory.unpacked | kept or newest.number > first.number:
                self.add(session)
        last = max((session.key for session in directory.sessions.values()), default=0)
        self._connection.execute("DELETE FROM part WHERE session>?", (last,))

    def add(self, session: SessionRow) -> None:
        """A session has a new cold chunk."""
        self._waiting.append(session)

    @property
    def busy(self) -> bool:
        """Whether there is something to do."""
        return self._current is not None or bool(self._waiting)

    def step(self) -> None:
        """Do the next piece of work; a fault is logged, and the session is left for later."""
        if self._current is None:
            self._current = self._look_after(self._waiting.popleft())
        try:
            next(self._current)
        except StopIteration:
            self._current = None
        except Exception:
            log.exception("Housekeeping of the history failed")
            self._current = None

    def _look_after(self, session: SessionRow) -> Steps[None]:
        """Pack a session's cold chunks, and drop expired ones."""
        if session.damage:  # it is left alone until somebody has inspected it
            return
        try:
            for chunk in read_chunks(self._connection, session.key):
                if chunk.last is not None and chunk.packed is None:
                    yield from self._pack(chunk)
            chunks = read_chunks(self._connection, session.key)
            expired = self._retention.expired(chunks, now_ms())
            versions = KeptVersions(self._connection, session, chunks[-1])
            yield from versions.drop_others()
            for chunk in expired:
                if not (yield from versions.keep(chunk)):
                    log.warning("The history of session %s stays: its versions %s", session.name, TOO_LARGE)
                    break
                yield from self._drop(chunk)
                log.info("Dropped the history of session %s up to change %d", session.name, chunk.last)
            if expired:
                yield from self._forgetting.look_after(session)
            yield from give_back(self._connection)
        except (Misfit, sqlite3.Error) as error:  # tried again with the next chunk, or at the next start
            log.warning("The history of session %s stays unchanged: %s", session.name, error)

    def _pack(self, chunk: ChunkRow) -> Steps[None]:
        kept = 0
        for number, part in enumerate(part_rows(self._connection, chunk), 1):
            if part.kind == HEADS:  # the entries imply them; they are the largest part of a cold chunk
                break
            kept = number
            if not part.packed:
                write_part(self._connection, chunk, number, part.kind, pack(part.stored), packed=True)
            yield
        after = chunk.clock
        while rows := self._rows_to_join(chunk, after):
            after = rows[-1].last
            if not rows[0].packed:
                self._replace(chunk, rows)
            yield
        if after != chunk.last:
            raise Misfit(f"change {after + 1} is missing")
        with transaction(self._connection):
            self._connection.execute(
                "DELETE FROM part WHERE session=? AND chunk=? AND number>?",
                (chunk.session, chunk.number, kept),
            )
            write_chunk(self._connection, replace(chunk, parts=kept, packed=self._size(chunk)))

    def _rows_to_join(self, chunk: ChunkRow, after: int) -> list[LogRow]:
        """The next rows that together make one of about `ROW_BYTES`, or a packed one."""
        found: list[LogRow] = []
        size = 0
        for row in log_rows(self._connection, chunk, after):
            if row.packed:
                return found or [row]
            found.append(row)
            size += len(row.stored)
            if size >= ROW_BYTES:
                break
        return found

    def _replace(self, chunk: ChunkRow, rows: Sequence[LogRow]) -> None:
        first, last = rows[0].first, rows[-1].last
        data = pack(join(row.stored[1:-1] for row in rows))
        with transaction(self._connection):
            self._connection.execute(
                "DELETE FROM log WHERE session=? AND first BETWEEN ? AND ?", (chunk.session, first, last)
            )
            write_log(
                self._connection, log_values(chunk.session, first, last, rows[-1].head, data, packed=True)
            )

    def _size(self, chunk: ChunkRow) -> int:
        """How many bytes of data a chunk takes."""
        [[size]] = self._connection.execute(
            "SELECT (SELECT total(length(data)) FROM part WHERE session=? AND chunk=?) + "
            "(SELECT total(length(data)) FROM log WHERE session=? AND first>? AND first<=?)",
            (chunk.session, chunk.number, chunk.session, chunk.clock, chunk.last),
        )
        return int(size)

    def _drop(self, chunk: ChunkRow) -> Steps[None]:
        """Delete the oldest chunk: first its row, after which the rest counts as unfinished."""
        self._connection.execute(
            "DELETE FROM chunk WHERE session=? AND number=?", (chunk.session, chunk.number)
        )
        yield
        yield from drop_parts(self._connection, chunk)
        key = (chunk.session, chunk.last)
        while self._connection.execute(
            "DELETE FROM log WHERE session=? AND first IN "
            f"(SELECT first FROM log WHERE session=? AND first<=? ORDER BY first LIMIT {DROPPED_AT_ONCE})",
            (chunk.session, *key),
        ).rowcount:
            yield


def give_back(connection: sqlite3.Connection) -> Steps[None]:
    """Shrink the file if much of it is free, but leave some, which will be needed soon.

    Used pages at its end move to the front. The next checkpoint cuts the file. A database of an
    older server lacks the tables for that, and keeps its length until `prune` rewrites it.
    """
    while (free := _pragma(connection, "freelist_count")) > max(
        FREE_PAGES, _pragma(connection, "page_count") // 8
    ):
        connection.execute(f"PRAGMA incremental_vacuum({PAGES_AT_ONCE})").fetchall()
        if _pragma(connection, "freelist_count") >= free:
            return
        yield


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    [[value]] = connection.execute(f"PRAGMA {name}")
    return int(value)


def drop_parts(connection: sqlite3.Connection, chunk: ChunkRow) -> Steps[None]:
    """Delete the parts of a chunk that has no row."""
    key = (chunk.session, chunk.number)
    while connection.execute(
        "DELETE FROM part WHERE session=? AND chunk=? AND number IN "
        f"(SELECT number FROM part WHERE session=? AND chunk=? ORDER BY number LIMIT {DROPPED_AT_ONCE})",
        (*key, *key),
    ).rowcount:
        yield
