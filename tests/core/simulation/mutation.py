"""Breaks the core on purpose, to prove that the simulation detects faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from tests.core.simulation.run import Failed, run_seed


@dataclass(frozen=True)
class Mutation:
    """A plausible mistake in the core.

    Attributes:
        name: short.
        sentence: what is wrong.
        places: the functions to replace: their owners and names.
        by: the replacement.
    """

    name: str
    sentence: str
    places: tuple[tuple[object, str], ...]
    by: Callable[..., Any]

    @contextmanager
    def applied(self) -> Iterator[None]:
        """The core is broken inside this block."""
        with ExitStack() as stack:
            for where, attribute in self.places:
                stack.enter_context(mock.patch.object(where, attribute, self.by))
            yield

    def noticed_by(self, seeds: int) -> tuple[int, Failed] | None:
        """The first seed, out of the first `seeds`, that notices it, with its report; None if none does."""
        with self.applied():
            for seed in range(seeds):
                try:
                    run_seed(seed, Counter())
                except Failed as failed:
                    return seed, failed
        return None


class Mutations(list[Mutation]):
    """A list of mutations that is filled by a decorator."""

    def add(self, sentence: str, *places: tuple[object, str]) -> Callable[[Callable[..., Any]], None]:
        """The function that follows replaces those at `places`; its name is the mutation's."""

        def decorate(by: Callable[..., Any]) -> None:
            self.append(Mutation(by.__name__.replace("_", " "), sentence, places, by))

        return decorate
