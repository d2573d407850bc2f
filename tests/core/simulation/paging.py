"""How long pages may be: a plain model of SYNC-3 and SYNC-15, between the room and the wire."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from typing import NamedTuple

import msgspec

from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.server.effects import SendPages
from tests.core.simulation.scenario import Setup
from tests.core.simulation.truth import Broken
from tests.core.simulation.wire import Connection


def line_times() -> Iterator[float]:
    """How long lines take for a page, in ms, in turn: both sides of every bound."""
    return cycle((100.0, 249.0, 250.0, 0.0, 1000.0, 1001.0, 5000.0, 1002.0))


class _Page(msgspec.Struct):
    """The contents of a page."""

    records: list[msgspec.Raw] = []
    ops: list[msgspec.Raw] = []
    authors: list[msgspec.Raw] = []
    acks: list[msgspec.Raw] = []
    notices: list[msgspec.Raw] = []
    skipped: dict[str, msgspec.Raw] = {}
    client_clock: int = 0
    settled: dict[str, int] = {}
    known: bool = True
    unasked: bool = False

    @property
    def rest(self) -> list[int]:
        """The lengths of everything except records."""
        lists = self.authors, self.acks, self.notices, self.skipped.values()
        return [len(bytes(item)) for items in lists for item in items]


_decoder = msgspec.json.Decoder(_Page)


class _Full(NamedTuple):
    """What is known of the page before: its bytes, its limit, and how many things it carries."""

    bytes: int
    limit: int
    things: int


class Paging(Iterator[str]):
    """The pages of one answer, as they go onto a wire.

    Args:
        effect: what the room wants to be sent.
        setup: the limits.
        connection: where they go.
        line_ms: how long the line takes for each page.
        counts: what happened.
    """

    def __init__(
        self,
        effect: SendPages,
        connection: Connection,
        setup: Setup,
        line_ms: Iterator[float],
        counts: Counter[str],
    ) -> None:
        self._connection = connection
        self._pages, self._size = effect.pages, effect.size
        self._setup, self._line_ms, self._counts = setup, line_ms, counts
        self._limit = min(setup.first_page_bytes, setup.page_bytes)
        self._before: _Full | None = None

    def __next__(self) -> str:
        if self._before is not None:
            self._took(next(self._line_ms))
        text = encode(next(self._pages))
        page = _decoder.decode(text)
        if self._before is None and not page.unasked:
            self._answer(page)
        if self._before is not None and page.rest and not (page.records or page.ops):
            self._check_rest(page.rest)
        else:
            self._check(page)
        return text

    def _answer(self, page: _Page) -> None:
        """The pages say about the replica's former changes what the server remembers (SYNC-10)."""
        answer = self._connection.answer = self._connection.questions.popleft()
        answer.check(page.known, page.client_clock, page.settled)
        self._counts["replicas forgotten"] += not page.known

    def _took(self, ms: float) -> None:
        """The line took this long for the previous page."""
        self._size.took(ms)
        most = self._setup.page_bytes
        if ms < 250:
            self._limit = min(most, self._limit * 2)
        elif ms > 1000:
            self._limit = max(min(self._setup.least_page_bytes, most), self._limit // 2)

    def _check_rest(self, rest: list[int]) -> None:
        """A page after the records (SYNC-16)."""
        self._counts["pages behind the records"] += 1
        most = self._setup.page_bytes // 8
        if len(rest) > 1 and sum(rest) > most:
            raise Broken(f"SYNC-16: {rest} in one page, and {most} are allowed")

    def _check(self, page: _Page) -> None:
        things = [len(bytes(thing)) + 1 for thing in _in_order(page)]
        total, before, limit = sum(things), self._before, self._limit
        if total > limit and len(things) > 1:
            raise Broken(f"SYNC-15: a page of {things} bytes, and {limit} are allowed")
        if before is not None:
            if not things or before.bytes + things[0] <= before.limit:
                raise Broken(f"SYNC-15: {things} follows a page that has room: {before}")
            self._counts["pages that may be longer"] += before.limit < limit
            self._counts["pages that must be shorter"] += before.limit > limit
        self._counts["records longer than a page"] += total > limit
        self._before = _Full(total, limit, len(things))


def _in_order(page: _Page) -> list[msgspec.Raw]:
    """Removals, complete records, and changes of others, in this order."""
    removes = [op for op in page.ops if bytes(op).startswith(b'{"op":"remove"')]
    return [*removes, *page.records, *page.ops[len(removes) :]]
