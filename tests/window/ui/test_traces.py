"""Laser pointers: PRES-16 of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.window.ui.pointers import GLIDE_MS, GONE_MS, LABEL_MS
from optiverse_collab.window.ui.traces import MOST, TRACE_MS, Trace, Traces


def laser(traces: Traces, now_ms: float) -> Trace | None:
    """The trace of the only connection."""
    return dict(traces.shown(now_ms)).get("c")


def test_a_pointer_glides_and_leaves_a_trace_that_fades() -> None:
    """PRES-16"""
    traces = Traces()
    assert traces.wait_ms(0) is None
    traces.hear("c", [0.0, 0.0], 0)
    laser(traces, 0)
    traces.hear("c", [10.0, 0.0], 1)
    for now_ms in range(0, int(GLIDE_MS) + 2, 10):
        found = laser(traces, now_ms + 1)
    assert found is not None
    assert found.at == (10.0, 0.0)
    places = [at[0] for at, _ in found.path]
    assert places == sorted(places)
    assert len(places) == GLIDE_MS / 10 + 1
    ages = [passed for _, passed in found.path]
    assert ages == sorted(ages, reverse=True)
    assert traces.wait_ms(200) == 0
    later = laser(traces, TRACE_MS + 200)
    assert later is not None
    assert later.at == (10.0, 0.0)
    assert later.path == []
    assert traces.wait_ms(TRACE_MS + 200) != 0


def test_switched_off_its_trace_still_fades() -> None:
    """PRES-16"""
    traces = Traces()
    traces.hear("c", [0.0, 0.0], 0)
    laser(traces, 0)
    traces.hear("c", None, 10)
    found = laser(traces, 10)
    assert found is not None
    assert found.at is None
    assert found.path
    assert laser(traces, TRACE_MS) is None
    assert traces.wait_ms(TRACE_MS) is None


@pytest.mark.parametrize("value", [None, 7, [1.0], ["a", 2.0], [1e300, 0.0]])
def test_what_cannot_be_understood_is_no_pointer(value: object) -> None:
    traces = Traces()
    traces.hear("c", value, 0)
    assert laser(traces, 0) is None


def test_one_that_rests_costs_nothing_and_goes() -> None:
    traces = Traces()
    traces.hear("c", [0.0, 0.0], 0)
    laser(traces, 0)
    for now_ms in (TRACE_MS, 2 * TRACE_MS):
        assert laser(traces, now_ms) == Trace((0.0, 0.0), 1.0, [])
        assert traces.wait_ms(now_ms) == LABEL_MS - now_ms
    assert laser(traces, 2 * GONE_MS) is None
    assert traces.wait_ms(2 * GONE_MS) is None


def test_of_many_the_first_show_and_mine() -> None:
    traces = Traces()
    for n in range(2 * MOST):
        traces.hear(f"c{n}", [0.0, 0.0], 0)
    traces.hear("", [1.0, 1.0], 0, is_mine=True)
    assert list(dict(traces.shown(0))) == [*(f"c{n}" for n in range(MOST)), ""]


def test_who_left_has_none() -> None:
    traces = Traces()
    traces.hear("c", [0.0, 0.0], 0)
    traces.keep(["d"])
    assert laser(traces, 0) is None
