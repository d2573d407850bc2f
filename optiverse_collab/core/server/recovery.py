"""Takes lost changes back from the clients that carry them, one client at a time (BACK-8 to BACK-10).

While this goes on, nobody's ``sync:request`` is answered: the history that the answer would describe is
still growing. Each client that has lost changes is asked for the next parcels until it has none; so if
two have different ends, the later one counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from optiverse_collab.core.protocol.messages import Delta, FullState, OtherHistory, SyncRequest
from optiverse_collab.core.protocol.parcels import (
    ChangesBroughtBack,
    Parcel,
    ParcelsRequest,
    ParcelsReturned,
)
from optiverse_collab.core.server.batches import extend, unpack
from optiverse_collab.core.server.effects import BroughtBack, RoomEffect, Send
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Accepted, Parent, newest
from optiverse_collab.core.server.lineage import epochs_here
from optiverse_collab.core.server.parcels import is_sealed
from optiverse_collab.core.server.signatures import Signatures
from optiverse_collab.errors import BatchRefused

PATIENCE_MS = 10_000
"""How long the others wait for a client that was asked."""

WAIT_MS, WAIT_MS_PER_CHANGE = 30_000, 10
"""After waiting for 30 s in all, nobody is asked while the session is open; each change allows 10 ms more."""

LEFT_MS = 3_000
"""A client that leaves instead of answering counts as this long a wait."""

Answer = Iterator[FullState | Delta] | OtherHistory


class Step(NamedTuple):
    """What happens next.

    Attributes:
        effects: a question, or the news at the end.
        answered: the requests that need not wait any longer, by connection.
    """

    effects: list[RoomEffect]
    answered: dict[str, SyncRequest]


class Recovery:
    """The recovery of one session.

    Args:
        key: the server's; None if it signs nothing.
        session_id: the name of the session.
        history: what it has.
        signatures: know what is lost.
        accept: called with each change that is brought back.
    """

    def __init__(
        self,
        key: bytes | None,
        session_id: str,
        history: History,
        signatures: Signatures,
        accept: Callable[[Accepted], None],
    ) -> None:
        self._key, self._session_id, self._history = key, session_id, history
        self._signatures, self._accept = signatures, accept
        self._held: dict[str, SyncRequest] = {}
        self._sources: dict[str, None] = {}
        self._empty_at: dict[str, int] = {}
        self._asked, self._asked_ms = "", 0
        self._wait_ms = WAIT_MS
        self._brought: Counter[str] = Counter()
        self._moved: list[Parent] = []

    def holds(self, connection_id: str, request: SyncRequest, answer: Answer) -> bool:
        """Whether the answer to a request waits: its client, or another one, may have what comes next."""
        may_help = isinstance(answer, OtherHistory) and self._signatures.shows_loss(answer)
        if may_help and request.carries and self.may_ask(connection_id):
            self._sources[connection_id] = None
        elif not self._held:
            return False
        self._held[connection_id] = request
        return True

    def may_ask(self, connection_id: str) -> bool:
        """Whether a connection may have what comes next: it has not said that it has nothing."""
        return self._empty_at.get(connection_id) != self._history.clock and self._wait_ms > 0

    def forget(self, connection_id: str) -> None:
        """A connection is gone."""
        for known in (self._held, self._sources, self._empty_at):
            known.pop(connection_id, None)
        if self._asked == connection_id:
            self._asked = ""
            self._wait_ms -= LEFT_MS

    def take(self, connection_id: str, name: str, message: ParcelsReturned, now_ms: int) -> None:
        """Accept the parcels that come next, and leave out all others.

        Args:
            name: of the participant who brings them.
        """
        if connection_id != self._asked:
            return
        self._asked = ""
        accepted = [one for parcel in message.parcels for one in self._append(parcel)]
        self._wait_ms += WAIT_MS_PER_CHANGE * len(accepted) - (now_ms - self._asked_ms)
        self._wait_ms = min(self._wait_ms, WAIT_MS)
        for one in accepted:
            self._accept(one)
        if accepted:
            self._brought[name] += len(accepted)
        else:
            self._empty_at[connection_id] = self._history.clock

    def take_moved(self) -> Sequence[Parent]:
        """The histories that end later since the last call."""
        moved, self._moved = self._moved, []
        return moved

    def is_due(self, durable: int, now_ms: int) -> bool:
        """Whether `step` has something to do: one step ends when its changes are durable."""
        is_late = now_ms >= self._asked_ms + PATIENCE_MS
        is_on = bool(self._held or self._brought)  # all who waited may have left
        return is_on and durable == self._history.clock and (not self._asked or is_late)

    def step(self, now_ms: int, carriers: Collection[str]) -> Step:
        """Ask the next client; or, if nobody has more, end.

        Args:
            carriers: the connections that carry parcels already.
        """
        clock = self._history.clock
        if self._asked:
            self._wait_ms -= now_ms - self._asked_ms
            del self._sources[self._asked]
        left = [id for id in self._sources if self.may_ask(id)]
        if left:
            self._asked, self._asked_ms = left[0], now_ms
            return Step([Send((left[0],), ParcelsRequest(clock, epochs_here(self._history)))], {})
        answered, self._held, self._asked = self._held, {}, ""
        effects: list[RoomEffect] = []
        if self._brought:
            self._signatures.recovered()
            changes, by = sum(self._brought.values()), [*self._brought]
            told = [*(id for id, request in answered.items() if request.carries), *carriers]
            to = tuple(dict.fromkeys(told))
            effects = [BroughtBack(changes, tuple(by)), Send(to, ChangesBroughtBack(changes, by))]
        self._sources.clear()
        self._brought.clear()
        return Step(effects, answered)

    def _append(self, parcel: Parcel) -> list[Accepted]:
        history = self._history
        is_ours = self._key is not None and is_sealed(self._key, self._session_id, parcel)
        if not is_ours or parcel.epoch not in epochs_here(history):
            return []
        try:
            batch = unpack(parcel.packed, parcel.after, bytes.fromhex(parcel.before))
            accepted = extend(history, batch)
        except BatchRefused:
            return []
        if parcel.epoch != history.epoch:
            end = Parent(parcel.epoch, history.clock, history.time_ms)
            history.parents = newest([*history.parents, end])
            self._moved.append(end)
        return accepted
