"""The log of grants is shortened, in histories by chance, and with mistakes that must be noticed (OWN-14)."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable

import msgspec
import pytest

from optiverse_collab.errors import StorageError
from optiverse_collab_server.cluster import grant_table, grants
from optiverse_collab_server.cluster.grant_shortening import Shortening
from optiverse_collab_server.cluster.grant_table import Change, GrantTable, encode, new_change
from optiverse_collab_server.cluster.grants import SharedGrants
from optiverse_collab_server.storage.jetstream.changes import ChangeLog
from tests.server.cluster.shared_grants import Broken, Line, World, grant

SEEDS = 15


class OldTable(GrantTable):
    """That of a server from before OWN-14, which neither writes parts of copies nor knows their ids."""

    @property
    def is_long(self) -> bool:
        return False

    def apply(self, number: int, change: Change) -> None:
        super().apply(number, msgspec.structs.replace(change, ids=None))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few messages make a log long, a few grants fill a message, and nobody waits."""
    monkeypatch.setattr(grant_table, "LONG", 8)
    monkeypatch.setattr(grant_table, "PART_BYTES", 300)
    monkeypatch.setattr(grants, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(SharedGrants, "_keep_mark", keeps_no_mark)


async def keeps_no_mark(server: SharedGrants) -> None:
    """These servers have no disk."""


def play_all(old: type[GrantTable] | None = None) -> Counter[str]:
    """Play the history of each seed; returns how often what happened."""
    counts = Counter[str]()
    for seed in range(SEEDS):
        world = World(seed, old)
        asyncio.run(world.run())
        counts += world.counts
        counts["parts"] += sum(change.ids is not None for change in world.log.history)
        counts["dropped"] += len(world.log.history) - len(world.log.messages)
    return counts


def test_every_server_and_newcomer_finds_the_same() -> None:
    """OWN-14: whoever shortens, dies over that, or was away."""
    counts = play_all()
    for what in ("dropped", "late", "lost", "no answer", "parts", "rest", "start again", "twice"):
        assert counts[what] > SEEDS / 2, counts


def test_old_servers_lack_nothing() -> None:
    """OWN-14: a part of a copy is a change that changes nothing, for servers that do not know it."""
    assert play_all(OldTable)["dropped"] > SEEDS


def begins_by_clearing(table: GrantTable, first: str) -> Change:
    part = _part(table, first)
    return part if first else msgspec.structs.replace(part, all=True)


def forgets_the_key(table: GrantTable, first: str) -> Change:
    return msgspec.structs.replace(_part(table, first), key=b"")


def leaves_one_out(table: GrantTable, first: str) -> Change:
    part = _part(table, first)
    return msgspec.structs.replace(part, grants=part.grants[:-1]) if len(part.grants) > 1 else part


def keeps_what_is_gone(table: GrantTable, number: int, change: Change) -> None:
    _apply(table, number, msgspec.structs.replace(change, ids=None))


async def drops_before_the_last_part(line: Line, before: int) -> None:
    await _drop(line, len(line._world.log.history))


async def drops_at_once(self: Shortening, changes: ChangeLog, table: GrantTable, first: str) -> None:
    await _write(self, changes, table, first)
    if self._first:
        await changes.drop(self._first)


async def takes_a_refusal_for_done(
    self: Shortening, changes: ChangeLog, table: GrantTable, first: str
) -> None:
    part = table.part(first)
    await changes.append(encode(part), table.last)
    self._first = self._first or table.last
    _, end = part.ids or ("", "")
    self._next = end or None
    if not end:
        await changes.drop(self._first)


async def never_drops(line: Line, before: int) -> None:
    pass


_part, _apply, _drop, _write = GrantTable.part, GrantTable.apply, Line.drop, Shortening._write

MUTANTS: list[tuple[type, str, Callable[..., object]]] = [
    (GrantTable, "part", begins_by_clearing),
    (GrantTable, "part", forgets_the_key),
    (GrantTable, "part", leaves_one_out),
    (GrantTable, "apply", keeps_what_is_gone),
    (Line, "drop", drops_before_the_last_part),
    (Line, "drop", never_drops),
    (Shortening, "_write", drops_at_once),
    (Shortening, "_write", takes_a_refusal_for_done),
]


@pytest.mark.parametrize(("where", "name", "by"), MUTANTS, ids=lambda one: getattr(one, "__name__", one))
def test_mistake_is_noticed(
    where: type, name: str, by: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, name, by)
    with pytest.raises(Broken, match="OWN-14"):
        play_all()


class Full(Line):
    """A log that takes nothing more."""

    def __init__(self) -> None:
        super().__init__(World(0))

    async def append(self, data: bytes, expects: int) -> int | None:
        raise StorageError("NATS is full.")


def test_a_log_that_can_not_be_shortened_is_used_on(caplog: pytest.LogCaptureFixture) -> None:
    """The log says so, once for each change."""
    table, shortening = GrantTable(), Shortening()
    for number in range(1, 10):
        table.apply(number, new_change([grant(f"{number}", number)]))
    shortening.begin(table)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            asyncio.run(shortening.go_on(Full(), table))  # type: ignore[arg-type]
    assert caplog.messages == [
        "The log of grants in NATS stays long until another change is made: NATS is full."
    ]
