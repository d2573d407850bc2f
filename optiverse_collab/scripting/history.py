"""A session's history for scripts, step by step (HIST-6 to HIST-8)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from optiverse_collab.core.client.effects import SessionEffect
from optiverse_collab.core.client.past_effects import (
    EntriesArrived,
    EntriesUnavailable,
    PastArrived,
    PastUnavailable,
    Span,
)
from optiverse_collab.core.client.past_steps import PastStep, steps_of
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Op, Record, difference, record_difference
from optiverse_collab.drivers.aio.driver import AioDriver
from optiverse_collab.errors import CollaborationError
from optiverse_collab.scripting.stream import Stream

_ANSWERS = PastArrived, PastUnavailable, EntriesArrived, EntriesUnavailable


class PastReader:
    """Requests a session's history from the server.

    Args:
        session: the session, and `driver` its connection.
        listen: returns a stream of the session's events.
    """

    def __init__(
        self, session: SessionClient, driver: AioDriver, listen: Callable[..., Stream[SessionEffect]]
    ) -> None:
        self._session, self._driver, self._listen = session, driver, listen

    async def bench(self, clock: int) -> dict[str, Record]:
        """The bench at a clock; see `AsyncBench.at`."""
        answer = await self._ask(clock)
        assert isinstance(answer, PastArrived)
        return dict(answer.records)

    async def steps(self, after: int, until: int, since: datetime | None) -> list[PastStep]:
        """The steps of a span; see `AsyncBench.history`."""
        since_ms = 0 if since is None else round(since.timestamp() * 1000)
        start, entries = await self._entries(Span(after, until, since_ms))
        return steps_of(await self.bench(start), entries) if entries else []

    async def _entries(self, span: Span) -> tuple[int, list[PastEntry]]:
        """The changes of a span, and the clock before the first."""
        first = await self._changes(span)
        entries, more = [*first.entries], first.entries
        while more and entries[-1].clock != span.until:
            answer = await self._changes(Span(entries[-1].clock, span.until))
            if answer.after != entries[-1].clock:
                raise CollaborationError("The server dropped a part of this history; read it again.")
            more = answer.entries
            entries += more
        return first.after, entries

    async def _changes(self, span: Span) -> EntriesArrived:
        answer = await self._ask(span)
        assert isinstance(answer, EntriesArrived)
        return answer

    async def _ask(self, wanted: int | Span) -> PastArrived | EntriesArrived:
        answers = self._listen(*_ANSWERS)
        self._driver.check()
        self._session.past.ask(wanted)
        self._driver.wake()
        while True:
            for effect in await answers.wait():
                answer = _answer_in(effect, wanted)
                if answer is not None:
                    return answer


def restoring(
    now: Mapping[str, Record],
    then: Mapping[str, Record],
    ids: Collection[str] | None,
    properties: Collection[str] | None,
) -> list[Op]:
    """The operations that restore a bench, or a part of it.

    Args:
        now, then: the bench, and what it was.
        ids: of the items to restore; None for all.
        properties: the names of those to restore, of items that are there now and were then; None for all.
    """
    wanted = [*dict.fromkeys([*now, *then])] if ids is None else [*dict.fromkeys(ids)]
    pairs = [(id, now.get(id), then.get(id)) for id in wanted]
    if properties is None:
        kept = {id: one for id, one, _ in pairs if one is not None}
        return difference(kept, {id: one for id, _, one in pairs if one is not None})
    found = [
        record_difference(one, _with_properties(one, old, properties))
        for _, one, old in pairs
        if one is not None and old is not None
    ]
    return [op for op in found if op is not None]


def _with_properties(record: Record, source: Record, names: Collection[str]) -> Record:
    """A record with some of its properties as in another one."""
    others = {name: value for name, value in record.props.items() if name not in names}
    taken = {name: source.props[name] for name in names if name in source.props}
    return Record(record.id, record.kind, {**others, **taken}, record.lane)


def _answer_in(effect: SessionEffect, wanted: int | Span) -> PastArrived | EntriesArrived | None:
    """The answer, if it belongs to the request.

    Raises:
        CollaborationError: the server can't answer.
    """
    if isinstance(effect, (PastArrived, PastUnavailable)):
        asked: int | Span = effect.clock
    elif isinstance(effect, (EntriesArrived, EntriesUnavailable)):
        asked = effect.span
    else:
        return None
    if asked != wanted:
        return None
    if isinstance(effect, (PastUnavailable, EntriesUnavailable)):
        raise CollaborationError(effect.message)
    return effect
