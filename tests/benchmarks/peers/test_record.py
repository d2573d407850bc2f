"""The figures as JSON."""

from __future__ import annotations

import json

from benchmarks.peers.record import as_json, described, machine
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


def test_a_sentence_describes_the_machine() -> None:
    here = machine()
    assert str(here["processor"]) in described(here)
    assert f"Load average before the start: {here['load']}" in described(here)
