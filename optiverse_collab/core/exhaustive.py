"""The end of a match over a closed set (`typing.assert_never` exists only from Python 3.11 on)."""

from __future__ import annotations

from typing import NoReturn


class Unmatched(AssertionError):
    """A value that is no member of the set; mypy reports each member that the match leaves out."""

    def __init__(self, value: NoReturn) -> None:
        super().__init__(f"{value!r} is not a possible value here")
