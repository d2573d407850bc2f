"""The figures as JSON."""

from __future__ import annotations

import json

from benchmarks.machine import machine
from benchmarks.peers.record import as_json
from tests.benchmarks.peers.results import TEAM, results


def test_every_run_is_kept_with_the_machine() -> None:
    here = machine()
    kept = json.loads(as_json(here, [(TEAM, results())]))
    assert kept["machine"] == here
    [workload] = kept["workloads"]
    assert (workload["key"], workload["load"]["participants"]) == ("team", 10)
    ours, tldraw, _ = workload["servers"]
    assert [run["cost"] for run in ours["runs"]] == [1.0, 2.0, 1.5]
    assert "@tldraw/sync-core@5.4.2" in tldraw["packages"]
