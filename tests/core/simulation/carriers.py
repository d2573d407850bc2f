"""Servers that lose changes, and clients that carry them, in random histories: BACK-5 to BACK-10."""

from __future__ import annotations

import random
from collections import Counter

from msgspec import structs

from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.parcels import Parcel
from optiverse_collab.core.records import Set
from optiverse_collab.core.server.lineage import epochs_here, last_shared
from optiverse_collab.core.server.names import NameKind
from tests.core.simulation.forgeries import Made, forgeries
from tests.helpers.carrying_wire import Carrier, CarryingWire
from tests.helpers.wire import LENS, Backup, Peer, equal

STEPS = 50
NAMES = ("ann", "bob", "eve", "script")


class Story:
    """People who carry parcels, an operator who goes back to backups, and faults on the way.

    Attributes:
        counts: what happened.
    """

    def __init__(self, seed: int, counts: Counter[str]) -> None:
        self.counts = counts
        self._random = random.Random(seed)
        self._wire = CarryingWire()
        self._peers: dict[str, Peer] = {name: self._new(name, 0) for name in NAMES}
        self._kept: dict[str, list[Parcel]] = {name: [] for name in NAMES}
        self._here: set[str] = set()
        self._backups: list[Backup] = []
        self._made: dict[str, Made] = {}
        self._authors: dict[bytes, str] = {}  # who made a change, by its bytes
        self._opened: list[bytes] = []  # what the server had when it was opened, and got back since
        self._seen: dict[str, list[bytes]] = {name: [] for name in NAMES}
        self._proved: set[str] = set()  # epochs of which the server knows that it has lost changes
        self._held: set[str] = set()  # those whose answers had to wait
        self._number = 0

    def play(self) -> None:
        """Run all of it; raises `AssertionError` if something is wrong."""
        self._come(["ann"])
        self._edit(["ann"])
        weights: dict[str, float] = {
            "edit": 9,
            "carry": 8,
            "come": 5,
            "go": 2,
            "beat": 4,
            "backup": 2,
            "forge": 1,
            "gap": 1,
        }
        weights |= {"restore": 1, "copy": 1, "crash": 0.5}
        for _ in range(STEPS):
            [step] = self._random.choices([*weights], [*weights.values()])
            getattr(self, f"_{step}")(self._random.sample(NAMES, self._random.choice([1, 1, 2, 4])))

    @property
    def _history(self) -> list[bytes]:
        """All durable changes."""
        return [kept.data for kept in self._wire._kept]

    # What people do

    def _edit(self, names: list[str]) -> None:
        for name in names:
            if name in self._here:
                self._number += 1
                peer = self._peers[name]
                value = {name: self._number, "by": name, "text": "x" * self._random.choice([1, 100])}
                there = "lens" in peer.replica.view
                peer.edit(Set("lens", value) if there else structs.replace(LENS, props=value))
                self._wire.settle()
        self._note()

    def _note(self) -> None:
        """Note who made the changes; a change has one author for good."""
        names = self._wire.room.history.names
        for name in self._here:
            self._seen[name] = self._history[: self._peers[name].replica.clock]
        for entry, data in zip(self._wire.journal, self._history, strict=True):
            author = names.text(NameKind.AUTHOR, entry.author)
            assert self._authors.setdefault(data, author) == author, data

    def _come(self, names: list[str]) -> None:
        """Connect some at the same moment; whoever has lost changes brings back what it can."""
        coming = [name for name in names if name not in self._here]
        expected = self._expected(coming)
        before = self._history
        for name in coming:
            self._peers[name].heard.clear()
            self._wire.connect(self._peers[name], settle=False)
        if self._random.random() < 0.3 and len(expected) > len(before):
            self._stumble(before, expected)
            return
        self._wire.settle()
        self._check(before, expected)
        self._look(coming)

    def _stumble(self, before: list[bytes], expected: list[bytes]) -> None:
        """The server crashes while changes come back: what it has is a part of them."""
        for peer in self._peers.values():
            if isinstance(peer, Carrier):
                peer.at_once = 1
        for _ in range(self._random.randrange(1, 8)):
            for peer in [*self._wire.peers.values()]:
                self._wire.poll(peer)
                self._wire.send_up(peer)
            self._wire.commit()
            for peer in [*self._wire.peers.values()]:
                self._wire.send_down(peer)
        for name, peer in [*self._peers.items()]:
            if peer.replica.synced:
                self._seen[name] = self._history[: peer.replica.clock]
            if peer.replica._foreign:
                self._start_over(name)
            elif isinstance(peer, Carrier):
                peer.at_once = 100
        self._crash([])
        now = self._history
        assert now[: len(before)] == before
        assert now == expected[: len(now)]
        self.counts["crashes on the way"] += 1
        self.counts["crashes after a part"] += len(before) < len(now) < len(expected)

    def _check(self, before: list[bytes], expected: list[bytes]) -> None:
        """No change is missing that somebody carries, none is there twice, and each has its author."""
        now = self._history
        assert now[: len(expected)] == expected, (len(before), len(now), len(expected))
        self._note()
        came = sum(one.changes for one in self._wire.brought)
        assert came == len(expected) - len(before)
        self._wire.brought.clear()
        self.counts["changes that came back"] += came
        if came:
            self.counts["recoveries"] += 1
            self._opened = now[: len(expected)]
        self._reopened_is_the_same()

    def _reopened_is_the_same(self) -> None:
        """Storage has what the room has: records, positions, parents."""
        live, stored = self._wire.room.history, self._wire.open_room().history
        assert stored.snapshot().heads == live.snapshot().heads
        assert (stored.epoch, stored.clock, stored.parents) == (live.epoch, live.clock, live.parents)
        assert stored.document.records == live.document.records

    def _look(self, coming: list[str]) -> None:
        """Those who could not continue start over; all others see the same."""
        for name in coming:
            peer = self._peers[name]
            if peer.replica._foreign:
                assert name not in self._held or not self._continues(name)
                self._start_over(name)
            else:
                self._here.add(name)
                assert peer.replica.synced
        assert equal(self._wire, *(self._peers[name] for name in self._here))
        self._note()

    def _start_over(self, name: str) -> None:
        """Somebody whose history is another one begins again with nothing but their parcels."""
        self.counts["parted"] += 1
        self._wire.lose(self._peers[name])
        self._number += 1
        self._peers[name], self._seen[name] = self._new(name, self._number), []

    def _continues(self, name: str) -> bool:
        """Whether somebody's changes are all part of the history, and its epoch is known there."""
        seen, history = self._seen[name], self._wire.room.history
        return self._history[: len(seen)] == seen and last_shared(history, self._epoch(name)) >= len(seen)

    def _go(self, names: list[str]) -> None:
        for name in self._here.intersection(names):
            self._wire.lose(self._peers[name])
            self._here.remove(name)

    def _new(self, name: str, number: int) -> Peer:
        if name == "script":
            return Peer(name, f"{name} {number}")
        carrier = Carrier(name, self._kept[name] if number else ())
        carrier.replica.client_id, carrier.at_once = f"{name} {number}", 100
        return carrier

    # Parcels

    def _carry(self, names: list[str]) -> None:
        """Everybody who is here gets the next parcels, unless they are behind."""
        room = self._wire.room
        while (make := room.parcels.take(room.stored)) is not None:
            parcel = make()
            history = self._history[: parcel.clock]
            self._made[parcel.signature] = Made(parcel, history)
            for id in room.parcels.carriers:
                if self._random.random() < 0.85:
                    self._wire.peers[id].down.append(encode(parcel))
        self._wire.settle()
        for name in NAMES:
            self._kept[name] = getattr(self._peers[name], "kept", [])

    def _beat(self, names: list[str]) -> None:
        self._wire.beat()

    def _gap(self, names: list[str]) -> None:
        """Old parcels are dropped, and any others are lost."""
        for name in names:
            kept = self._kept[name]
            for _ in range(len(kept) // 3):
                kept.pop(self._random.choice([0, 0, self._random.randrange(len(kept))]))

    def _forge(self, names: list[str]) -> None:
        """Somebody mixes parcels that the server never made into theirs, or puts them in another order."""
        for name in names:
            kept = self._kept[name]
            if kept:
                one, other = self._random.choice(kept), self._random.choice(kept)
                forged = self._random.choice(forgeries(one, other, self._wire.room.history))
                kept.insert(self._random.randrange(len(kept) + 1), forged)
                self.counts["forged"] += 1

    # The operator

    def _backup(self, names: list[str]) -> None:
        self._backups.append(self._wire.backup())

    def _restore(self, names: list[str], is_copied: bool = False) -> None:
        if self._backups:
            backup = self._random.choice(self._backups[-3:])
            if self._random.random() < 0.6:
                self._carry([])
                self._beat([])
            self._all_go()
            if is_copied:
                self._wire.copy_back(backup)
            else:
                self._number += 1
                self._wire.restore(backup, f"epoch after {self._number}")
            self._opened, self._proved = self._history, set()
            self.counts["copied" if is_copied else "restored"] += 1
            self._come(names)

    def _copy(self, names: list[str]) -> None:
        self._restore(names, is_copied=True)

    def _crash(self, names: list[str]) -> None:
        self._all_go()
        self._wire.crash()
        self._opened, self._proved = self._history, set()
        self._wire.brought.clear()

    def _all_go(self) -> None:
        for peer in [*self._wire.peers.values()]:
            self._wire.lose(peer)
        self._here.clear()

    # What must come back

    def _expected(self, coming: list[str]) -> list[bytes]:
        """The changes after some have come, one after the other: a plain reading of BACK-7 and BACK-8."""
        epochs, now, opened = set(epochs_here(self._wire.room.history)), self._history, self._opened
        empty: dict[str, int] = {}  # how much there was when somebody had nothing more
        self._held = set()
        while True:
            sources: list[str] = []
            waiting: list[str] = []
            for name in coming:
                epoch, seen = self._epoch(name), self._seen[name]
                if self._proves_loss(name, now, epochs):
                    self._proved.add(epoch)
                is_lost = epoch in self._proved and epoch in epochs and seen != now[: len(seen)]
                if is_lost and name != "script" and now == opened and empty.get(name) != len(now):
                    sources.append(name)
                if sources:
                    waiting.append(name)
            if not sources:
                return now
            before, coming = now, waiting
            self._held.update(waiting)
            now, epochs = self._brought(sources, now, epochs)
            empty.update(dict.fromkeys(sources, len(now)))
            if now != before:
                opened, self._proved = now, set()

    def _brought(
        self, sources: list[str], now: list[bytes], epochs: set[str]
    ) -> tuple[list[bytes], set[str]]:
        """What these bring back, and the epochs that end there."""
        has_more = True
        while has_more:
            has_more = False
            for parcel in (parcel for name in sources for parcel in self._kept[name]):
                made = self._made.get(parcel.signature)
                after = now if made is None else made.after(parcel, now, epochs)
                if after is not now:
                    now, has_more, epochs = after, True, {parcel.epoch, self._wire.room.history.epoch}
        return now, epochs

    def _epoch(self, name: str) -> str:
        return self._peers[name].replica.epoch or ""

    def _proves_loss(self, name: str, now: list[bytes], epochs: set[str]) -> bool:
        """Whether somebody shows a signed position after the end of the history."""
        signed = self._peers[name].replica._confirmed.signed
        return signed is not None and self._epoch(name) in epochs and signed.clock > len(now) > 0
