"""The kinds of sessions."""

from __future__ import annotations

from benchmarks.workloads import WORKLOADS


def test_a_title_says_what_people_do() -> None:
    assert WORKLOADS[0].title == "team: 10 of 10 edit at 30 Hz, 2,700 deliveries per s"
