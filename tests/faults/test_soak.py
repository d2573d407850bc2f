"""A soak that is too short to measure memory, and its report."""

from __future__ import annotations

import asyncio
from collections import Counter

from tests.faults.memory import Growth
from tests.faults.soak import Report, soak


def test_short_soak_loses_and_doubles_nothing() -> None:
    report = asyncio.run(soak(seconds=4.0, seed=3))
    assert [problem for problem in report.problems if "memory" not in problem] == []
    assert report.edits > 5
    assert sum(report.faults.values()) > 0


def test_report_says_what_grows_and_what_went_wrong() -> None:
    memory = {"the server": Growth(50.0, 0.1, 0.1), "Ann's window": Growth(90.0, 40.0, 30.0)}
    text = str(Report(15.0, 1200, Counter(RST=2, jitter=1), 17, memory, ["it broke"]))
    assert "15 minutes, 1,200 edits" in text
    assert "3 faults (RST 2, jitter 1), 17 connections" in text
    assert "| the server | 50 MB | +0.1 MB/h | flat |" in text
    assert "| Ann's window | 90 MB | +40.0 MB/h | **grows** |" in text
    assert "A leak of more than 6.0 MB/h would count as growth." in text
    assert text.endswith("it broke")
