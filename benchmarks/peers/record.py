"""The figures as JSON, with the machine that they are from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from benchmarks.peers.figures import Result
from benchmarks.workloads import Workload


def as_json(machine: dict[str, object], found: Sequence[tuple[Workload, Sequence[Result]]]) -> str:
    """Every figure of every run."""
    workloads = [
        {
            "key": workload.key,
            "title": workload.title,
            "load": asdict(workload.load),
            "servers": [_server(result) for result in results],
        }
        for workload, results in found
    ]
    return json.dumps({"machine": machine, "workloads": workloads}, indent=1, ensure_ascii=False) + "\n"


def _server(result: Result) -> dict[str, object]:
    peer = result.peer
    return {
        "key": peer.key,
        "title": peer.title,
        "keeps": peer.keeps.value,
        "packages": peer.packages,
        "problem": result.problem,
        "runs": [asdict(run) for run in result.runs],
    }
