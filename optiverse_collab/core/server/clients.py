"""What the server accepted from which replica, as long as somebody may ask (PUSH-7, SYNC-6, SYNC-10).

After a broken connection, a replica asks about the changes that were in flight. Client ids that nobody will
ask about are forgotten: one that another replica settled and continued; one that was silent for half a year;
and if there are too many, the oldest. Of forgotten ids, only the clock of the last change remains. If a
replica's position lies before that clock, a change of its own may have been accepted without its knowledge,
and the server tells it so.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Collection, Iterable

from optiverse_collab.core.server.journal import Client, Entry, Outcome, Snapshot

CLIENTS = 10_000
"""How many client ids a session remembers."""

KEPT_MS = 180 * 24 * 60 * 60 * 1000
"""After this time without an accepted change, a client id is forgotten, ms."""

SKIPPED = 1000
"""How many numbers of refused changes are remembered for one replica (SYNC-6)."""

SKIPPED_IN_ALL = 100_000
"""How many are remembered for all replicas together."""


class Clients:
    """The replicas of a session, by their origins' numbers.

    Args:
        snapshot: the start.
        most: how many are remembered.

    Attributes:
        forgotten: the newest clock of a change whose replica was forgotten, for its age or as one too many …
        settled: … or since another replica took its place.
        skips: how many numbers of refused changes are remembered.
    """

    def __init__(self, snapshot: Snapshot, most: int = CLIENTS) -> None:
        self._most = most
        self.forgotten, self.settled = snapshot.forgotten
        # The most recently changed one is last.
        self._all = OrderedDict(
            (one.origin, _dated(one, snapshot)) for one in snapshot.clients if one.client_clock
        )
        # Up to which clock those are forgotten whose place another took; the newest is last.
        self._settled = OrderedDict(
            (one.origin, one.since) for one in snapshot.clients if not one.client_clock
        )
        self._skipped = {origin: deque(numbers, SKIPPED) for origin, numbers in snapshot.skipped.items()}
        self.skips = sum(map(len, self._skipped.values()))

    @property
    def count(self) -> int:
        """How many are remembered, or were forgotten because another settled them."""
        return len(self._all) + len(self._settled)

    def last(self, origin: int) -> int:
        """The last accepted change of a replica; 0 if there is none."""
        one = self._all.get(origin)
        return 0 if one is None else one.client_clock

    def skipped(self, origin: int) -> list[int]:
        """The numbers below a replica's last accepted change that were refused."""
        return list(self._skipped.get(origin, ()))

    def stands_for(self, outcome: Outcome) -> bool:
        """Whether an outcome belongs to the change that has its number now.

        A forgotten replica sends its pending changes again, under the same numbers.
        """
        one = self._all.get(outcome.origin)
        return one is None or outcome.clock >= one.first or outcome.client_clock < one.first_number

    def remembered(self, origins: Iterable[int]) -> list[int]:
        """The remembered ones among these replicas, in order."""
        return sorted(origin for origin in origins if origin in self._all)

    def answers_for(self, origins: Collection[int], clock: int) -> bool:
        """Whether everything accepted after `clock` from a replica with these origins is remembered."""
        return clock >= max(map(self._forgotten_to, origins))

    def note(self, entry: Entry) -> None:
        """Advance the history by an entry."""
        before = self._all.pop(entry.origin, None)
        if before is not None:
            last, since = before.client_clock, before.since
        else:
            last, since = 0, self._forgotten_to(entry.origin)
        self._settled.pop(entry.origin, None)
        if entry.client_clock > last + 1:
            self._skip(entry.origin, last, entry.client_clock)
        for origin in entry.settles:
            self._settled[origin] = self._forget(origin)
            since = max(since, self._settled[origin])
        while len(self._settled) > self._most:
            self.settled = max(self.settled, self._settled.popitem(last=False)[1])
        first = (entry.clock, entry.client_clock) if before is None else (before.first, before.first_number)
        self._all[entry.origin] = Client(
            entry.origin, entry.client_clock, entry.clock, entry.time_ms, since, *first
        )
        self._forget_oldest(entry.time_ms - KEPT_MS)

    def kept(self) -> list[Client]:
        """For a snapshot: the most recently changed one is last; settled ones have no number."""
        settled = (Client(origin, 0, clock, since=clock) for origin, clock in self._settled.items())
        return [*settled, *self._all.values()]

    def kept_skipped(self) -> dict[int, list[int]]:
        """For a snapshot."""
        return {origin: list(numbers) for origin, numbers in self._skipped.items()}

    def _forgotten_to(self, origin: int) -> int:
        """The clock up to which something from a replica may be forgotten."""
        one = self._all.get(origin)
        if one is not None:
            return one.since
        return self._settled.get(origin, max(self.forgotten, self.settled))

    def _skip(self, origin: int, last: int, client_clock: int) -> None:
        """A replica numbers its changes without gaps; missing numbers were refused."""
        numbers = self._skipped.setdefault(origin, deque(maxlen=SKIPPED))
        self.skips -= len(numbers)
        numbers.extend(range(max(last + 1, client_clock - SKIPPED), client_clock))
        self.skips += len(numbers)

    def _forget_oldest(self, before_ms: int) -> None:
        while True:
            oldest = next(iter(self._all.values()))
            is_full = len(self._all) > self._most or self.skips > SKIPPED_IN_ALL
            if not is_full and oldest.time_ms >= before_ms:
                return
            self.forgotten = max(self.forgotten, self._forget(oldest.origin))

    def _forget(self, origin: int) -> int:
        """Forget a replica; returns the clock up to which it was known."""
        one = self._all.pop(origin, None)
        self.skips -= len(self._skipped.pop(origin, ()))
        return 0 if one is None else max(one.clock, one.since)


def _dated(one: Client, snapshot: Snapshot) -> Client:
    """A replica, with clock and time filled in if the snapshot of an older server lacks them."""
    if one.clock:
        return one
    return Client(one.origin, one.client_clock, snapshot.clock, one.time_ms or snapshot.time_ms)
