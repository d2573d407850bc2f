"""Servers that lost changes which nobody carries, and clients that bring them back: BACK-11 to BACK-13.

Each edit sets a number that no other edit sets. In the end each number is on the bench, or was replaced
or removed by somebody who had seen it, or was reported to somebody.
"""

from __future__ import annotations

import random
from collections import Counter

from optiverse_collab.core.client.effects import Conflict, EpochChanged, Lost
from optiverse_collab.core.records import Op
from tests.core.simulation.numbered import Numbered
from tests.helpers.signing_wire import SigningWire
from tests.helpers.wire import Backup, Peer, equal

STEPS = 40
NAMES = ("ann", "bob", "eve")


class PartingWire(SigningWire):
    """A wire that doesn't wait for those who have parted from the session: their edits stay."""

    def _is_busy(self, peer: Peer, waits: bool) -> bool:
        return not peer.told(EpochChanged) and super()._is_busy(peer, waits)


class Story:
    """People who edit, with and without a connection, and an operator who goes back to backups.

    Args:
        counts: what happens is counted there.
        is_quiet: everybody is connected when the server loses something, and comes back before anybody edits;
            then there is no conflict.
    """

    def __init__(self, seed: int, counts: Counter[str], is_quiet: bool = False) -> None:
        self.counts, self._is_quiet = counts, is_quiet
        self._random = random.Random(seed)
        self._wire = PartingWire()
        self._peers = {name: Peer(name, goes_back=True) for name in NAMES}
        self._here: set[str] = set()
        self._backups: list[Backup] = []
        self._numbered = Numbered(self._random, counts)

    def play(self) -> None:
        """Run all of it; raises `AssertionError` if something is wrong."""
        self._come([*NAMES])
        weights = self._weights()
        for _ in range(STEPS):
            [step] = self._random.choices([*weights], [*weights.values()])
            getattr(self, f"_{step}")(self._random.sample(NAMES, self._random.choice([1, 1, 2, 3])))
        self._come([*NAMES])
        assert equal(self._wire, *self._peers.values())
        self._numbered.check(self._wire.room.history.document.records.values())

    def _weights(self) -> dict[str, int]:
        """How often each step comes."""
        weights = {"edit": 12, "remove": 1, "beat": 3, "backup": 2, "restore": 1, "copy": 1, "reopen": 1}
        return weights | ({} if self._is_quiet else {"come": 4, "go": 3, "stumble": 1})

    # People

    def _edit(self, names: list[str]) -> None:
        for name in names:
            self._set(name)
            if self._is_quiet:
                self._settle()
        self._settle()

    def _set(self, name: str) -> None:
        self._do(name, self._numbered.edit(name, self._peers[name].replica.view))

    def _remove(self, names: list[str]) -> None:
        name = names[0]
        view = self._peers[name].replica.view
        if view:
            self._do(name, self._numbered.remove(view))
        self._settle()

    def _do(self, name: str, op: Op) -> None:
        self._peers[name].edit(op)
        self.counts["edits without a connection"] += name not in self._here

    def _come(self, names: list[str]) -> None:
        coming = [name for name in names if name not in self._here]
        for name in coming:
            self._wire.connect(self._peers[name], settle=self._random.random() < 0.5)
            self._here.add(name)
        self._settle()
        if not self._here.issuperset(coming):
            self._come(coming)

    def _stumble(self, names: list[str]) -> None:
        """Connections that break again after a moment."""
        for name in names:
            if name not in self._here:
                peer = self._peers[name]
                self._wire.connect(peer, settle=False)
                for _ in range(self._random.randrange(8)):
                    self._wire.poll(peer)
                    self._wire.send_up(peer)
                    self._wire.commit()
                    self._wire.send_down(peer)
                self._wire.lose(peer)
                self._listen()

    def _go(self, names: list[str]) -> None:
        self._beat([])  # whoever has no signed position is believed (BACK-4)
        for name in self._here.intersection(names):
            self._wire.lose(self._peers[name])
            self._here.remove(name)

    def _settle(self) -> None:
        self._wire.settle()
        self._listen()
        here = [self._peers[name] for name in self._here]
        if not equal(self._wire, *here):
            self._wire.beat()  # somebody was behind (SYNC-12)
        assert equal(self._wire, *here)

    def _listen(self) -> None:
        """Note what everybody hears; whoever can't continue hears of all of their bench, and starts over."""
        for name, peer in [*self._peers.items()]:
            for told in (*peer.told(Conflict), *peer.told(Lost)):
                assert not self._is_quiet, told
            if not self._numbered.hear(peer):
                self._wire.lose(peer)
                self._peers[name] = Peer(name, f"{name} {self._numbered.next()}", goes_back=True)
                self._here.discard(name)

    # The operator

    def _beat(self, names: list[str]) -> None:
        self._wire.beat()

    def _backup(self, names: list[str]) -> None:
        self._backups.append(self._wire.backup())

    def _restore(self, names: list[str], is_copied: bool = False) -> None:
        if not self._backups:
            return
        backup = self._random.choice(self._backups[-2:])
        if self._is_quiet:  # others' work would be a conflict, and older backups have it
            self._backups.clear()
        self._go([*NAMES])
        if is_copied:
            self._wire.copy_back(backup)
        else:
            self._wire.restore(backup, f"epoch after {self._numbered.next()}")
        self.counts["copied" if is_copied else "restored"] += 1
        if self._is_quiet:
            self._all_come_back(names[0])
        else:
            self._come(names)

    def _all_come_back(self, name: str) -> None:
        """One of them has edited meanwhile; in the end all see what that one saw."""
        for _ in range(self._random.randrange(3)):
            self._set(name)
        expected, parted = dict(self._peers[name].replica.view), self.counts["parted"]
        self._come([*NAMES])
        if self.counts["parted"] == parted:
            assert self._wire.room.history.document.records == expected

    def _copy(self, names: list[str]) -> None:
        self._restore(names, is_copied=True)

    def _reopen(self, names: list[str]) -> None:
        """The server restarts: from then on it doesn't know what it had when the files were copied."""
        self._go([*NAMES])
        self._wire.crash()
        self._come([*NAMES] if self._is_quiet else names)


class CopyStory(Story):
    """An operator who copies files back again and again, from copies that all went on: BACK-14."""

    def _weights(self) -> dict[str, int]:
        weights = {"edit": 8, "remove": 1, "beat": 2, "backup": 5, "copy": 5, "reopen": 2}
        return weights | {"come": 5, "go": 3, "stumble": 2}
