"""Servers restored from backups, in random histories: CLK-8, BACK, and mutants that break it are noticed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from itertools import takewhile
from typing import Any
from unittest import mock

import pytest
from msgspec import structs

from optiverse_collab.core.client.confirmed import Confirmed
from optiverse_collab.core.client.effects import EpochChanged
from optiverse_collab.core.protocol.messages import Pong
from optiverse_collab.core.protocol.timestamps import timestamp
from optiverse_collab.core.records import Set
from optiverse_collab.core.server import answers, signatures
from optiverse_collab.core.server.delivery import Delivery
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.signatures import Signatures
from tests.helpers.signing_wire import SigningWire
from tests.helpers.wire import LENS, Backup, Peer, equal

SEEDS = range(250)
STEPS = 40
NAMES = ("ann", "bob", "eve")


class Story:
    """People who come and go, and an operator who makes backups and goes back to them.

    They go back with the command, which starts a new epoch, or by copying files. Some people present a
    signature that nobody made, or ask with a wrong position.

    Attributes:
        counts: what happened.
    """

    def __init__(self, seed: int, counts: Counter[str]) -> None:
        self.counts = counts
        self._random = random.Random(seed)
        self._wire = SigningWire()
        self._peers = {name: Peer(name) for name in NAMES}
        self._here: set[str] = set()
        self._seen: dict[str, list[bytes]] = {name: [] for name in NAMES}
        self._backups: list[Backup] = []
        self._epochs = 1
        self._opened = 0
        self._noticed: set[str] = set()  # epochs of which it was noticed that changes are missing

    def play(self) -> None:
        """Run all of it; raises `AssertionError` if something is wrong."""
        self._come("ann")
        self._peers["ann"].edit(LENS)
        self._settle()
        for number in range(STEPS):
            name = self._random.choice(NAMES)
            step = self._random.choice(
                ["edit"] * 5
                + ["come"] * 3
                + ["go", "beat", "beat", "beat", "backup", "restore", "copy", "reopen"]
            )
            if step == "edit":
                self._edit(name, number)
            elif step == "come" and name not in self._here:
                self._come(name)
            elif step == "go" and name in self._here:
                self._wire.lose(self._peers[name])
                self._here.remove(name)
            elif step == "backup":
                self._backups.append(self._wire.backup())
            elif step == "beat":
                self._beat()
            elif step == "reopen":
                self._all_go()
                self._wire.crash()
                self._open()
            elif step in ("restore", "copy") and self._backups:
                self._restore(self._random.choice(self._backups), is_copied=step == "copy")

    @property
    def _history(self) -> list[bytes]:
        """All accepted changes, from the server."""
        return [kept.data for kept in self._wire._kept]

    def _settle(self) -> None:
        self._wire.settle()
        for name in self._here:
            self._seen[name] = self._history[: self._peers[name].replica.clock]
        assert equal(self._wire, *(self._peers[name] for name in self._here))

    def _beat(self) -> None:
        self._wire.beat()
        for name in self._here:
            signed, clock = self._peers[name].replica._confirmed.signed, self._peers[name].replica.clock
            assert signed is not None
            assert signed.clock == clock

    def _edit(self, name: str, number: int) -> None:
        peer = self._peers[name]
        if "lens" in peer.replica.view:
            peer.edit(Set("lens", {name: number, "by": name}))
            if name in self._here:
                self._settle()

    def _restore(self, backup: Backup, is_copied: bool) -> None:
        self._all_go()
        if is_copied:
            self._wire.copy_back(backup)
        else:
            self._epochs += 1
            self._wire.restore(backup, f"epoch {self._epochs}")
        self._open()
        self.counts["copied" if is_copied else "restored"] += 1

    def _all_go(self) -> None:
        for name in self._here:
            self._wire.lose(self._peers[name])
        self._here.clear()

    def _open(self) -> None:
        self._opened, self._noticed = len(self._history), set()
        self._wire.noticed.clear()

    def _come(self, name: str) -> None:
        """Connect: replicas with changes that the server lacks learn it, and all others continue."""
        peer, seen, history = self._peers[name], self._seen[name], self._history
        is_known = not seen or peer.replica.epoch in self._epochs_here
        pending = len(peer.replica.pending)
        peer.heard.clear()
        if history[: len(seen)] == seen and is_known and not self._lies(peer):
            self._wire.connect(peer)
            assert not peer.told(EpochChanged)
            self._here.add(name)
            self._settle()
            self.counts["went on"] += bool(seen) and len(self._wire.start.parents) > 0
            self.counts["sent what waited"] += bool(pending)
            return
        expected = self._missing(peer, seen)
        peer.replica._pending.changes.clear()  # waiting items would wait without end
        self._wire.connect(peer)
        [told] = peer.told(EpochChanged)
        self._check(told, peer, seen, expected)
        self._wire.lose(peer)
        self._peers[name], self._seen[name] = Peer(name, f"{name} {self._epochs} {len(seen)}"), []

    @property
    def _epochs_here(self) -> list[str]:
        return [self._wire.room.history.epoch, *(one.epoch for one in self._wire.start.parents)]

    def _lies(self, peer: Peer) -> bool:
        """Somebody asks with a wrong position now and then, or with a signature that nobody made."""
        confirmed = peer.replica._confirmed
        lie = self._random.choice(["", "", "", "position", "signature"]) if confirmed.signed else ""
        if lie == "signature":
            assert confirmed.signed is not None
            confirmed.signed = structs.replace(confirmed.signed, clock=confirmed.clock + 1000)
        if lie:
            confirmed.head = "00" * 16
            self.counts[f"lied about a {lie}"] += 1
        return bool(lie)

    def _missing(self, peer: Peer, seen: list[bytes]) -> int:
        """How many changes are missing, as a peer's signed head proves; 0 if it proves nothing."""
        signed, epoch = peer.replica._confirmed.signed, peer.replica.epoch
        if signed is None or epoch not in self._epochs_here or epoch in self._noticed:
            return 0
        end = self._end(epoch)
        is_true = signed.clock <= len(seen) and seen[: signed.clock] != self._history[: signed.clock]
        return signed.clock - end if is_true and 0 < end < signed.clock else 0

    def _end(self, epoch: str) -> int:
        """Up to which clock the server may have an epoch's changes from before it was restored."""
        if epoch == self._wire.room.history.epoch:
            return self._opened
        parents = self._wire.start.parents
        since = [one.epoch for one in parents].index(epoch)
        return min(one.clock for one in parents[since:])

    def _check(self, told: EpochChanged, peer: Peer, seen: list[bytes], expected: int) -> None:
        """A peer's history is another one: the server has noticed what it can, and the peer learns why."""
        epoch, clock = peer.replica.epoch or "", peer.replica.clock
        assert [one.missing for one in self._wire.noticed] == ([expected] if expected else [])
        self._wire.noticed.clear()
        if expected:
            self._noticed.add(epoch)
            self.counts["noticed"] += 1
            self.counts["noticed that files were copied"] += epoch == self._wire.room.history.epoch
        is_parent = epoch in self._epochs_here[1:]
        is_told = (is_parent or epoch in self._noticed) and 0 < self._end(epoch) < clock
        assert bool(told.restored) is is_told
        if is_told:
            assert told.missing == clock - self._end(epoch)
            assert is_parent or told.missing <= len(seen) - _shared(seen, self._history)
            self.counts["told how much is missing"] += 1


