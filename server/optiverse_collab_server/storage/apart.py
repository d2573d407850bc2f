"""What a session has apart from its entries, for copies: parents, and benches of versions (STAND-12)."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import msgspec

from optiverse_collab.core.server.journal import Parent
from optiverse_collab_server.storage.api import CopiedStore
from optiverse_collab_server.storage.directory import SessionRow, read_chunks
from optiverse_collab_server.storage.kept import read_kept, write_kept
from optiverse_collab_server.storage.parts import PARENTS
from optiverse_collab_server.storage.reading import part_rows
from optiverse_collab_server.storage.steps import Steps

_parents = msgspec.json.Decoder(list[Parent])


class Apart(NamedTuple):
    """What a session has apart from its entries.

    Attributes:
        first: the clock of its oldest snapshot; later benches can be read.
        kept: the earlier clocks whose bench is kept for a version (HIST-15).
        parents: those of its newest snapshot (CLK-8).
    """

    first: int
    kept: frozenset[int]
    parents: list[Parent]

    def lacks(self, clock: int) -> bool:
        """Whether the bench at this clock can't be read."""
        return clock < self.first and clock not in self.kept


class StandbyStore(CopiedStore, Protocol):
    """A `CopiedStore` whose sessions can be copied with the benches of their versions."""

    async def load_apart(self, session_id: str) -> Apart | None:
        """What a session has apart from its entries; None if there is no such session.

        Raises:
            DatabaseDamaged: it can't be trusted.
        """

    async def keep(self, session_id: str, clock: int, head: bytes, records: Sequence[msgspec.Raw]) -> None:
        """Keep a bench of a version whose part of the history isn't stored; durable when this returns.

        Args:
            session_id: the session.
            clock, head: the position.
            records: each as JSON.
        """


def read_apart(connection: sqlite3.Connection, session: SessionRow) -> Steps[Apart]:
    """What a session has apart from its entries.

    Raises:
        Misfit: a part of it is missing or wrong.
        sqlite3.Error: it can't be read.
    """
    chunks = read_chunks(connection, session.key)
    parents: list[Parent] = []
    for part in part_rows(connection, chunks[-1]):
        if part.kind == PARENTS:
            parents += _parents.decode(part.data)
        yield
    kept = frozenset(row.clock for row in read_kept(connection, session.key))
    return Apart(chunks[0].clock, kept, parents)


def write_bench(
    connection: sqlite3.Connection,
    session: SessionRow,
    clock: int,
    head: bytes,
    records: Sequence[msgspec.Raw],
) -> Steps[None]:
    """Keep a bench of a session.

    Raises:
        sqlite3.Error: it can't be written.
    """
    yield from write_kept(connection, session.key, clock, head, records)
