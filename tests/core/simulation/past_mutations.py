"""What could be wrong with what the server says of earlier clocks (HIST-2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from optiverse_collab.core.protocol.codec import decode_ops
from optiverse_collab.core.protocol.pages import pages
from optiverse_collab.core.records import Op, Remove
from optiverse_collab.core.server import past
from optiverse_collab.core.server.past import Past
from tests.core.simulation.mutation import Mutations

PAST_MUTATIONS = Mutations()
_mutation = PAST_MUTATIONS.add

_index = Past._index


@_mutation("The past keeps what an entry removed (HIST-2).", (past, "decode_ops"))
def removals_left_out(data: msgspec.Raw) -> list[Op]:
    return [op for op in decode_ops(data) if not isinstance(op, Remove)]


@_mutation("The past lacks what no entry touched (HIST-2).", (Past, "_index"))
def snapshot_left_out(self: Past) -> Iterator[int]:
    yield from _index(self)
    self._records.clear()


@_mutation("The last record of a page is missing (HIST-2).", (past, "pages"))
def record_left_out(things: Iterable[Any], most: int) -> Iterator[list[Any]]:
    return (page[:-1] for page in pages(things, most))


@_mutation("The past names a head that is not the one of its clock (HIST-2).", (past, "next_head"))
def head_stays(head: bytes, data: bytes) -> bytes:
    return head
