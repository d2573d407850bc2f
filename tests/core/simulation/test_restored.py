"""Servers restored from backups, in random histories: CLK-8, and mutants that break it are noticed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from itertools import takewhile
from typing import Any
from unittest import mock

import pytest

from optiverse_collab.core.client.confirmed import Confirmed
from optiverse_collab.core.client.effects import EpochChanged
from optiverse_collab.core.records import Set
from optiverse_collab.core.server import answers
from optiverse_collab.core.server.history import History
from tests.helpers.wire import LENS, Backup, Peer, Wire, equal

SEEDS = range(40)
STEPS = 40
NAMES = ("ann", "bob", "eve")


class Story:
    """People who come and go, and an operator who makes backups and goes back to them.

    Attributes:
        counts: what happened.
    """

    def __init__(self, seed: int, counts: Counter[str]) -> None:
        self.counts = counts
        self._random = random.Random(seed)
        self._wire = Wire()
        self._peers = {name: Peer(name) for name in NAMES}
        self._here: set[str] = set()
        self._seen: dict[str, list[bytes]] = {name: [] for name in NAMES}
        self._backups: list[Backup] = []
        self._epochs = 1

    def play(self) -> None:
        """Run all of it; raises `AssertionError` if something is wrong."""
        self._come("ann")
        self._peers["ann"].edit(LENS)
        self._settle()
        for number in range(STEPS):
            name = self._random.choice(NAMES)
            step = self._random.choice(["edit"] * 4 + ["come", "come", "go", "backup", "restore"])
            if step == "edit":
                self._edit(name, number)
            elif step == "come" and name not in self._here:
                self._come(name)
            elif step == "go" and name in self._here:
                self._wire.lose(self._peers[name])
                self._here.remove(name)
            elif step == "backup":
                self._backups.append(self._wire.backup())
            elif step == "restore" and self._backups:
                self._restore(self._random.choice(self._backups))

    @property
    def _history(self) -> list[bytes]:
        """All accepted changes, from the server."""
        return [kept.data for kept in self._wire._kept]

    def _settle(self) -> None:
        self._wire.settle()
        for name in self._here:
            self._seen[name] = self._history[: self._peers[name].replica.clock]
        assert equal(self._wire, *(self._peers[name] for name in self._here))

    def _edit(self, name: str, number: int) -> None:
        peer = self._peers[name]
        if "lens" in peer.replica.view:
            peer.edit(Set("lens", {name: number, "by": name}))
            if name in self._here:
                self._settle()

    def _restore(self, backup: Backup) -> None:
        for name in self._here:
            self._wire.lose(self._peers[name])
        self._here.clear()
        self._epochs += 1
        self._wire.restore(backup, f"epoch {self._epochs}")
        self.counts["restored"] += 1

    def _come(self, name: str) -> None:
        """Connect: replicas with changes that the server lacks learn it, and all others continue."""
        peer, seen, history = self._peers[name], self._seen[name], self._history
        epochs = [self._wire.room.history.epoch, *(one.epoch for one in self._wire.start.parents)]
        is_known = not seen or peer.replica.epoch in epochs
        pending = len(peer.replica.pending)
        peer.heard.clear()
        if history[: len(seen)] == seen and is_known:
            self._wire.connect(peer)
            assert not peer.told(EpochChanged)
            self._here.add(name)
            self._settle()
            self.counts["went on"] += bool(seen) and len(self._wire.start.parents) > 0
            self.counts["sent what waited"] += bool(pending)
            return
        peer.replica._pending.changes.clear()  # waiting items would wait without end
        self._wire.connect(peer)
        [told] = peer.told(EpochChanged)
        if told.restored:
            assert told.missing == len(seen) - _shared(seen, history)
            self.counts["told how much is missing"] += 1
        else:
            assert not is_known, "the time of the backup is known"
        self._wire.lose(peer)
        self._peers[name], self._seen[name] = Peer(name, f"{name} {self._epochs}"), []


def _shared(one: list[bytes], other: list[bytes]) -> int:
    """How many changes two histories share at the start."""
    return sum(1 for _ in takewhile(bool, map(bytes.__eq__, one, other)))


def test_everybody_goes_on_or_is_told_how_much_is_missing() -> None:
    """CLK-8"""
    counts: Counter[str] = Counter()
    for seed in SEEDS:
        Story(seed, counts).play()
    least = {"restored": 60, "went on": 25, "sent what waited": 20, "told how much is missing": 30}
    assert {what: counts[what] for what in least if counts[what] < least[what]} == {}, counts


def nothing_is_shared(history: History, epoch: str) -> int:
    return history.clock if epoch == history.epoch else -1


def all_is_shared(history: History, epoch: str) -> int:
    return history.clock


def no_history_is_continued(self: Confirmed, message: Any) -> bool:
    return hasattr(message, "total") and (not self.clock or message.epoch == self.epoch)


def one_more_is_missing(self: Confirmed, message: Any) -> EpochChanged:
    parent = getattr(message, "parent", None)
    if parent is None:
        return EpochChanged(message.epoch)
    return EpochChanged(message.epoch, parent.time, self.clock - parent.clock + 1)


def no_time_is_told(history: History, epoch: str) -> None:
    return None


MUTANTS: list[tuple[object, str, Callable[..., Any]]] = [
    (answers, "last_shared", nothing_is_shared),
    (answers, "last_shared", all_is_shared),
    (answers, "parent_position", no_time_is_told),
    (Confirmed, "is_continued_by", no_history_is_continued),
    (Confirmed, "parting", one_more_is_missing),
]


@pytest.mark.parametrize(("place", "name", "by"), MUTANTS, ids=lambda it: getattr(it, "__name__", None))
def test_what_is_broken_is_noticed(place: object, name: str, by: Callable[..., Any]) -> None:
    """CLK-8: the unmodified core survives the same seeds."""

    def play() -> None:
        for seed in SEEDS:
            Story(seed, Counter()).play()

    with mock.patch.object(place, name, by), pytest.raises((AssertionError, ValueError)):
        play()
