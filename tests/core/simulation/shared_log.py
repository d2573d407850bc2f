"""Servers that share a log, while a scheduler delays, repeats and loses their messages (OWN rules).

One seed decides everything. Any server takes the log at any time, as if all hints about others were wrong.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import NamedTuple

from optiverse_collab.core.server.ownership import End, Next, Owner
from tests.core.simulation.shared_log_requests import Append, Drop, Log, Read, Request, Work

STEPS, TO_FINISH, CHANGES = 160, 4_000, 30


class Broken(AssertionError):
    """A rule is broken."""


class Node:
    """A server: takes the log, reads it, and appends changes.

    Attributes:
        known: the changes that it read or wrote, in order; None if it does not serve.
        work: what it is doing.
        ticket: of the request whose answer it awaits.
    """

    def __init__(self, name: str, world: World) -> None:
        self._name, self._world = name, world
        self._runs = self._writes = 0
        self.crash()

    def crash(self) -> None:
        """Forget everything, and start another run."""
        self._runs += 1
        self._run = f"{self._name}{self._runs}"
        self.close()

    def close(self) -> None:
        """Stop serving; a request may still be under way."""
        self.ticket = 0
        self._owner: Owner | None = None
        self.known: list[int] | None = None
        self.work: Work | None = None

    def start(self, work: Work) -> None:
        """Begin a job."""
        self.work = work
        self.go(None)

    def go(self, answer: int | End | None) -> None:
        """Go on with an answer, or without one."""
        assert self.work is not None
        try:
            self._world.send(self, self.work.send(answer))
        except StopIteration as ended:
            self.work = None
            if not ended.value:
                self.close()

    def _write(self, changes: tuple[int, ...], start: tuple[int, ...] | None = None) -> Work:
        assert self._owner is not None
        self._writes += 1
        write, before = self._writes, hash(tuple(self.known or ()))
        what = self._owner.begin(write)
        while what in (Next.APPEND, Next.READ):
            if what is Next.APPEND:
                sequence = yield Append(self._owner.last, self._run, write, before, changes, start)
                assert not isinstance(sequence, End)
                what = self._owner.answered(sequence)
            else:
                end = yield Read()
                assert not isinstance(end, int)
                what = self._owner.read(end)
        return what is Next.DONE

    def take(self) -> Work:
        """Append a record without changes; what is before it is the document (OWN-2)."""
        end = None
        while end is None:
            answer = yield Read()
            assert not isinstance(answer, int)
            end = answer
        self._owner = Owner(self._run, end.sequence)
        if not (yield from self._write(())):
            return False
        self.known = self._world.read_until(self._owner.last)
        return True

    def save(self, changes: tuple[int, ...]) -> Work:
        """Append changes, and acknowledge them."""
        assert self.known is not None
        new = tuple(change for change in changes if change not in self.known)  # PUSH-7
        if new and not (yield from self._write(new)):
            return False
        self.known += new
        for change in changes:
            self._world.acknowledge(change)
        return True

    def drop(self) -> Work:
        """Begin a chunk, and delete what is before it, if the chunk is in the log (OWN-13)."""
        assert self.known is not None
        assert self._owner is not None
        if not (yield from self._write((), tuple(self.known))):
            return False
        yield Drop(self._owner.last)
        return True


class Flight(NamedTuple):
    """A request on its way; its sender listens to the answer while it has the same ticket."""

    node: Node
    ticket: int
    request: Request


WILD = {"deliver": 20, "give up waiting": 5, "change": 8, "take": 2, "crash": 0.5, "close": 1, "drop": 1}
CALM = {"deliver": 20, "give up waiting": 1, "change": 8, "take": 2, "drop": 1}
"""What happens how often, before everything gets well and after."""


class World:
    """A log, servers, and messages between them.

    Args:
        seed: decides everything.
        kind: of the servers.

    Attributes:
        counts: how often what happened.
        tables: what happens how often, before everything gets well and after.
    """

    tables = WILD, CALM

    def __init__(self, seed: int, kind: type[Node] = Node) -> None:
        self.counts: Counter[str] = Counter()
        self._random = Random(seed)
        self._log = Log()
        self._nodes = [kind(name, self) for name in "abc"]
        self._flying: list[Flight] = []
        self._tickets = 0
        self._acknowledged: set[int] = set()
        self._is_calm = False

    def run(self) -> None:
        """Play a history, and then let it end well."""
        for _ in range(STEPS):
            self._step()
        self._is_calm = True
        for _ in range(TO_FINISH):
            if self._is_over():
                break
            self._step()
        else:
            raise Broken("OWN-3: some changes are never saved")
        self._check()

    def _is_over(self) -> bool:
        """Whether all is done."""
        return len(self._acknowledged) == CHANGES and not self._flying

    def send(self, node: Node, request: Request) -> None:
        """A request sets out."""
        self._tickets += 1
        node.ticket = self._tickets
        self._flying.append(Flight(node, node.ticket, request))

    def read_until(self, sequence: int) -> list[int]:
        """The changes up to a record: of the newest chunk, and after it."""
        found: list[int] = []
        for record in self._log.records:
            if record.sequence <= sequence:
                found = [*(found if record.start is None else record.start), *record.changes]
        return found

    def acknowledge(self, change: int) -> None:
        """A user learns that a change is saved."""
        if change not in self.read_until(2**62):
            raise Broken(f"OWN-3: change {change} is acknowledged, and not in the log")
        self._acknowledged.add(change)

    def _step(self) -> None:
        table = self.tables[self._is_calm]
        [what] = self._random.choices(list(table), list(table.values()))
        node = self._random.choice(self._nodes)
        if what == "deliver" and self._flying:
            self._deliver()
        elif what == "give up waiting" and node.work is not None:
            node.go(None)
        elif what == "take" and not self._is_served(node):
            node.start(node.take())
        elif what == "change" and node.work is None and node.known is not None:
            self._change(node)
        elif what == "drop" and node.work is None and node.known:
            node.start(node.drop())
        elif what == "crash":
            node.crash()
        elif what == "close":
            node.close()
        elif not self._do(what, node):
            return
        self.counts[what] += 1

    def _do(self, what: str, node: Node) -> bool:
        """Let something else happen, if it can."""
        return False

    def _is_served(self, node: Node) -> bool:
        """Whether a node need not take the log; at first, they don't know of each other."""
        some = self._nodes if self._is_calm else [node]
        return any(one.work is not None or one.known is not None for one in some)

    def _change(self, node: Node) -> None:
        """Users of a node push what is not acknowledged; others may have pushed it already."""
        waiting = sorted(set(range(CHANGES)) - self._acknowledged)[:8]
        some = self._random.sample(waiting, min(len(waiting), self._random.randint(1, 3)))
        if some:
            node.start(node.save(tuple(some)))

    def _deliver(self) -> None:
        """Some message arrives: perhaps not for the last time, and perhaps its answer gets lost."""
        flight = self._random.choice(self._flying)
        if self._is_calm or self._random.random() > 0.1:
            self._flying.remove(flight)
        answer = self._answer(flight)
        is_lost = not self._is_calm and self._random.random() < 0.15
        if is_lost:
            self.counts["lost answer"] += 1
        elif flight.node.ticket == flight.ticket and flight.node.work is not None:
            flight.node.go(answer)

    def _answer(self, flight: Flight) -> int | End | None:
        """Do what a request asks for."""
        if isinstance(flight.request, Append):
            answer = self._log.append(flight.request, self._random.randint(1, 3))
            self.counts["refused" if answer is None else "appended"] += 1
            return answer
        if isinstance(flight.request, Drop):
            before = flight.request.before
            self._log.records = [one for one in self._log.records if one.sequence >= before]
            return 1
        back = 0 if self._is_calm else self._random.choice((0, 0, 0, 1, 3))
        return self._log.end(min(back, len(self._log.records)))

    def _check(self) -> None:
        seen: list[int] = []
        for record in self._log.records:
            seen = seen if record.start is None else [*record.start]
            if record.changes and record.before != hash(tuple(seen)):
                raise Broken(f"OWN-2: record {record.sequence} does not continue the one before")
            seen += record.changes
        if twice := [change for change, count in Counter(seen).items() if count > 1]:
            raise Broken(f"OWN-3: changes {twice} are in the log twice")
        if lost := self._acknowledged - set(seen):
            raise Broken(f"OWN-3: the acknowledged changes {lost} are lost")
