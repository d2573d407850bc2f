"""Runs the unit tests of modules that are broken on purpose: `python -m tests.core.simulation.unit_mutants`.

The tests are imported once; each mutant is a fork in which they run. Writes a line for each: its name, a
tab, and whether the tests notice. The first line of each file of tests is that of the unchanged code.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from unittest import mock

import pytest

from tests.core.simulation.mutation import Mutation
from tests.core.simulation.unit_mutations import UNIT_MUTATIONS
from tests.helpers.processes import ends_well


class Mutants:
    """A plugin that runs the tests of each file again and again.

    Attributes:
        lines: what is written.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run them in place of the usual loop."""
        for file, mutations in UNIT_MUTATIONS.items():
            tests = [item for item in session.items if item.nodeid.startswith(f"{file}::")]
            for mutation in (None, *mutations):
                name = file if mutation is None else mutation.name
                self.lines.append(f"{name}\t{_is_noticed(session, tests, mutation)}\n")
        return True


def _is_noticed(session: pytest.Session, tests: Sequence[pytest.Item], mutation: Mutation | None) -> bool:
    """Whether a test fails, in a fork."""

    def work() -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        with ExitStack() as stack:
            if mutation is not None:
                _break(stack, tests, mutation)
            for item in tests:
                item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
        if session.testsfailed:
            os._exit(1)

    return not ends_well(work)


def _break(stack: ExitStack, tests: Sequence[pytest.Item], mutation: Mutation) -> None:
    """Put a mutation in place, also where the tests have imported what it replaces."""
    before = [getattr(where, name) for where, name in mutation.places]
    stack.enter_context(mutation.applied())
    for module in {item.getparent(pytest.Module).obj for item in tests}:  # type: ignore[union-attr]
        for name, value in list(vars(module).items()):
            if any(value is one for one in before):
                stack.enter_context(mock.patch.object(module, name, mutation.by))


if __name__ == "__main__":
    mutants = Mutants()
    ended = pytest.main(["-q", "-s", "-p", "no:cacheprovider", *UNIT_MUTATIONS], plugins=[mutants])
    sys.stdout.write("\n" + "".join(mutants.lines))
    sys.exit(ended)
