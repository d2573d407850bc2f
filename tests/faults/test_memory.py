"""Growing memory is distinguished from memory that doesn't grow."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.faults.memory import Growth, Samples, growth, smallest_leak_mb_per_h
from tests.helpers.processes import python

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it reads /proc")
LEAKS, CHURNS = "kept.append(block)", "pass"
PROGRAM = """
import sys
kept = []
for line in sys.stdin:
    block = bytes([1]) * 200_000
    {act}
    print(flush=True)
"""


def test_line_is_that_after_the_warm_up() -> None:
    warming = [(float(at), 50.0 + at / 30) for at in range(0, 1200, 10)]
    leaking = [(float(at), 90.0 + (at - 1200) / 60) for at in range(1200, 3601, 10)]
    found = growth([*warming, *leaking])
    assert found.mean_mb == pytest.approx(110.0, abs=1)
    assert found.slope_mb_per_h == pytest.approx(60.0, abs=1)
    assert found.grown_mb == pytest.approx(40.0, abs=1)
    assert not found.flat


def test_noise_is_flat() -> None:
    assert growth([(float(at), 100.0 + at % 7) for at in range(0, 3600, 5)]).flat


@linux
@pytest.mark.parametrize(("act", "flat"), [(LEAKS, False), (CHURNS, True)], ids=["leaks", "churns"])
def test_process_that_leaks_is_told_from_one_that_churns(act: str, flat: bool) -> None:
    samples = Samples()
    with python("-c", PROGRAM.format(act=act), stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for at in range(60):
            process.stdin.write("\n")
            process.stdin.flush()
            process.stdout.readline()
            samples.take(float(at), {"it": process.pid})
    assert samples.growth()["it"].flat is flat


@pytest.mark.parametrize("minutes", [15.0, 60.0])
def test_smallest_leak_is_where_flat_ends(minutes: float) -> None:
    hours = minutes / 60 * 2 / 3
    for factor, flat in ((0.99, True), (1.01, False)):
        slope = factor * smallest_leak_mb_per_h(minutes)
        assert Growth(100.0, slope, slope * hours).flat is flat


@linux
def test_samples_are_of_the_process() -> None:
    samples = Samples()
    for at in (0.0, 5.0, 10.0):
        samples.take(at, {"this": os.getpid()})
    assert 5 < samples.growth()["this"].mean_mb < 10_000
