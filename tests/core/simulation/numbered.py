"""Edits with a number each, and what became of the numbers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from optiverse_collab.core.client.effects import Conflict, ConflictKind, EpochChanged, Lost
from optiverse_collab.core.client.past_effects import WentBack
from optiverse_collab.core.protocol.codec import encoded
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from tests.helpers.wire import Peer

ITEMS = ("lens", "mirror", "prism", "slit")
PROPS = ("a", "b")


class Numbered:
    """Makes edits that set a number that no other edit sets, and knows who saw and heard of which.

    Args:
        random: decides what is edited.
        counts: what people hear is counted there.

    Attributes:
        made: the numbers so far, oldest first, and who set which property of which item to each.
    """

    def __init__(self, random: random.Random, counts: Counter[str]) -> None:
        self._random, self._counts = random, counts
        self._number = 0
        self.made: dict[int, str] = {}
        self._before: dict[int, int] = {}  # a number → the one that its author saw in its place
        self._removed: set[int] = set()  # the numbers that somebody saw, and removed
        self._reported: set[int] = set()

    def next(self) -> int:
        """A number that nothing else has."""
        self._number += 1
        return self._number

    def edit(self, name: str, view: Mapping[str, Record], items: tuple[str, ...] = ITEMS) -> Op:
        """Somebody who sees a bench sets a property."""
        id, prop = self._random.choice(items), self._random.choice(PROPS)
        number = self.next()
        self.made[number] = f"{name}: {id}.{prop}"
        record = view.get(id)
        if record is not None and prop in record.props:
            self._before[number] = record.props[prop]
        value = {prop: number}
        return Put(id, "component", value) if record is None else Set(id, value)

    def remove(self, view: Mapping[str, Record]) -> Remove:
        """Somebody who sees a bench, which has something, removes an item."""
        id = self._random.choice(sorted(view))
        for number in view[id].props.values():
            self._removed.update(self._chain(number))
        return Remove(id)

    def hear(self, peer: Peer) -> bool:
        """Note what somebody hears; whoever can't continue hears of all of their bench.

        Returns:
            Whether they can continue.
        """
        for told in (*peer.told(Conflict), *peer.told(Lost)):
            self._reported.update(_numbers_in(told))
            self._reported.update(self._replaced(told))
        self._counts["conflicts"] += len(peer.told(Conflict))
        self._counts["went back"] += len(peer.told(WentBack))
        can_continue = not peer.told(EpochChanged)
        if not can_continue:
            self._counts["parted"] += 1
            unsent = [change.operations for change in peer.replica.pending]
            self._reported.update(_numbers_in([peer.replica.view, unsent]))
        peer.heard.clear()
        return can_continue

    def check(self, records: Iterable[Record]) -> None:
        """Each number is on a bench, or reported, or somebody who had seen it replaced or removed it."""
        there: set[int] = set()
        for record in records:
            for number in record.props.values():
                there.update(self._chain(number))
        known = there | self._reported | self._removed
        known |= {before for number in self._reported for before in self._chain(number)}
        lost = {number: where for number, where in self.made.items() if number not in known}
        assert not lost

    def _replaced(self, told: object) -> Iterator[int]:
        """The other person's last numbers, if somebody hears that their own edit has replaced them."""
        if isinstance(told, Conflict) and told.kind is ConflictKind.REPLACED_THEIRS:
            places = {f"{told.by}: {told.mine.id}.{name}" for name in told.names}
            last = {where: number for number, where in self.made.items() if where in places}
            yield from last.values()

    def _chain(self, number: int) -> Iterator[int]:
        """A number and all that its author, and theirs, had seen in its place."""
        while True:
            yield number
            if number not in self._before:
                return
            number = self._before[number]


def _numbers_in(told: object) -> Iterator[int]:
    """All numbers in what somebody hears."""

    def walk(value: Any) -> Iterator[int]:
        if isinstance(value, dict):
            for name, one in value.items():
                if name in PROPS and isinstance(one, int):
                    yield one
                else:
                    yield from walk(one)
        elif isinstance(value, list):
            for one in value:
                yield from walk(one)

    yield from walk(msgspec.json.decode(encoded(told)))
