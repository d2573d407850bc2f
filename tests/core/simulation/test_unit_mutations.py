"""Unit tests notice everything that is broken in a module of presence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.simulation.mutation import Mutation
from tests.core.simulation.unit_mutations import UNIT_MUTATIONS
from tests.helpers.processes import run_python

ROOT = Path(__file__).parents[3]
MUTATIONS = [one for mutations in UNIT_MUTATIONS.values() for one in mutations]

pytestmark = [
    pytest.mark.xdist_group("unit mutations"),
    pytest.mark.skipif("not hasattr(os, 'fork')", reason="each mutant is a fork of one process"),
]


@pytest.fixture(scope="module")
def noticed() -> dict[str, str]:
    """Name of a mutation → whether tests notice it; of a file of tests → whether they fail without any."""
    ended = run_python("-m", "tests.core.simulation.unit_mutants", deadline=300, folder=ROOT)
    assert ended.code == 0, ended.output + ended.errors
    parts = (line.partition("\t") for line in ended.output.splitlines())
    return {name: found for name, tab, found in parts if tab}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name.replace(" ", "_"))
def test_mutation_is_noticed(mutation: Mutation, noticed: dict[str, str]) -> None:
    assert noticed[mutation.name] == "True", mutation.sentence


@pytest.mark.parametrize("file", UNIT_MUTATIONS)
def test_the_unchanged_code_survives(file: str, noticed: dict[str, str]) -> None:
    assert noticed[file] == "False"


def test_each_mutation_has_a_name_of_its_own() -> None:
    assert len({one.name for one in MUTATIONS}) == len(MUTATIONS)
