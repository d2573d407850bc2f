"""Servers with journals, whose shared log gets deleted or replaced by an older copy (OWN-8 to OWN-10)."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.server.ownership import End, Owner
from optiverse_collab.core.server.repair import Finding, Place, compare
from tests.core.simulation.shared_log import (
    CALM,
    WILD,
    Broken,
    Flight,
    Node,
    World,
)
from tests.core.simulation.shared_log_requests import Keep, Read, Request, Work

DAMAGES = 3
"""How often the log is damaged at most."""


def place_of(changes: Sequence[int]) -> Place:
    """The end of a journal or a log: a hash stands for the chain."""
    return Place("e", len(changes), head_of(changes))


def head_of(changes: Sequence[int]) -> bytes:
    """The head after these changes."""
    return str(hash(tuple(changes))).encode()


class Keeper(Node):
    """A server with a journal.

    Attributes:
        journal: the changes in it, in order; outlives crashes.
        store: the number of the store that it knows.
        is_due: it has to compare its journal with the log.
    """

    def __init__(self, name: str, world: World) -> None:
        self.journal: list[int] = []
        self.store = 0
        self.is_due = False
        super().__init__(name, world)

    def crash(self) -> None:
        """Forget everything but the journal."""
        super().crash()
        self.is_due = True

    def notice(self, store: int) -> None:
        """The store is another one now (OWN-6)."""
        self.close()
        self.store, self.is_due = store, True

    def take(self) -> Work:
        """Compare the journal first; then take the log, and copy to the journal what it lacks (OWN-8)."""
        if not (yield from self.bring()) or not (yield from super().take()):
            return False
        assert self.known is not None
        if self.find(self.known) not in (Finding.SAME, Finding.LOG_CONTINUES):
            return False  # the log was damaged since
        return (yield from self.keep(tuple(self.known[len(self.journal) :])))

    def save(self, changes: tuple[int, ...]) -> Work:
        """Append changes to the log, then to the journal; then acknowledge them."""
        assert self.known is not None
        new = tuple(change for change in changes if change not in self.known)
        if new and not (yield from self._write(new)):
            return False
        self.known += new
        if not (yield from self.keep(new)):
            return False
        self.acknowledge(changes)
        return True

    def keep(self, changes: tuple[int, ...]) -> Work:
        """Add changes to the journal."""
        written: int | End | None = None if changes else 0
        while written is None:
            written = yield Keep(changes, head_of((self.known or [])[: -len(changes)]))
        return True

    def acknowledge(self, changes: tuple[int, ...]) -> None:
        """Tell users that changes are saved."""
        for change in changes:
            self._world.acknowledge(change)

    def bring(self) -> Work:
        """Add to the log what it lacks of the journal (OWN-9, OWN-10)."""
        end = None
        while end is None:
            answer = yield Read()
            assert not isinstance(answer, int)
            end = answer
        found = self.find(self._world.read_until(end.sequence))
        if found in (Finding.JOURNAL_CONTINUES, Finding.PARTED):
            self._owner = Owner(self._run, end.sequence)
            if not (yield from self._write(())):
                return False
            self.known = self._world.read_until(self._owner.last)
            found = self.find(self.known)  # others may have written meanwhile
            if not (yield from self._add(found)):
                return False
        self.is_due = False
        return True

    def find(self, log: Sequence[int]) -> Finding:
        """Compare the journal with the log."""
        if not self.journal:
            return Finding.LOG_CONTINUES
        shorter, longer = sorted([self.journal, log], key=len)
        return compare(
            place_of(self.journal), place_of(log) if log else None, head_of(longer[: len(shorter)])
        )

    def _add(self, found: Finding) -> Work:
        assert self.known is not None
        lost: tuple[int, ...] = ()
        if found is Finding.JOURNAL_CONTINUES:
            lost = tuple(self.journal[len(self.known) :])
        elif found is Finding.PARTED:
            lost = self.lost(self.known)
        if lost and not (yield from self._write(lost)):
            return False
        self.known += lost
        return found is not Finding.PARTED or (yield from self.set_aside())

    def set_aside(self) -> Work:
        """Replace the journal by a copy of the log, in one step: until then, it has what the log may lose."""
        assert self.known is not None
        written: int | End | None = None
        while written is None:
            written = yield Keep(tuple(self.known), None)
        return True

    def lost(self, log: Sequence[int]) -> tuple[int, ...]:
        """What a log lacks that has continued without this journal."""
        return tuple(change for change in self.journal if change not in log)

    def compared(self) -> Work:
        """Compare the journal, and serve nobody."""
        yield from self.bring()
        return False


class DamagedWorld(World):
    """A log that is damaged now and then, and servers with journals."""

    tables = (
        {**WILD, "delete": 0.4, "roll back": 0.3, "notice": 6, "compare": 3},
        {**CALM, "notice": 20, "compare": 20},
    )

    def __init__(self, seed: int) -> None:
        super().__init__(seed, Keeper)
        self._store, self._damages = 0, 0
        self._stores: dict[int, int] = {}

    def send(self, node: Node, request: Request) -> None:
        """A request sets out, to the store that its sender knows."""
        assert isinstance(node, Keeper)
        super().send(node, request)
        self._stores[node.ticket] = node.store

    def acknowledge(self, change: int) -> None:
        """A user learns that a change is saved; the log may have been deleted in this moment."""
        if not any(isinstance(node, Keeper) and change in node.journal for node in self._nodes):
            raise Broken(f"OWN-8: change {change} is acknowledged, and in no journal")
        self._acknowledged.add(change)

    def _is_over(self) -> bool:
        return super()._is_over() and not any(
            isinstance(node, Keeper) and node.is_due for node in self._nodes
        )

    def _do(self, what: str, node: Node) -> bool:
        assert isinstance(node, Keeper)
        if what == "notice" and node.store != self._store:
            node.notice(self._store)
        elif what == "compare" and node.is_due and node.work is None and node.known is None:
            node.start(node.compared())
        elif what in ("delete", "roll back") and self._log.records and self._damages < DAMAGES:
            self._damages += 1
            self._damage(what)
        else:
            return False
        return True

    def _damage(self, what: str) -> None:
        if what == "delete":
            self._log.records.clear()
            self._store += 1
            return
        del self._log.records[self._random.randrange(len(self._log.records)) :]
        self._flying.clear()
        for node in self._nodes:  # a backup is restored while no server runs
            node.crash()

    def _answer(self, flight: Flight) -> int | End | None:
        node = flight.node
        assert isinstance(node, Keeper)
        if isinstance(flight.request, Keep):
            return self._keep(node, flight.ticket, flight.request)
        if self._stores[flight.ticket] != self._store:
            return None  # nothing gets into another store (OWN-6)
        return super()._answer(flight)

    def _keep(self, node: Keeper, ticket: int, wanted: Keep) -> int | None:
        """Write to a disk; what its server has forgotten about is not written."""
        if node.ticket != ticket or node.work is None:
            return None
        if wanted.before is None:
            node.journal = [*wanted.changes]
        elif head_of(node.journal) == wanted.before:
            node.journal += wanted.changes
        elif head_of(node.journal[: -len(wanted.changes)]) != wanted.before:  # not written already either
            raise Broken("OWN-8: the journal does not continue")
        return 1
