"""The origins and authors of a session, which entries and stamps name by number.

The texts stand in a table of their own: so a name can be erased, and the entries keep their hashes.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

import msgspec


class NameKind(str, Enum):
    """What a name is the name of."""

    ORIGIN = "origin"
    AUTHOR = "author"


class Name(msgspec.Struct, frozen=True, array_like=True):
    """One name.

    Attributes:
        number: from 1 on, without gaps among those of its kind.
        text: 32 hex digits for an origin, what people were shown for an author.
    """

    kind: NameKind
    number: int
    text: str


class Names:
    """Number ↔ text, for origins and authors.

    Args:
        names: those that are known, in order.
    """

    def __init__(self, names: Iterable[Name] = ()) -> None:
        self._texts: dict[NameKind, list[str]] = {kind: [""] for kind in NameKind}  # 0 is unknown
        self._numbers: dict[NameKind, dict[str, int]] = {kind: {"": 0} for kind in NameKind}
        self._new: list[Name] = []
        for name in names:
            self._add(name.kind, name.text)

    def number(self, kind: NameKind, text: str) -> int:
        """The number of a text, which is a new one if it had none."""
        known = self._numbers[kind].get(text)
        if known is not None:
            return known
        number = self._add(kind, text)
        self._new.append(Name(kind, number, text))
        return number

    def known(self, kind: NameKind, text: str) -> int:
        """The number of a text; -1 if it has none."""
        return self._numbers[kind].get(text, -1)

    def text(self, kind: NameKind, number: int) -> str:
        """The text of a number."""
        return self._texts[kind][number]

    def take_new(self) -> list[Name]:
        """The names that came since the last call: for storage, which gets each once."""
        new, self._new = self._new, []
        return new

    def _add(self, kind: NameKind, text: str) -> int:
        texts = self._texts[kind]
        texts.append(text)
        return self._numbers[kind].setdefault(text, len(texts) - 1)
