"""A real window and a real server with a failing network; `make faults` plays all cells."""

from __future__ import annotations

import asyncio

import pytest

from tests.faults.cells import CELLS, FAULTS, Cell, Phase, cell
from tests.faults.play import play

SOME = [
    cell("silence down", Phase.PUSHING),
    cell("byte split", Phase.JOINING),
    cell("half-open", Phase.PUSHING),
    cell("cut", Phase.CLOSING),
]
"""A few that take seconds."""


@pytest.mark.parametrize("one", SOME, ids=str)
def test_windows_agree_and_nothing_is_lost_or_doubled(one: Cell) -> None:
    outcome = asyncio.run(play(one))
    assert outcome.problems == []
    assert (outcome.told_s is not None) is (one.fault.breaks and one.phase is not Phase.CLOSING)
    assert outcome.back_s is not None


def test_cells_are_all_faults_times_all_phases() -> None:
    assert len(FAULTS) == len({fault.name for fault in FAULTS}) >= 9
    assert len(CELLS) == len(FAULTS) * len(Phase) - 1
