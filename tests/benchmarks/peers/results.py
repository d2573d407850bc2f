"""Results of three servers, made up, of which ours wins against one and loses against another."""

from __future__ import annotations

from benchmarks.peers.figures import Figures, Result
from benchmarks.peers.roster import PEERS
from benchmarks.workloads import WORKLOADS

TEAM, *_ = WORKLOADS

_PEERS = {peer.key: peer for peer in PEERS}


def run(cost: float, p50_ms: float = 1.0, p99_ms: float = 5.0, missing: float = 0.0) -> Figures:
    """The figures of a run."""
    return Figures(cost, p50_ms, p99_ms, missing, busy=0.1, late_ms=0.5)


def result(key: str, *runs: Figures, problem: str = "") -> Result:
    """What one server did."""
    return Result(_PEERS[key], list(runs), problem)


def results() -> list[Result]:
    """What all did: ours, one that needs more CPU time, and one that needs less."""
    return [
        result("ours", run(1.0), run(2.0), run(1.5)),
        result("tldraw", run(3.0, 9.0, 20.0), run(2.0, 9.0, 20.0), run(3.0, 9.0, 20.0)),
        result("relay-node", run(0.5, 0.1, 0.4), run(0.5, 0.1, 0.4), run(0.5, 0.1, 0.4)),
    ]
