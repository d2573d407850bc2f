"""Memory that grows is told from memory that doesn't."""

from __future__ import annotations

import os
import sys

import pytest

from tests.faults.memory import Samples, growth


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


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_samples_are_of_the_process() -> None:
    samples = Samples()
    for at in (0.0, 5.0, 10.0):
        samples.take(at, {"this": os.getpid()})
    assert 5 < samples.growth()["this"].mean_mb < 10_000
