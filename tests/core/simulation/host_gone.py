"""The host goes away: people who host from copies and benches, come together again, and hosts who return.

Each edit sets a number that no other edit sets, as in `going_back`. In the end all are in one session, and
each number is on its bench, or was replaced or removed by somebody who had seen it, or was reported to
whoever had it: STAND-4, CLK-8, BACK-11 to BACK-13, HOST-1 to HOST-3.
"""

from __future__ import annotations

import random
import sys
from collections import Counter

from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Op
from optiverse_collab.core.server.history import History
from tests.core.simulation.hosts import Computer, hosted_from
from tests.core.simulation.numbered import ITEMS, Numbered
from tests.helpers.wire import Backup, Peer, equal

NAMES = ("ana", "ben", "carl", "dan")
STEPS = 40
WEIGHTS = {"edit": 12, "remove": 1, "beat": 3, "carry": 6, "come": 5, "go": 3, "die": 2, "promote": 4}
WEIGHTS |= {"host": 2, "invite": 4, "return": 1, "tell": 2}


class Story:
    """People in sessions that their computers host, from the first one, which is Ana's, to the last.

    Args:
        seed: decides everything.
        counts: what happens is counted there.
    """

    def __init__(self, seed: int, counts: Counter[str]) -> None:
        self.counts = counts
        self._random = random.Random(seed)
        first = Computer("ana", History.empty("epoch 1"), 1, b"first")
        self.computers = [first]
        self.peers = {name: Peer(name, goes_back=True) for name in NAMES}
        self._address = dict.fromkeys(NAMES, first)
        self._where: dict[str, Computer] = {}
        self._copy: tuple[str, Computer, Backup] | None = None
        self._numbered = Numbered(self._random, counts)

    def play(self) -> None:
        """Run all of it; raises `AssertionError` if something is wrong."""
        self._come([*NAMES])
        for _ in range(STEPS):
            [step] = self._random.choices([*WEIGHTS], [*WEIGHTS.values()])
            getattr(self, f"_{step}")(self._random.sample(NAMES, self._random.choice([1, 1, 2, 4])))
        self.come_together()
        self._numbered.check(self.last.room.history.document.records.values())

    def come_together(self) -> None:
        """Everybody goes to one of the sessions that are there; a server that was replaced takes nobody."""
        terms: dict[bytes, int] = {}
        for one in self.computers:
            terms[one.key] = max(one.term, terms.get(one.key, 0))
        able = [one for one in self.computers if one.term == terms[one.key]]
        on = [one for one in able if one.is_on] or able
        last = self._random.choice([on[-1], self._random.choice(on)])
        last.is_on = True
        for _ in range(2):  # whoever had parted begins again
            for name in NAMES:
                self.move(name, last)
        self.settle()
        assert {*self._where.values()} == {last}
        assert {*self._where} == {*NAMES}
        last.beat()  # somebody may be behind (SYNC-12)
        assert equal(last, *self.peers.values())
        self.last = last

    # People

    def _edit(self, names: list[str]) -> None:
        for name in names:
            self.set(name)
        self.settle()

    def set(self, name: str, items: tuple[str, ...] = ITEMS) -> None:
        """Let somebody set a property, with a connection or without."""
        self._do(name, self._numbered.edit(name, self.peers[name].replica.view, items))

    def _remove(self, names: list[str]) -> None:
        name = names[0]
        view = self.peers[name].replica.view
        if view:
            self._do(name, self._numbered.remove(view))
        self.settle()

    def _do(self, name: str, op: Op) -> None:
        self.peers[name].edit(op)
        self.counts["edits without a connection"] += name not in self._where

    def _come(self, names: list[str]) -> None:
        for name in names:
            computer = self._address[name]
            if name not in self._where and computer.serves:
                self._where[name] = computer
                computer.connect(self.peers[name], settle=self._random.random() < 0.5)
        self.settle()

    def _go(self, names: list[str]) -> None:
        for name in names:
            if name in self._where:
                self._where.pop(name).lose(self.peers[name])

    def move(self, name: str, to: Computer) -> None:
        """Somebody pastes a link (CONN-9)."""
        if self._where.get(name) is not to:
            self._go([name])
            self._address[name] = to
            self._come([name])

    def _invite(self, names: list[str]) -> None:
        to = self._random.choice(self.computers)
        for name in names:
            if to.serves and self._where.get(name) is not to:
                self.counts["moved"] += 1
                self.move(name, to)

    # Hosts

    def _carry(self, names: list[str]) -> None:
        """A copy follows its host, with a lag that differs; if there is none, somebody keeps one."""
        keeper, host, _ = self._copy or (names[0], self._random.choice(self.computers), None)
        if not host.serves or host.owner == keeper:
            self._copy = None if not host.is_on else self._copy
            return
        count = host.lines() - self._random.choice([0, 0, 1, 3])
        if count > 0:
            before = 0 if self._copy is None else len(self._copy[2].kept)
            self._copy = keeper, host, host.copied(max(count, before))

    def _die(self, names: list[str]) -> None:
        """A host's computer crashes; the editor there restores its replica from the disk."""
        computer = self._random.choice(self.computers)
        if computer.is_on:
            self.counts["died"] += 1
            self.die(computer)

    def die(self, computer: Computer) -> None:
        """A host's computer crashes."""
        computer.die()
        self._forget_gone()
        owner = computer.owner
        self._go([owner])
        saved, screen = self.peers[owner].replica.save(), self.peers[owner].screen
        replica = Replica.restore(saved, f"client of {owner} {self._numbered.next()}")
        self.peers[owner] = Peer(owner, replica=replica, goes_back=True)
        self.peers[owner].screen = screen

    def _promote(self, names: list[str]) -> None:
        """The keeper of a copy clicks *Host now*; the host may still be there for others."""
        if self._copy is None or self._where.get(self._copy[0]) is self._copy[1]:
            return
        (keeper, host, copy), self._copy = self._copy, None
        self.counts["promoted"] += 1
        self._lacks(host.lines() - len(copy.kept))
        new = host.promoted(keeper, copy, host.term + self._random.randrange(1, 1000))
        self._begin(keeper, new)
        for name in NAMES:  # they learned where the copy is
            if self._address[name] is host and name not in self._where:
                self._address[name] = new

    def _lacks(self, count: int) -> None:
        self.counts["copies that lagged"] += count > 0

    def _host(self, names: list[str]) -> None:
        """People without a copy click *Host now*, perhaps two at once."""
        for name in names[:2]:
            replica = self.peers[name].replica
            if name not in self._where and replica.clock and not self._address[name].serves:
                self.counts["hosted from a bench"] += 1
                self.host(name)

    def host(self, name: str) -> Computer:
        """Host from a bench."""
        time_ms = max(one.now_ms for one in self.computers)
        new = hosted_from(self.peers[name].replica, name, f"epoch of {name} {self._numbered.next()}", time_ms)
        self._begin(name, new)
        return new

    def _begin(self, name: str, new: Computer) -> None:
        new.now_ms = max(one.now_ms for one in self.computers)
        self.computers.append(new)
        self.move(name, new)

    def _return(self, names: list[str]) -> None:
        """A host's computer starts again, with all it had."""
        computer = self._random.choice(self.computers)
        if not computer.is_on:
            self.counts["returned"] += 1
            computer.is_on = True
            self._come(names)

    def _tell(self, names: list[str]) -> None:
        """A promoted server reaches the one that it replaced (STAND-4)."""
        for one in self.computers:
            newer = [two for two in self.computers if two.key == one.key and two.term > one.term]
            if one.serves and any(two.serves for two in newer):
                self.counts["deposed"] += 1
                for name in [name for name, there in self._where.items() if there is one]:
                    self._go([name])
                    self._address[name] = next(two for two in newer if two.serves)
                one.is_deposed = True

    def _beat(self, names: list[str]) -> None:
        for one in self.computers:
            if one.serves:
                one.beat()
        self._listen()

    # What happens on its own

    def settle(self) -> None:
        """Let everything happen, and listen."""
        for one in self.computers:
            if one.is_on:
                one.settle()
        self._listen()

    def _forget_gone(self) -> None:
        gone = [name for name, there in self._where.items() if self.peers[name] not in there.peers.values()]
        for name in gone:
            del self._where[name]

    def _listen(self) -> None:
        """Note what everybody hears; whoever can't continue hears of all of their bench, and starts over."""
        self._forget_gone()
        for name, peer in [*self.peers.items()]:
            if not self._numbered.hear(peer):
                self._go([name])
                self.peers[name] = Peer(name, f"{name} {self._numbered.next()}", goes_back=True)


def main(seeds: int) -> None:
    """Play many histories, and print what happened in them."""
    counts: Counter[str] = Counter()
    for seed in range(seeds):
        try:
            Story(seed, counts).play()
        except AssertionError as error:
            raise AssertionError(f"seed {seed}") from error
    sys.stdout.write(f"All of {seeds} histories held: {dict(counts)}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
