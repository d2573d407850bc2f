"""How the core is broken on purpose, to prove that the simulation bites."""

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
    """A way to break the core, as somebody could get it wrong.

    Attributes:
        name: short.
        sentence: what is wrong.
        places: the functions that are replaced: where, and their names.
        by: what they are replaced by.
    """

    name: str
    sentence: str
    places: tuple[tuple[object, str], ...]
    by: Callable[..., Any]

    @contextmanager
    def applied(self) -> Iterator[None]:
        """The core is broken inside of this."""
        with ExitStack() as stack:
            for where, attribute in self.places:
                stack.enter_context(mock.patch.object(where, attribute, self.by))
            yield

    def noticed_by(self, seeds: int) -> tuple[int, Failed] | None:
        """The first seed that notices it and what it says, out of the first `seeds`; None if none does."""
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
