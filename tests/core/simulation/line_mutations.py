"""Possible faults in how much a line gets at a time (SYNC-15, PUSH-10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from optiverse_collab.core.client.line import Line
from optiverse_collab.core.client.pending import Pending, PendingChange
from optiverse_collab.core.client.push_window import SLOW_MS as SLOW_ANSWER_MS
from optiverse_collab.core.client.push_window import PushWindow
from optiverse_collab.core.client.questions import Questions
from optiverse_collab.core.protocol import pages
from optiverse_collab.core.protocol.messages import ServerMessage
from optiverse_collab.core.protocol.pages import QUICK_MS, SLOW_MS, PageSize, marked_pages
from optiverse_collab.core.server import answers
from tests.core.simulation.mutation import Mutations

LINE_MUTATIONS = Mutations()
_mutation = LINE_MUTATIONS.add

_took = PageSize.took
_answered, _line_answered, _opened = PushWindow.answered, Line.answered, Line.opened
_can_send, _drop = Pending.can_send, Pending.drop


@_mutation("The first page is as long as a page may be (SYNC-15).", (PageSize, "__init__"))
def long_first_page(self: PageSize, most: int) -> None:
    self._most = self._bytes = most


@_mutation("Pages stay short on a quick line (SYNC-15).", (PageSize, "took"))
def pages_never_grow(self: PageSize, ms: float) -> None:
    _took(self, max(QUICK_MS, ms))


@_mutation("Pages stay long on a slow line (SYNC-15).", (PageSize, "took"))
def pages_never_shrink(self: PageSize, ms: float) -> None:
    _took(self, min(SLOW_MS, ms))


@_mutation("Pages grow beyond the limit (SYNC-3, SYNC-15).", (PageSize, "took"))
def pages_without_a_limit(self: PageSize, ms: float) -> None:
    self._most = 2**60
    _took(self, ms)


@_mutation("Pages shrink to nothing on a slow line (SYNC-15).", (PageSize, "took"))
def pages_shrink_to_nothing(self: PageSize, ms: float) -> None:
    self._bytes = self._bytes // 2 if ms > SLOW_MS else self._bytes
    _took(self, min(SLOW_MS, ms))


@_mutation("A page is made before the line took the one before (SYNC-15).", (answers, "marked_pages"))
def pages_made_ahead(things: list[Any], page_bytes: PageSize) -> Iterator[tuple[list[Any], bool]]:
    parts = (page for page, _ in marked_pages(things, page_bytes))
    page = next(parts)
    for following in parts:
        yield page, False
        page = following
    yield page, True


@_mutation("Pages are cut by number, not by length (SYNC-15).", (pages, "size_of"))
def things_without_a_length(thing: object) -> int:
    return 40


@_mutation("Any number of changes is on its way (PUSH-10).", (Pending, "room"))
def no_window(self: Pending, window: int) -> int:
    return 2**60


@_mutation("The next change waits for the answer to the last (PUSH-10).", (Pending, "can_send"))
def one_at_a_time(self: Pending, window: int) -> bool:
    return _can_send(self, window) and not self._in_flight


@_mutation("What was answered counts as on its way (PUSH-10).", (Pending, "drop"))
def answers_make_no_room(self: Pending, client_clock: int) -> PendingChange | None:
    before = self._bytes_in_flight
    dropped = _drop(self, client_clock)
    self._bytes_in_flight = before
    return dropped


@_mutation("A slow line is given as much as ever (PUSH-10).", (PushWindow, "answered"))
def windows_never_narrow(self: PushWindow, latency_ms: float, ahead: int) -> None:
    _answered(self, min(latency_ms, self._quickest_ms + SLOW_ANSWER_MS), ahead)


@_mutation("A slow line is given next to nothing (PUSH-10).", (PushWindow, "answered"))
def windows_narrow_to_nothing(self: PushWindow, latency_ms: float, ahead: int) -> None:
    before = self.bytes
    _answered(self, latency_ms, ahead)
    if self.bytes < before:
        self.bytes = min(self.bytes, int(ahead * 1000 / latency_ms))


@_mutation("A quick line is given no more than any other (PUSH-10).", (PushWindow, "answered"))
def windows_never_widen(self: PushWindow, latency_ms: float, ahead: int) -> None:
    _answered(self, latency_ms, min(ahead, self.bytes // 2))


@_mutation("A far line counts as a slow one (PUSH-10).", (PushWindow, "answered"))
def far_is_slow(self: PushWindow, latency_ms: float, ahead: int) -> None:
    self._quickest_ms = 0.0
    _answered(self, latency_ms, ahead)


@_mutation("Another connection has the window of the one before (PUSH-10).", (Line, "opened"))
def window_of_the_last_line(self: Line, now_ms: float) -> None:
    window = self.window
    _opened(self, now_ms)
    self.window = window


@_mutation("Of several pushes that are answered at once, the first counts (PUSH-10).", (Line, "answered"))
def first_of_several(
    self: Line, message: ServerMessage, size: int, oldest: int | None, now_ms: float
) -> None:
    waiting = self._questions._pushes
    answered = [push for push in waiting if oldest is None or push.last < oldest]
    for push in answered[:1]:
        waiting[len(answered) - 1] = push._replace(last=answered[-1].last)
    _line_answered(self, message, size, oldest, now_ms)


@_mutation("An answer behind long pages counts like any other (PUSH-10).", (Questions, "paged"))
def pages_take_no_time(self: Questions, size: int) -> None:
    pass


@_mutation("An answer in short pages counts for nothing (PUSH-10).", (Questions, "paged"))
def all_pages_are_long(self: Questions, size: int) -> None:
    self.paged_bytes += 2**40


@_mutation("Presence is as frequent as ever on a slow line (PUSH-10).", (Line, "is_congested"))
def never_congested(self: Line, now_ms: float) -> bool:
    return False
