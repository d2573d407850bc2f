"""A session's history for scripts, step by step (HIST-6 to HIST-8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from optiverse_collab.core.client.effects import SessionEffect
from optiverse_collab.core.client.past_effects import (
    EntriesArrived,
    EntriesUnavailable,
    PastArrived,
    PastUnavailable,
    Span,
)
from optiverse_collab.core.client.past_reading import PastReading
from optiverse_collab.core.client.past_steps import Grouping, PastStep, steps_of
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.records import Record
from optiverse_collab.drivers.aio.driver import AioDriver
from optiverse_collab.errors import CollaborationError
from optiverse_collab.scripting.stream import Stream

_ANSWERS = PastArrived, PastUnavailable, EntriesArrived, EntriesUnavailable


class PastSpan(NamedTuple):
    """A part of a session's history.

    Attributes:
        start, end: the bench before its first change and after its last one: id → record.
        steps: what led from one to the other.
        is_whole: False if the server has dropped the beginning of it.
    """

    start: dict[str, Record]
    end: dict[str, Record]
    steps: list[PastStep]
    is_whole: bool


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
        reading = await self.read(_span(after, until, since))
        return [] if reading.start is None else steps_of(reading.start, reading.entries)

    async def span(self, after: int, until: int, since: datetime | None) -> PastSpan:
        """The benches around a span, and its steps; see `AsyncBench.past`."""
        wanted = _span(after, until, since)
        reading = await self.read(wanted)
        start = await self.bench(reading.after) if reading.start is None else dict(reading.start)
        is_whole = await self._starts_at(wanted, reading.after)
        grouping = Grouping(start)
        for entry in reading.entries:
            grouping.add(entry)
        return PastSpan(start, grouping.records, grouping.steps, is_whole)

    async def _starts_at(self, span: Span, clock: int) -> bool:
        """Whether a span starts at a clock, since all before that was made earlier; it may not be kept."""
        if clock == span.after or not span.since_ms:
            return clock == span.after
        before = await self._ask(Span(clock - 1, clock))
        return isinstance(before, EntriesArrived) and len(before.entries) > 0

    async def read(self, span: Span) -> PastReading:
        """The changes of a span.

        Raises:
            CollaborationError: the server can't answer.
        """
        reading = PastReading(span)
        while reading.wanted is not None:
            reading.take(await self._ask(reading.wanted))
        if reading.failure:
            raise CollaborationError(reading.failure)
        return reading

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


def _span(after: int, until: int, since: datetime | None) -> Span:
    return Span(after, until, 0 if since is None else round(since.timestamp() * 1000))


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
