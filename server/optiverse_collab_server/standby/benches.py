"""Benches of versions that a standby can't read from its own history: it asks for them (STAND-12).

A copy begins with the oldest snapshot of the primary. A version may name an earlier moment: the primary has
kept its bench, or had it in its history when the version was made.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

import msgspec

from optiverse_collab.core.records import Lane
from optiverse_collab.core.server.past import Past
from optiverse_collab.core.server.stored_versions import MARK, StoredVersions
from optiverse_collab.errors import BatchRefused
from optiverse_collab_server.quotas import DEFAULTS
from optiverse_collab_server.standby.messages import PIECE_BYTES, Bench, Wanted
from optiverse_collab_server.standby.pieces import Pieces
from optiverse_collab_server.storage import Apart, StandbyStore, Stored

_records = msgspec.json.Decoder(list[msgspec.Raw])

TOO_LARGE = (
    "The bench at change %d of session %s takes more memory than memory-mb allows, so it isn't copied; "
    "raise that, at least to what the other server has, and start this one again"
)

LOOKED_FOR = 100_000
"""At most this many are looked for over one connection."""

TOO_MANY = "More than %d benches of older versions are lacking; the next connection looks for the others"

log = logging.getLogger("optiverse_collab_server")


class Benches:
    """The benches that a standby lacks; it asks for one at a time.

    Args:
        store: its own storage.
        ask: sends a question to the primary; None if that one doesn't know it.
        space_bytes: memory for the state of sessions (LIM-16). A bench that doesn't fit could not be shown.
    """

    def __init__(
        self,
        store: StandbyStore,
        ask: Callable[[Wanted], Awaitable[None]] | None,
        space_bytes: int = DEFAULTS.space_bytes,
    ) -> None:
        self._store, self._ask = store, ask
        self._apart: dict[str, Apart] = {}
        self._lacking: dict[tuple[str, int], None] = {}
        self._looked_for: set[tuple[str, int]] = set()
        self._are_too_many = False
        self._asked: tuple[str, int] | None = None
        self._pieces = Pieces(space_bytes)
        self._added = 0

    def look_at(self, session: str, stored: Stored, apart: Apart) -> None:
        """Look which versions of a session name a moment that this server doesn't have."""
        self._apart[session] = apart
        there = StoredVersions()
        for one in stored.snapshot.records:
            if one.record.lane is Lane.META:
                there.add_record(msgspec.Raw(msgspec.json.encode(one.record)))
        self._note(session, there)
        self.follow(session, stored.entries)

    def follow(self, session: str, entries: Iterable[bytes]) -> None:
        """Further entries of a session may make versions, whose moments never change (HIST-11)."""
        made = StoredVersions()
        for data in entries:
            if MARK in data:
                made.add_entry(data)
        self._note(session, made)

    async def ask_next(self) -> None:
        """Ask for the next bench, if there is one and no answer is open."""
        if self._ask is None or self._asked is not None or not self._lacking:
            return
        self._asked = next(iter(self._lacking))
        del self._lacking[self._asked]
        await self._ask(Wanted(*self._asked))

    async def take(self, message: Bench) -> None:
        """A piece of the bench that was asked for.

        Raises:
            BatchRefused: it is another one, or makes no sense.
            StorageError: it can't be stored.
        """
        key = message.session, message.clock
        if key != self._asked:
            raise BatchRefused(f"Nobody asked for the bench at {message.clock} of {message.session!r}.")
        self._pieces.add(message.data)
        if not message.done:
            return
        data, self._asked = self._pieces.take(), None
        if data is None:
            log.error(TOO_LARGE, message.clock, message.session)
        elif message.head:
            await self._store.keep(*key, message.head, _decoded(data, message))
            self._added += 1
        if not self._lacking and self._added:
            log.info("%d bench(es) of older versions were copied", self._added)
            self._added = 0

    def _note(self, session: str, versions: StoredVersions) -> None:
        apart = self._apart[session]
        for clock in sorted(versions.clocks):
            key = session, clock
            if not clock or not apart.lacks(clock) or key in self._looked_for:
                continue
            if len(self._looked_for) < LOOKED_FOR:
                self._looked_for.add(key)
                self._lacking[key] = None
            elif not self._are_too_many:
                self._are_too_many = True
                log.warning(TOO_MANY, LOOKED_FOR)


def _decoded(data: bytes, message: Bench) -> list[msgspec.Raw]:
    try:
        return _records.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BatchRefused(f"The bench at {message.clock} can't be read: {error}") from error


async def pieces_of(store: StandbyStore, session: str, clock: int) -> AsyncIterator[Bench]:
    """The answer to `Wanted`, in pieces; one without a head if that bench isn't kept."""
    try:
        head, data = await _read(store, session, clock)
    except Exception:
        log.exception("The bench at change %d of session %s can't be copied to the standby", clock, session)
        head = data = b""
    for first in range(0, len(data) or 1, PIECE_BYTES):
        after = first + PIECE_BYTES
        yield Bench(session, clock, head, data[first:after], after >= len(data))


async def _read(store: StandbyStore, session: str, clock: int) -> tuple[bytes, bytes]:
    """The head at a clock, and the bench as JSON; empty if it isn't kept."""
    stored = await store.load_at(session, clock)
    if stored is None:
        return b"", b""
    past = Past(stored.epoch, stored.clock, stored.head, stored.records, stored.entries)
    for _ in past.replay():
        await asyncio.sleep(0)  # let others run
    return past.head, msgspec.json.encode(past.bench())
