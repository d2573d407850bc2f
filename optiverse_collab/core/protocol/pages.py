"""Cut long lists into pages of bounded size (SYNC-2, SYNC-3, PUSH-3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from optiverse_collab.core.protocol.codec import size_of

T = TypeVar("T")


def pages(things: Iterable[T], page_bytes: int) -> Iterator[list[T]]:
    """Yield `things` in lists of up to `page_bytes` of JSON each; a longer thing has a page of its own.

    Lazy: a page is measured when it is asked for. Nothing to yield for no things.
    """
    page: list[T] = []
    room = page_bytes
    for thing in things:
        size = size_of(thing) + 1  # and a comma
        if page and size > room:
            yield page
            page, room = [], page_bytes
        page.append(thing)
        room -= size
    if page:
        yield page


def marked(parts: Iterator[list[T]]) -> Iterator[tuple[list[T], bool]]:
    """Each page, and whether it is the last; an empty page where there is none."""
    page = next(parts, [])
    for following in parts:
        yield page, False
        page = following
    yield page, True
