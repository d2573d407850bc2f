"""A client's program: it starts, ends, crashes, and starts again with the content of its disk."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection
from typing import Any

import msgspec

from optiverse_collab.core.client.effects import SessionEffect
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.client.session import SessionClient
from tests.core.simulation import checks
from tests.core.simulation.disk import Disk, File
from tests.core.simulation.driver import Driver
from tests.core.simulation.ledger import Ledger
from tests.core.simulation.scenario import OpData, Setup
from tests.core.simulation.truth import Change, Doc, Truth
from tests.core.simulation.wire import Connection
from tests.helpers.stays_away import StaysAway


class Program(ABC):
    """The program of one participant.

    Attributes:
        session: the core.
        grant: by which the server lets it in.
        screen: the host's display: only own edits and `ShowChange`.
        ledger: what the user did.
        undo: inverses of the user's own edits.
        shown: the presence that the user shows.
        driver: what connects the session.
        half_open: former connections of which the server has not noticed the end, oldest first.
        truth: the history that the replica follows; None before the first synchronisation.
        copy: an earlier content of the disk, and the user's edits up to then.
        disk: where the replica is; None for a script, which saves it itself.
        pushed: the last push, its first number and the connection, for a client that sends it again.
        cloned: it settles an id with which another may live, or another settles its own (SYNC-7).
        sealed: up to this number, changes are about to be sent.
        foreign: the session has another history now; the owner has not decided yet.
        tainted: the replica was damaged on purpose and may be wrong.
        counts: what happened, for all clients.
        denied: of all clients: see `Given`.
    """

    def __init__(
        self,
        index: int,
        truths: dict[str, Truth],
        changes: dict[tuple[str, int], Change],
        counts: Counter[str],
        setup: Setup,
        denied: Collection[tuple[str, int]],
    ) -> None:
        self.index = index
        self.user_id = f"user {index // 2}"  # two share a name
        self.grant = f"grant {index}"
        self.truths = truths
        self.half_open: list[Connection] = []
        self.truth: Truth | None = None
        self.copy: File | tuple[bytes, Ledger, Truth | None, bool] | None = None
        self._changes = changes
        self._setup = setup
        self._now_ms = 0.0
        self.counts = counts
        self.denied = denied
        self._lives = 0
        self.start_over()

    def start_over(self) -> None:
        """Begin with an empty replica, as somebody new or after the session's data was replaced."""
        client_id = self._next_id()
        self.ledger = Ledger(client_id, self._changes)
        self.tainted, self.truth, self.copy, self.cloned = False, None, None, False
        self._begin(Replica(client_id), None)

    def quit(self) -> None:
        """The program is about to end: it leaves a copy, and sends what waits, for any disk (DISK-1)."""
        if self.disk is not None:
            self.disk.last_copy(self.ledger, self.truth, self.tainted)
            if self.connection is not None:
                self._is_leaving = True
                self.driver.flush(self._now_ms)

    def restart(self) -> None:
        """The program starts again with what it left on disk (DISK-4)."""
        if self.disk is None:
            self._restore(msgspec.json.encode(self.replica.save()))
        else:
            self.adopt(self.disk.file)

    def adopt(self, file: File | None) -> None:
        """The program starts with a file: its own, perhaps an older one, or somebody else's."""
        if file is None:
            self.start_over()
            return
        self.ledger, self.truth, self.tainted = file.ledger(self.ledger), file.truth, file.tainted
        client_id = self._next_id()
        self._begin(Replica.restore(file.saved(), client_id), file)
        self.ledger.restarted(client_id, self.replica.pending)
        checks.held(self, file)
        if not self.tainted:
            checks.view(self)

    def keep_copy(self) -> None:
        """Copy what is on disk."""
        if self.disk is not None:
            self.copy = self.disk.file
        else:
            self.copy = msgspec.json.encode(self.replica.save()), self.ledger.copy(), self.truth, self.tainted

    def revive(self) -> None:
        """Start again from the copy: what came after it is forgotten here, but not by the server (SYNC-8)."""
        copy, self.copy = self.copy, None
        assert copy is not None
        if isinstance(copy, File):
            self.adopt(copy)
        else:
            saved, self.ledger, self.truth, self.tainted = copy
            self._restore(saved)

    def write(self) -> bool:
        """The disk does the pending write; returns False if there is none."""
        has_written = self.disk is not None and self.disk.finish()
        self.ask_disk()
        return has_written

    def ask_disk(self) -> None:
        """Get the next write, as a driver does after each event."""
        if self.disk is not None:
            self.disk.poll(self.ledger, self.truth, self.tainted, self._now_ms)

    def _next_id(self) -> str:
        self._lives += 1
        return f"client {self.index}.{self._lives}"

    def _restore(self, saved: bytes) -> None:
        client_id = self._next_id()
        self._begin(Replica.restore(msgspec.json.decode(saved, type=Saved), client_id), None)
        self.ledger.restarted(client_id, self.replica.pending)

    def _begin(self, replica: Replica, file: File | None) -> None:
        self.session = SessionClient(self.user_id, replica)
        self.session.going_back = StaysAway(replica)  # `going_back` plays the rest
        self.disk = Disk(replica, file, self.counts) if self._setup.disks else None
        bounds = self._setup.push_bytes
        self.driver = Driver(self.session, self.half_open, self._notify, self.counts, bounds)
        self.replica = replica
        self.screen: Doc = dict(replica.view)
        self.undo: list[list[OpData]] = []
        self.shown: dict[str, Any] = {}
        self.foreign = False
        self.pushed: tuple[str, int, Connection] | None = None
        self._pushed_ms = float("-inf")
        self._is_leaving = False
        self.sealed = 0

    @property
    def connection(self) -> Connection | None:
        """The current connection, if there is one."""
        return self.driver.connection

    @abstractmethod
    def _notify(self, effect: SessionEffect) -> None:
        """Process an effect of the session."""
