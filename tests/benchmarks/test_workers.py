"""One process beside several workers; no test asserts how long anything takes."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from benchmarks import workers
from benchmarks.fanout import Load
from benchmarks.workers import Way
from optiverse_collab_server.storage.shards import number_of
from tests.benchmarks.seen import seen

TINY = Load(participants=2, editors=1, seconds=0.3, components=2, warm_up_s=0.1)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows can't hand a connection over")
def test_workers_deliver_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """PUSH-5."""
    monkeypatch.setattr(workers, "JOINS", 4)
    sessions = workers.names(3, 2, 2)
    found = workers.measure(Way("two", 2, 2), sessions, TINY, apart=True)
    assert found.load.missing == found.load.unseen == 0
    assert found.load.expected > 0


def test_sessions_are_divided_evenly_among_those_that_are_used() -> None:
    for used in (1, 2, 3):
        found = Counter(number_of(name, 3) for name in workers.names(6, 3, used))
        assert found == Counter(dict.fromkeys(range(used), 6 // used))


def test_each_way_has_a_row(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def measure(*_: object) -> workers.Measured:
        return workers.Measured(seen(), 2.0)

    monkeypatch.setattr(workers, "measure", measure)
    assert workers.main(["--runs", "1", "--workers", "3"]) == 0
    rows = [line.split("|")[1].strip() for line in capsys.readouterr().out.splitlines() if "|" in line]
    assert [row for row in rows if "-" not in row] == [
        "server",
        "one process",
        "3 workers, one of them used",
        "3 workers",
        "server",
        "one process",
        "3 workers",
    ]
