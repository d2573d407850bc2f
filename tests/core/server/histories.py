"""Histories in which several people edit, for the tests of the server's half."""

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
from optiverse_collab.core.server.history import TOMBSTONES, Accepted, History
from optiverse_collab.core.server.journal import Snapshot, Touched
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
    """Let somebody make their next change, who has seen everything unless said otherwise.

    Args:
        by: their name, which is their client id too.
        skip: how many numbers they used before for changes that were refused.
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
    """Parts of a change with the names of people in place of their numbers."""
    return [
        (one.id, one.names, history.names.text(NameKind.AUTHOR, one.author), one.clock) for one in touched
    ]


def at(history: History, clock: int, client_id: str = "ann", **more: Any) -> SyncRequest:
    """What a replica asks that has the history of `make` up to a clock."""
    head = history.chain.recent[clock * PREFIX_BYTES :][:PREFIX_BYTES].hex()  # no more of it is checked
    return SyncRequest(client_id, history.epoch, clock, head, **more)


def asked(history: History, request: SyncRequest) -> list[FullState | Delta]:
    """The pages that a replica gets whose position is one of this history."""
    answer = answer_of(history, request)
    assert not isinstance(answer, OtherHistory)
    return list(answer)
