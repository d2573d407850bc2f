"""Histories that several people edit, for tests of the server's half."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.messages import Delta, FullState, OtherHistory, SyncRequest
from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.records import Op
from optiverse_collab.core.server.answers import answer_of
from optiverse_collab.core.server.chain import PREFIX_BYTES
from optiverse_collab.core.server.clients import CLIENTS
from optiverse_collab.core.server.history import TOMBSTONES, History
from optiverse_collab.core.server.journal import Accepted, Snapshot, Touched
from optiverse_collab.core.server.names import NameKind
from optiverse_collab.core.server.outcomes import MANY


def make(
    limits: Limits | None = None,
    tombstones: int = TOMBSTONES,
    outcomes: int = MANY,
    clients: int = CLIENTS,
) -> History:
    """An empty history of epoch ``e``."""
    return History(
        History.empty("e"), limits=limits, tombstones=tombstones, outcomes=outcomes, clients=clients
    )


def do(
    history: History,
    *ops: Op,
    by: str = "ann",
    seen: int | None = None,
    yields: bool = False,
    step: str = "",
    own: Collection[int] = (),
    now_ms: int = 0,
    skip: int = 0,
) -> Accepted:
    """Let an author make their next change, having seen everything unless `seen` differs.

    Args:
        by: the author's name, which is also the client id.
        skip: how many numbers went to refused changes before.
    """
    origin = origin_of(by)
    client_clock = history.last_client_clock_of(origin) + 1 + skip
    change = PushedChange(client_clock, [*ops], seen, yields, step)
    return history.accept(origin, own, by, now_ms, change, sent=history.clock)


def begin_chunk(history: History) -> Snapshot:
    """Continue in a new chunk, at once."""
    builder = history.begin_chunk()
    snapshot = builder.finished()
    history.forget_names(builder.used)
    return snapshot


Side = tuple[str, list[str], str, int]
"""Record, properties, author of the value on the other side, and its clock."""


def sides(history: History, touched: Iterable[Touched]) -> list[Side]:
    """Parts of a change, with names in place of the numbers of people."""
    return [
        (one.id, one.names, history.names.text(NameKind.AUTHOR, one.author), one.clock) for one in touched
    ]


def at(history: History, clock: int, client_id: str = "ann", **more: Any) -> SyncRequest:
    """The request of a replica that has the history of `make` up to a clock."""
    head = history.chain.recent[clock * PREFIX_BYTES :][:PREFIX_BYTES].hex()  # the rest is not checked
    return SyncRequest(client_id, history.epoch, clock, head, **more)


def asked(history: History, request: SyncRequest) -> list[FullState | Delta]:
    """The pages for a replica whose position belongs to this history."""
    answer = answer_of(history, request)
    assert not isinstance(answer, OtherHistory)
    return list(answer)
