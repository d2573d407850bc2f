"""What could be wrong with how much a line is given at a time (SYNC-15)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from optiverse_collab.core.protocol import pages
from optiverse_collab.core.protocol.pages import QUICK_MS, SLOW_MS, PageSize, marked_pages
from optiverse_collab.core.server import answers
from tests.core.simulation.mutation import Mutations

LINE_MUTATIONS = Mutations()
_mutation = LINE_MUTATIONS.add

_took = PageSize.took


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
