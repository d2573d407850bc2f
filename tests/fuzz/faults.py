"""What a target of the fuzzer says when something is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Fault(AssertionError):
    """A target did what it must not.

    Attributes:
        text: the input with which it did.
    """

    def __init__(self, what: str, text: str) -> None:
        super().__init__(f"{what}\nafter {text[:2000]!r}")
        self.text = text


class Target(Protocol):
    """Something that takes hostile input."""

    def feed(self) -> str:
        """Give it one input, check what became of it, and return the input.

        Raises:
            Fault: it did what it must not.
        """


@contextmanager
def no_other_error(text: str) -> Iterator[None]:
    """Inside of this, any exception that is not a `Fault` is one.

    Raises:
        Fault: with the exception as its cause.
    """
    try:
        yield
    except Fault:
        raise
    except Exception as error:
        raise Fault(f"{type(error).__name__}: {error}", text) from error
