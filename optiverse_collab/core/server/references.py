"""Finds the origins and authors in use: all other names of a session can be forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from optiverse_collab.core.server.journal import Snapshot, Touched
from optiverse_collab.core.server.names import Name, NameKind, erased


class Header(msgspec.Struct, gc=False):
    """The references in an entry, without its operations."""

    clock: int
    origin: int
    author: int
    lost: list[Touched] = []
    held: list[Touched] = []
    replaced: list[Touched] = []


class References:
    """Collects the numbers of names.

    Attributes:
        origins, authors: the numbers found; 0 is nobody.
    """

    def __init__(self) -> None:
        self.origins: set[int] = set()
        self.authors: set[int] = set()

    def add_snapshot(self, snapshot: Snapshot) -> None:
        """The state from which a session continues (DUR-4)."""
        for _ in self.follow_snapshot(snapshot):
            pass

    def follow_snapshot(self, snapshot: Snapshot) -> Iterator[int]:
        """The same, bit by bit; yields the number of references in each part."""
        for stamp in snapshot.stamps:
            self.add_change(stamp.origin, stamp.author)
            yield 1
        for client in snapshot.clients:
            self.origins.add(client.origin)
            yield 1
        self.authors.update(sweep.author for sweep in snapshot.sweeps)
        self.origins.update(burst.origin for burst in snapshot.watched.bursts)
        for outcome in snapshot.outcomes:
            parts = outcome.lost, outcome.held, outcome.replaced
            self.add_change(outcome.origin, outcome.author, *parts)
            yield 1 + sum(map(len, parts))

    def add_entry(self, entry: Header) -> None:
        """Collect from an entry after it."""
        self.add_change(entry.origin, entry.author, entry.lost, entry.held, entry.replaced)

    def add_change(self, origin: int, author: int, *parts: Iterable[Touched]) -> None:
        """Collect the author of a change, and the authors in its parts."""
        self.origins.add(origin)
        self.authors.add(author)
        for listed in parts:
            for part in listed:
                self.origins.add(part.origin)
                self.authors.add(part.author)

    def numbers(self, kind: NameKind) -> set[int]:
        """The numbers of one kind."""
        return self.origins if kind is NameKind.ORIGIN else self.authors

    def update(self, other: References) -> None:
        """Add the numbers that another collector found."""
        self.origins |= other.origins
        self.authors |= other.authors

    def missing(self, names: Iterable[Name]) -> str:
        """The first number found that is not among these names, as ``origin 2``; empty if there is none."""
        there = {(name.kind, name.number) for name in names} | {(kind, 0) for kind in NameKind}
        met = ((kind, number) for kind in NameKind for number in sorted(self.numbers(kind)))
        return next((f"{kind.value} {number}" for kind, number in met if (kind, number) not in there), "")

    def pick(self, names: Iterable[Name]) -> list[Name]:
        """The names found among these, and the last of each kind, without its text if it was not found."""
        listed = list(names)
        last = {name.kind: name.number for name in listed}
        picked = (name if name.number in self.numbers(name.kind) else erased(name) for name in listed)
        return [name for name in picked if name.text or name.number == last[name.kind]]
