"""What participants say to the server and to a relay; test_fanout.py says it to both."""

from __future__ import annotations

from benchmarks.dialects import OURS, PLAIN


def test_a_relay_gets_the_same_edits_as_the_server() -> None:
    assert PLAIN.edit(7, 1, 3) == OURS.edit(7, 1, 3)
    assert OURS.numbers(OURS.edit(7, 1, 3) + OURS.edit(8, 2, 3)) == [7, 8]


def test_a_relay_is_asked_nothing() -> None:
    assert not list(PLAIN.opening(0))
    assert not list(PLAIN.bench(10))


def test_a_bench_is_put_in_pages_each_with_its_clock() -> None:
    pages = list(OURS.bench(300))
    assert [clock for clock, _ in pages] == [250, 300]
