"""Hosts go away one after the other, and nothing that people do is a conflict."""

from __future__ import annotations

from collections.abc import Sequence

from tests.core.simulation.host_gone import NAMES, Story
from tests.core.simulation.numbered import ITEMS
from tests.helpers.wire import equal

MOST = tuple(item for item in ITEMS if item != "slit")
"""One item is for those who edit without a connection."""


class QuietStory(Story):
    """Such a story without two who edit the same at once, and without two new hosts: nothing is a conflict.

    Some lose their connection before the others, the new host among them; some edit meanwhile.
    """

    def play(self) -> None:
        """Run all of it; raises `AssertionError` if something is wrong."""
        self._come([*NAMES])
        for _ in range(4):
            self._one_host_goes()
        assert not self.counts["conflicts"]
        assert not self.counts["parted"]

    def _one_host_goes(self) -> None:
        old = self.computers[-1]
        guests = [name for name in NAMES if name != old.owner]
        host, early, last = self._random.sample(guests, 3)
        for _ in range(self._random.randrange(1, 5)):
            self._edit_in_turn(NAMES)
        copy = old.copied(old.lines() - self._random.randrange(3)) if old.lines() > 2 else None
        for name in self._random.sample([host, early], self._random.randrange(3)):
            self._go([name])
        self._edit_in_turn([last, old.owner] * self._random.randrange(2))
        if early not in self._where:
            self.set(early, ("slit",))
        self.die(old)
        self._go([*NAMES])
        for _ in range(self._random.randrange(3)):
            self.set(last, MOST)
        expected = dict(self.peers[last].replica.view)
        if copy is not None and self._random.random() < 0.5:
            self._begin(host, old.promoted(host, copy, old.term + 1))
        else:
            self.host(host)
        for name in [
            *self._random.sample(guests, len(guests)),
            old.owner,
        ]:  # after a crash, it knows few heads
            self.move(name, self.computers[-1])
        for one in self.computers[:-1]:
            one.is_on = False
        self._beat([])
        assert equal(self.computers[-1], *self.peers.values())
        records = self.computers[-1].room.history.document.records
        assert {id: one for id, one in records.items() if id in MOST} == {
            id: one for id, one in expected.items() if id in MOST
        }
        made = [number for number, where in self._numbered.made.items() if ": slit." in where]
        props = {} if "slit" not in records else records["slit"].props
        assert not made or made[-1] in props.values()

    def _edit_in_turn(self, names: Sequence[str]) -> None:
        for name in names:
            self.set(name, MOST)
            self.settle()
