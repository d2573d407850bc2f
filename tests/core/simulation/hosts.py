"""Hosts' computers, copies of them that lag, and people whose session goes on from one to the next."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.client.effects import EpochChanged
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.protocol.continuation import FORMAT, Continuation
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Kept, Snapshot
from optiverse_collab.core.server.lineage import continued
from optiverse_collab.core.server.names import Name
from optiverse_collab.core.server.room import Room
from optiverse_collab_server.storage.continuing import end_of, snapshot_from
from tests.helpers.signing_wire import SigningWire
from tests.helpers.wire import Backup, Peer


class Computer(SigningWire):
    """A host's computer with its server; the wire leads to that.

    Args:
        owner: whose it is.
        start: the first snapshot.
        term: of the server.
        key: for signatures.
        kept, names: the changes after the snapshot.

    Attributes:
        owner, term, key: as given.
        is_on: the computer runs.
        is_deposed: it knows that another one has taken over.
    """

    def __init__(
        self,
        owner: str,
        start: Snapshot,
        term: int,
        key: bytes,
        kept: Sequence[Kept] = (),
        names: Sequence[Name] = (),
    ) -> None:
        self.owner, self.term, self.key = owner, term, key
        self.is_on, self.is_deposed = True, False
        super().__init__()
        self.start, self._kept, self._names = start, [*kept], [*names]
        self.room = self.open_room()

    def open_room(self) -> Room:
        """The room as the disk knows it."""
        entries = [kept.data for kept in self._kept]
        return Room("default", History(self.start, self._names, entries, term=self.term), "x", key=self.key)

    @property
    def serves(self) -> bool:
        """Whether people can come in."""
        return self.is_on and not self.is_deposed

    def lines(self) -> int:
        """How many changes a copy could have."""
        return len(self._kept)

    def copied(self, count: int) -> Backup:
        """A copy that has the first changes."""
        return Backup(self.start, self._kept[:count], [*self._names])

    def promoted(self, owner: str, copy: Backup, term: int) -> Computer:
        """Another computer that serves from a copy of this one (STAND-4)."""
        return Computer(owner, copy.start, term, self.key, copy.kept, copy.names)

    def die(self) -> None:
        """All connections break."""
        self.crash()
        self.is_on = False

    def _is_busy(self, peer: Peer, waits: bool) -> bool:
        return not peer.told(EpochChanged) and super()._is_busy(peer, waits)


def hosted_from(replica: Replica, owner: str, epoch: str, time_ms: int) -> Computer:
    """A computer that hosts from a replica (HOST-1)."""
    saved = replica.save()
    position = saved.epoch or "", saved.clock, saved.head, saved.term
    found = Continuation(FORMAT, 1, "default", *position, time_ms, saved.records)
    return Computer(owner, continued(snapshot_from(found), end_of(found), epoch), 1, epoch.encode())