def _shared(one: list[bytes], other: list[bytes]) -> int:
    """How many changes two histories share at the start."""
    return sum(1 for _ in takewhile(bool, map(bytes.__eq__, one, other)))


def test_everybody_goes_on_or_is_told_how_much_is_missing() -> None:
    """CLK-8, BACK-1 to BACK-4"""
    counts: Counter[str] = Counter()
    for seed in SEEDS:
        Story(seed, counts).play()
    least = {
        "restored": 60,
        "copied": 100,
        "went on": 25,
        "sent what waited": 20,
        "told how much is missing": 30,
        "noticed": 30,
        "noticed that files were copied": 15,
        "lied about a position": 10,
        "lied about a signature": 10,
    }
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


def no_time_is_told(history: History, epoch: str, request: Any) -> None:
    return None


def nothing_is_signed(self: Signatures, connection_id: str, delivery: Delivery, now_ms: int) -> Pong:
    return Pong(timestamp(now_ms), delivery.sent_to(connection_id))


def any_signature_counts(one: bytes, other: bytes) -> bool:
    return True


def it_is_noticed_again(self: Signatures, *args: Any) -> Any:
    self._restored.clear()
    return parted(self, *args)


def a_position_is_a_proof(self: Signatures, *asked: Any) -> Any:
    self._restored.add(self._opened)
    return parted(self, *asked)


def nobody_is_told(self: Signatures, connection_id: str, request: Any, answer: Any, *more: Any) -> Any:
    return answer, parted(self, connection_id, request, answer, *more)[1]


def the_first_signed_head_is_kept(self: Confirmed, pong: Pong) -> None:
    if self.signed is None:
        keep_signed(self, pong)


parted, keep_signed = Signatures.parted, Confirmed.keep_signed


MUTANTS: list[tuple[object, str, Callable[..., Any]]] = [
    (answers, "last_shared", nothing_is_shared),
    (answers, "last_shared", all_is_shared),
    (answers, "parent_position", no_time_is_told),
    (Confirmed, "is_continued_by", no_history_is_continued),
    (Confirmed, "parting", one_more_is_missing),
    (Signatures, "pong", nothing_is_signed),
    (signatures, "compare_digest", any_signature_counts),
    (Signatures, "parted", it_is_noticed_again),
    (Signatures, "parted", a_position_is_a_proof),
    (Signatures, "parted", nobody_is_told),
    (Confirmed, "keep_signed", the_first_signed_head_is_kept),
]


@pytest.mark.parametrize(("place", "name", "by"), MUTANTS, ids=lambda it: getattr(it, "__name__", None))
def test_what_is_broken_is_noticed(place: object, name: str, by: Callable[..., Any]) -> None:
    """CLK-8, BACK: the unmodified core survives the same seeds."""

    def play() -> None:
        for seed in SEEDS:
            Story(seed, Counter()).play()

    with mock.patch.object(place, name, by), pytest.raises((AssertionError, ValueError)):
        play()
