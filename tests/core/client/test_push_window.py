"""How much is on its way: PUSH-10 of docs/protocol.md, on lines of known speed."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.client.push_window import FIRST_BYTES, LEAST_BYTES, MOST_BYTES, PushWindow
from optiverse_collab.core.records import Set
from tests.helpers.wire import LENS, Peer, Wire


def fill(window: PushWindow, bytes_per_s: float, round_trip_ms: float, pushes: int) -> float:
    """Push as much as may be on its way, again and again; returns the last latency in ms."""
    latency_ms = 0.0
    for _ in range(pushes):
        ahead = window.bytes
        latency_ms = round_trip_ms + ahead * 1000 / bytes_per_s
        window.answered(latency_ms, ahead)
    return latency_ms


def test_begins_with_more_than_a_drag_needs() -> None:
    """30 pushes a second of 250 bytes, answered within two seconds."""
    assert PushWindow().bytes == FIRST_BYTES > 30 * 250 * 2


@pytest.mark.parametrize("round_trip_ms", [2, 30, 700])
def test_quick_line_gets_as_much_as_fits_into_a_message(round_trip_ms: float) -> None:
    window = PushWindow()
    fill(window, 1e9, round_trip_ms, 10)
    assert window.bytes == MOST_BYTES


@given(
    bytes_per_s=st.sampled_from([2000, 4000, 8000, 32_000, 125_000]),
    round_trip_ms=st.integers(2, 900),
    small=st.integers(100, 1000),
)
def test_slow_line_gets_about_a_second(bytes_per_s: int, round_trip_ms: int, small: int) -> None:
    """Once a small push has shown how quick an answer can be."""
    window = PushWindow()
    window.answered(round_trip_ms + small * 1000 / bytes_per_s, small)
    latency_ms = fill(window, bytes_per_s, round_trip_ms, 30)
    floor_ms = LEAST_BYTES * 1000 / bytes_per_s
    assert latency_ms <= round_trip_ms + max(2500, floor_ms)


def test_far_line_that_is_not_full_stays_as_it_was() -> None:
    """300 ms each way, give or take a hundred: nothing is held back of a drag."""
    window = PushWindow()
    for number in range(1000):
        window.answered(600 + (number * 37) % 400, 5000)
        assert window.bytes >= FIRST_BYTES


def test_line_that_gets_quick_again_is_used_again() -> None:
    window = PushWindow()
    window.answered(20, 100)
    fill(window, 8000, 20, 10)
    narrow = window.bytes
    assert narrow < FIRST_BYTES
    fill(window, 1e8, 20, 10)
    assert window.bytes > 8 * narrow


@pytest.mark.parametrize("bytes_per_s", [2000, 3000, 8000])
def test_drag_over_a_slow_line_is_seen_soon(wire: Wire, bytes_per_s: int) -> None:
    """PUSH-10: a minute of dragging; the system takes all that it is given, and lets it out bit by bit."""
    ann, bob = Peer("ann"), Peer("bob")
    wire.connect(ann, bob)
    ann.edit(LENS)
    wire.settle()
    system: deque[str] = deque()
    room, latest = 0.0, 0.0
    for move in range(1, 1500):
        ann.edit(Set("lens", {"n": move, "note": "x" * 300}))
        wire.poll(ann)
        bob.do(bob.session.poll(wire.now_ms))
        wire.send_up(bob)
        system += ann.up
        ann.up.clear()
        room += bytes_per_s * 0.04 if system else -room
        while system and len(system[0]) <= room:
            room -= len(system[0])
            ann.up.append(system.popleft())
            wire.send_up(ann)
        wire.commit()
        wire.send_down(ann)
        wire.send_down(bob)
        if move > 700:  # what is given to the line before it is known has left by then
            latest = max(latest, (move - bob.screen["lens"].props.get("n", 0)) * 0.04)
    assert 0.04 < latest < 3
