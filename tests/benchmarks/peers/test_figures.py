"""Figures and ratios, and what counts as lost."""

from __future__ import annotations

from benchmarks.fanout import Fanout
from benchmarks.peers.figures import Figures, losses, ratio
from benchmarks.spread import Spread
from tests.benchmarks.peers.results import result, results, run


def test_ratios_are_of_runs_at_about_the_same_time() -> None:
    """A machine that is slow for a while slows both, so the ratio of a pair says more."""
    ours, theirs, _ = results()
    assert ratio(theirs, ours, lambda run: run.cost) == Spread(2.0, 1.0, 3.0)


def test_a_server_that_never_ran_has_no_ratio() -> None:
    ours, _, _ = results()
    assert ratio(result("tldraw"), ours, lambda run: run.cost) is None


def test_ours_loses_in_each_metric_that_is_worse() -> None:
    [(peer, better)] = losses(results())
    assert peer.key == "relay-node"
    assert list(better) == ["CPU", "p50", "p99"]
    assert better["p50"] == 0.1


def test_a_server_that_lost_edits_has_won_nothing() -> None:
    ours, _, _ = results()
    assert not list(losses([ours, result("relay-node", run(0.1, missing=0.01))]))


def test_figures_come_from_what_the_generator_saw() -> None:
    """An overloaded server's cost counts what it delivered, not what was asked of it."""
    seen = Fanout(
        expected=200,
        missing=20,
        unseen=0,
        cpu_share=0.5,
        deliveries_per_s=50_000.0,
        latencies_ms=[float(ms) for ms in range(100)],
        acknowledged_ms=[],
        late_ms=[0.25],
        busy=0.3,
        resident_mb=50.0,
    )
    assert Figures.of(seen) == Figures(1.0, 50.0, 99.0, 0.1, 0.3, 0.25)
