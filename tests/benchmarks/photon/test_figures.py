"""Reports of the windows become figures."""

from __future__ import annotations

from benchmarks.photon.drag import Sweep
from benchmarks.photon.figures import Case, Result, Shown, Times, retrace_ms, slots_of

IDLE = {"gaps": [16.0], "work": [2.0], "paints": [1.0], "waited": 1.0, "slots": {}, "retraces": []}


def test_retraces_of_all_windows_are_left_out() -> None:
    sweep = Sweep([(1.0, 4)], [[(1.1, 4)], [(1.5, 4)]])
    reports = [{**IDLE, "retraces": [[1.0, 1.1]]}, {**IDLE, "retraces": [[1.2, 1.3]], "gaps": [90.0, 16.0]}]
    shown = Shown.of([sweep], 1, reports)
    assert [round(times.p50) for times in (shown.whole, shown.besides)] == [500, 300]
    assert shown.gaps.ms == [16.0, 90.0]
    assert round(retrace_ms(reports)) == 100


def test_calls_in_both_windows_are_taken_together() -> None:
    reports = [{"slots": {"A.look": [3.0], "B.look": [1.0]}}, {"slots": {"A.look": [2.0]}}]
    slots = slots_of(reports)
    assert slots == {"A.look": Times([2.0, 3.0]), "B.look": Times([1.0])}
    nothing = Shown(Times([]), Times([]), Times([]), 0.0, 0.0, 0.0, 0.0)
    result = Result(Case(25, False, 1), nothing, nothing, nothing, retrace_ms([IDLE]), slots)
    assert result.slowest == ("A.look", 3.0)
    assert result.retrace_ms == 0.0


def test_work_is_counted_for_each_movement_of_the_mouse() -> None:
    sweep = Sweep([(1.0, 4), (1.1, 8)], [[(1.2, 8)]])
    report = {**IDLE, "work": [9.0, 3.0], "paints": [1.0, 5.0, 3.0, 3.0, 2.0, 4.0], "waited": 2.0}
    shown = Shown.of([sweep, sweep], 0, [report])
    assert (shown.paints, shown.paint_ms, shown.work_ms, shown.waited_ms) == (1.5, 3.0, 3.0, 0.5)
