"""Split long lists into pages of bounded size (SYNC-2, SYNC-3, PUSH-3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import SupportsInt, TypeVar

from optiverse_collab.core.limits import OPS_PER_CHANGE, VALUES_PER_CHANGE
from optiverse_collab.core.protocol.codec import encoded, size_of, values_in

T = TypeVar("T")

FIRST_BYTES, LEAST_BYTES = 16 * 1024, 4 * 1024
"""The size of the first page, before anything is known about the line, and of the shortest."""

QUICK_MS, SLOW_MS = 250.0, 1000.0
"""After a quicker page, the next one is twice as long; after a slower one, half as long."""


class PageSize:
    """How long a page may be: about what its line carries in a second (SYNC-15).

    Args:
        most: the longest, in bytes.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = min(FIRST_BYTES, most)

    def __int__(self) -> int:
        return self._bytes

    def took(self, ms: float) -> None:
        """A page took this long to reach the system."""
        if ms > SLOW_MS:
            self._bytes = max(min(LEAST_BYTES, self._most), self._bytes // 2)
        elif ms < QUICK_MS:
            self._bytes = min(self._most, 2 * self._bytes)


def marked_pages(things: Iterable[T | None], page_bytes: SupportsInt) -> Iterator[tuple[list[T], bool]]:
    """Yield `things` in lists of up to `page_bytes` of JSON, each with whether it is the last.

    A longer thing gets a separate page; no things give one empty page. A None among the things ends a page
    where it stands. Lazy: things are measured, and `page_bytes` is looked at, when a page is asked for.
    """
    page: list[T] = []
    room = int(page_bytes)
    for thing in things:
        if thing is None:
            yield page, False
            page, room = [], int(page_bytes)
            continue
        size = size_of(thing) + 1  # and a comma
        if page and size > room:
            yield page, False
            page, room = [], int(page_bytes)
        page.append(thing)
        room -= size
    yield page, True


def pages(ops: Iterable[T], page_bytes: int) -> Iterator[list[T]]:
    """Yield operations in lists of up to `page_bytes` that each fit into one change.

    So there are few operations and values in each (LIM-1, LIM-11). A longer operation gets a separate list.
    """
    page: list[T] = []
    size = values = 0
    for op in ops:
        text = encoded(op)
        bytes_more, values_more = len(text) + 1, values_in(text) + 1  # and a comma
        fits = size + bytes_more <= page_bytes and values + values_more <= VALUES_PER_CHANGE
        if page and (not fits or len(page) == OPS_PER_CHANGE):
            yield page
            page, size, values = [], 0, 0
        page.append(op)
        size += bytes_more
        values += values_more
    if page:
        yield page
