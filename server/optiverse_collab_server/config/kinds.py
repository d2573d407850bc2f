"""The kinds of values for settings: which values are accepted, and how they are converted."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Kind:
    """A kind of value.

    Attributes:
        type: how a file gives it.
        needs: completes "'abc' is not …".
        metavar: its name in the help.
        accepts: whether a value of the type is valid.
        convert: what an accepted value becomes.
        choices: all values, if there are few.
        bare: what the option means without a value; None if it needs one.
    """

    type: type[str] | type[int] | type[bool]
    needs: str
    metavar: str = "N"
    accepts: Callable[[Any], bool] = lambda _: True
    convert: Callable[[Any], Any] = lambda value: value
    choices: tuple[str, ...] | None = None
    bare: str | None = None

    def read(self, text: str) -> Any:
        """The value that a text means.

        Raises:
            ValueError: it is not valid; with the reason.
        """
        if self.type is str:
            return self.take(text)
        words = {"true": True, "false": False} if self.type is bool else {}
        number = int(text) if self.type is int and text.isascii() and text.isdigit() else None
        return self.take(words.get(text.lower(), number), text)

    def take(self, value: object, shown: object = None) -> Any:
        """A value as a file gives it, converted.

        Args:
            value: of any type.
            shown: its name in the error; itself if that is None.

        Raises:
            ValueError: it is not valid; with the reason.
        """
        if type(value) is not self.type or not self.accepts(value):
            raise ValueError(f"{value if shown is None else shown!r} is not {self.needs}")
        return self.convert(value)


def choice(*values: str, bare: str | None = None) -> Kind:
    """One of these words; `bare` is what the option means without one."""
    return Kind(str, f"one of {', '.join(values)}", accepts=values.__contains__, choices=values, bare=bare)


TEXT = Kind(str, "a text; write one between quotes", "TEXT", bool)
SWITCH = Kind(bool, "a switch; give true or false")
PATH = Kind(
    str, "a path; write one between quotes", "PATH", bool, lambda text: Path(os.path.expanduser(text))
)
PORT = Kind(int, "a port; give a number from 0 to 65535", "PORT", lambda number: 0 <= number <= 65535)
WORKERS = Kind(int, "a number of workers; give 1 to 64", "N", lambda number: 1 <= number <= 64)
COUNT = Kind(int, "a number; give 0 or more", "N", lambda number: number >= 0)
