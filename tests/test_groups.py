"""Tests of an `xdist_group` run in one process: they share what is slow to prepare."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.processes import run_python

SUITE = """
import os

import pytest


@pytest.mark.xdist_group("one process")
@pytest.mark.parametrize("number", range(20))
def test_where(number):
    with open({place!r}, "a") as file:
        print(os.getpid(), file=file)
"""


def test_a_group_runs_in_one_process(tmp_path: Path) -> None:
    """A pytest that pytest-xdist doesn't know yet may silently ignore the marker."""
    place = tmp_path / "where"
    (tmp_path / "test_suite.py").write_text(SUITE.format(place=str(place)), encoding="utf-8")
    options = "-n", "2", "--dist", "loadgroup", "-p", "no:cacheprovider"
    ended = run_python("-m", "pytest", *options, str(tmp_path), deadline=120, folder=tmp_path)
    assert ended.code == 0, ended.output + ended.errors
    processes = place.read_text(encoding="utf-8").split()
    assert (len(processes), len(set(processes))) == (20, 1)
