"""The fault that a target of the fuzzer raises."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Fault(AssertionError):
    """A target misbehaved.

    Attributes:
        text: the input.
    """

    def __init__(self, what: str, text: str) -> None:
        super().__init__(f"{what}\nafter {text[:2000]!r}")
        self.text = text


class Target(Protocol):
    """Something that takes hostile input."""

    def feed(self) -> str:
        """Give it one input, check the result, and return the input.

        Raises:
            Fault: it misbehaved.
        """


@contextmanager
def no_other_error(text: str) -> Iterator[None]:
    """Inside this block, any exception becomes a `Fault`.

    Raises:
        Fault: with the exception as its cause.
    """
    try:
        yield
    except Fault:
        raise
    except Exception as error:
        raise Fault(f"{type(error).__name__}: {error}", text) from error
