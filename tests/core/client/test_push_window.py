"""The push window on lines of known speed: PUSH-10 of docs/protocol.md."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.client.push_window import FIRST_BYTES, LEAST_BYTES, MOST_BYTES, PushWindow
from optiverse_collab.core.records import Put, Set
from tests.helpers.wire import Peer, Wire


def fill(window: PushWindow, bytes_per_s: float, round_trip_ms: float, pushes: int) -> float:
    """Keep pushing as much as the window allows; returns the last latency in ms."""
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
    """Once a small push has shown the best latency."""
    window = PushWindow()
    window.answered(round_trip_ms + small * 1000 / bytes_per_s, small)
    latency_ms = fill(window, bytes_per_s, round_trip_ms, 30)
    floor_ms = LEAST_BYTES * 1000 / bytes_per_s
    assert latency_ms <= round_trip_ms + max(2500, floor_ms)


def test_far_line_that_is_not_full_stays_as_it_was() -> None:
    """300 ms each way, plus or minus 100 ms: the line delays no part of a drag."""
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


class Slow:
    """One direction of a line, whose system buffer takes everything and drains slowly."""

    def __init__(self, queue: deque[str], bytes_per_s: int) -> None:
        self.bytes_per_s = bytes_per_s
        self._queue, self._system = queue, deque[str]()
        self._room = 0.0

    def wait(self, ms: float) -> None:
        """Drain the queue for this long."""
        self._system += self._queue
        self._queue.clear()
        self._room = self._room + self.bytes_per_s * ms / 1000 if self._system else 0.0
        while self._system and len(self._system[0]) <= self._room:
            self._room -= len(self._system[0])
            self._queue.append(self._system.popleft())


@pytest.mark.parametrize(
    ("up", "down", "size"), [(8000, 8000, 100), (2000, 10**6, 300), (4000, 10**6, 300), (8000, 10**6, 300)]
)
def test_drags_over_slow_lines_are_seen_soon(wire: Wire, up: int, down: int, size: int) -> None:
    """PUSH-10, SYNC-12: two people drag for a minute, then rest."""
    peers = [Peer("ann"), Peer("bob")]
    wire.connect(*peers)
    for number, peer in enumerate(peers):
        peer.edit(Put(f"lens {number}", "k", {"n": 0}))
    wire.settle()
    lines = [(peer, Slow(peer.up, up), Slow(peer.down, down)) for peer in peers]
    latest_s, last = 0.0, 1500
    for move in range(1, last + 125):
        wire.now_ms += 40
        for number, (peer, line, _) in enumerate(lines):
            if move <= last:
                peer.edit(Set(f"lens {number}", {"n": move, "text": "x" * size}))
                peer.session.show({"cursor": [move, 0]})
            peer.do(peer.session.poll(wire.now_ms))
            line.wait(40)
            wire.send_up(peer)
        wire.commit()
        for peer, _, line in lines:
            line.wait(40)
            wire.send_down(peer)
        seen = min(peers[0].screen["lens 1"].props["n"], peers[1].screen["lens 0"].props["n"])
        if move > 700:  # data queued before the first measurement is gone
            latest_s = max(latest_s, (min(move, last) - seen) * 0.04)
    assert 0.1 < latest_s < 4
    assert seen == last
