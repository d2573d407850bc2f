"""The origins and authors of a session, to which entries and stamps refer by number.

The texts are in a separate table, so that a name can be erased while the entries keep their hashes. A name
that nothing refers to is forgotten. If it comes back, it gets another number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum

import msgspec


class NameKind(str, Enum):
    """The kinds of names."""

    ORIGIN = "origin"
    AUTHOR = "author"

    __hash__ = str.__hash__  # see `Lane`


class Name(msgspec.Struct, frozen=True, array_like=True):
    """One name.

    Attributes:
        number: from 1, unique in a session; newer names of a kind have greater numbers.
        text: 32 hex digits for an origin, the displayed name for an author; empty if it is erased.
    """

    kind: NameKind
    number: int
    text: str


class Names:
    """Number ↔ text, for origins and authors.

    Args:
        names: the known ones, in order, and the last of each kind, which may be erased.

    Attributes:
        characters: the total length of all texts.
    """

    def __init__(self, names: Iterable[Name] = ()) -> None:
        self._texts: dict[NameKind, dict[int, str]] = {kind: {0: ""} for kind in NameKind}  # 0 is unknown
        self._numbers: dict[NameKind, dict[str, int]] = {kind: {"": 0} for kind in NameKind}
        self._last = dict.fromkeys(NameKind, 0)
        self._new: list[Name] = []
        self.characters = 0
        self.watch()
        for name in names:
            self._add(name)

    def number(self, kind: NameKind, text: str) -> int:
        """The number of a text; a new one if it had none."""
        number = self._numbers[kind].get(text)
        if number is None:
            number = self._last[kind] + 1
            self.add_new(Name(kind, number, text))
        self._asked[kind].add(number)
        return number

    def last(self, kind: NameKind) -> int:
        """The number of the newest name of a kind; 0 if there is none."""
        return self._last[kind]

    def add_new(self, name: Name) -> None:
        """Take a name that has its number already: the next one of its kind."""
        self._add(name)
        self._new.append(name)
        self._asked[name.kind].add(name.number)

    def watch(self) -> None:
        """From now on, requested numbers are in use, whatever `keep` gets."""
        self._asked: dict[NameKind, set[int]] = {kind: set() for kind in NameKind}

    def known(self, kind: NameKind, text: str) -> int:
        """The number of a text; -1 if it has none."""
        return self._numbers[kind].get(text, -1)

    def text(self, kind: NameKind, number: int) -> str:
        """The text of a number."""
        return self._texts[kind][number]

    def texts(self, kind: NameKind) -> Mapping[int, str]:
        """A copy of all texts, including those that are forgotten after this call."""
        return self._texts[kind]

    def keep(self, kind: NameKind, used: Iterable[int]) -> None:
        """Forget all numbers except these, and those requested since `watch`."""
        kept_numbers = {0, *used, *self._asked[kind]}
        kept = {number: text for number, text in self._texts[kind].items() if number in kept_numbers}
        self.characters -= sum(map(len, self._texts[kind].values())) - sum(map(len, kept.values()))
        self._texts[kind] = kept
        self._numbers[kind] = {text: number for number, text in kept.items() if text or not number}

    @property
    def count(self) -> int:
        """The number of names."""
        return sum(map(len, self._texts.values()))

    def take_new(self) -> list[Name]:
        """The names added since the last call: storage gets each once."""
        new, self._new = self._new, []
        return new

    def _add(self, name: Name) -> None:
        self._texts[name.kind][name.number] = name.text
        self.characters += len(name.text)
        if name.text:
            self._numbers[name.kind][name.text] = name.number
        self._last[name.kind] = name.number


def erased(name: Name) -> Name:
    """An erased name, which only reserves its number."""
    return Name(name.kind, name.number, "")
