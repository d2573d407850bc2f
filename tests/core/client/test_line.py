"""The connection of a session, and its measurements: HB rules of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.connection_effects import DropConnection
from optiverse_collab.core.client.effects import HeartbeatAnswered, Transmit
from optiverse_collab.core.client.line import Line
from optiverse_collab.core.client.push_window import FIRST_BYTES
from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.messages import Delta, Patch, Ping, Pong, Push
from optiverse_collab.core.records import Put, Set
from tests.helpers.wire import Peer, Wire

OPENED_MS = Wire().now_ms
"""The time at which a wire begins and the first peer connects."""

PING = Transmit(Ping("ann"))


@pytest.fixture
def ann(wire: Wire) -> Peer:
    peer = Peer("ann")
    wire.connect(peer)
    return peer


def test_heartbeat_every_10_s(wire: Wire, ann: Peer) -> None:
    """HB-1: the first after a second."""
    for number in range(4):
        at_ms = OPENED_MS + 1000 + 10_000 * number
        assert ann.session.poll(at_ms - 1) == []
        assert ann.session.wait_ms(at_ms - 1) == 1
        assert ann.session.poll(at_ms) == [PING]
        assert ann.session.receive(encode(Pong("t")), at_ms + 12) == [HeartbeatAnswered(12)]
        assert ann.session.line.meter.quality(at_ms + 12).latency_ms == 12


def test_pong_that_nobody_asked_for_is_ignored(wire: Wire, ann: Peer) -> None:
    """HB-1: a latency belongs to a ping."""
    assert ann.session.receive(encode(Pong("t", 99)), wire.now_ms) == []
    assert ann.session.line.meter.quality(wire.now_ms).latency_ms is None


def given_up_after(ann: Peer, now_ms: float, until_ms: float) -> float | None:
    """The time in ms after which the connection is dropped, if nothing more arrives."""
    start_ms = now_ms
    while now_ms < until_ms:
        if DropConnection() in ann.session.poll(now_ms):
            return now_ms - start_ms
        wait_ms = ann.session.wait_ms(now_ms)
        assert wait_ms is not None
        now_ms += max(1.0, wait_ms)
    return None


def test_silent_server_is_given_up(wire: Wire, ann: Peer) -> None:
    """HB-1, HB-3: within 25 s while idle."""
    ann.session.poll(OPENED_MS + 1000)
    ann.session.receive(encode(Pong("t")), OPENED_MS + 1010)
    died_ms = given_up_after(ann, OPENED_MS + 1010, OPENED_MS + 60_000)
    assert died_ms is not None
    assert 15_000 < died_ms <= 25_000


def test_silent_server_is_given_up_soon_while_editing(wire: Wire, ann: Peer) -> None:
    """HB-3: within 12 s."""
    wire.now_ms = OPENED_MS + 1000
    ann.session.poll(wire.now_ms)
    ann.session.receive(encode(Pong("t")), wire.now_ms)
    ann.edit(Put("a", "k"))
    died_ms = given_up_after(ann, wire.now_ms + 50, OPENED_MS + 60_000)
    assert died_ms is not None
    assert 10_000 < died_ms <= 12_000


def test_part_of_a_message_is_a_sign_of_life(wire: Wire, ann: Peer) -> None:
    """HB-3"""
    line, now_ms = ann.session.line, float(OPENED_MS)
    for _ in range(200):
        now_ms += 500
        line.stirred()
        assert DropConnection() not in ann.session.poll(now_ms)


def test_bytes_that_leave_are_a_sign_of_life(wire: Wire, ann: Peer) -> None:
    """HB-3"""
    line, now_ms = ann.session.line, float(OPENED_MS)
    for backlog in range(200_000, 100_000, -500):
        now_ms += 500
        line.written(backlog)
        assert DropConnection() not in ann.session.poll(now_ms)


def test_waking_up_pings_at_once(wire: Wire, ann: Peer) -> None:
    """HB-4"""
    ann.session.line.woke(wire.now_ms)
    assert ann.session.poll(wire.now_ms) == [PING]


def test_acknowledgement_is_measured(wire: Wire, ann: Peer) -> None:
    ann.edit(Put("a", "k"))
    [push] = ann.session.poll(wire.now_ms)
    assert isinstance(push, Transmit)
    assert isinstance(push.message, Push)
    meter = ann.session.line.meter
    assert meter.quality(wire.now_ms + 700).waiting_ms == 700
    ack = '{"type":"patch","changes":[],"acks":[{"client_clock":1,"result":"refused"}]}'
    ann.session.receive(ack, wire.now_ms + 700)
    quality = meter.quality(wire.now_ms + 700)
    assert (quality.latency_ms, quality.waiting_ms) == (700, 0)
    assert quality.received.messages > 0


def test_pages_are_not_measured(wire: Wire, ann: Peer) -> None:
    """They answer a request to synchronise, not a ping or a push."""
    ann.edit(Put("a", "k"))
    wire.poll(ann)
    wire.send_up(ann)
    wire.commit()
    ann.down.clear()
    ann.do(ann.replica.check_clock(Pong("t", 1)))  # ask for the missing changes
    ann.edit(Set("a", {"n": 1}))
    wire.settle()
    assert not ann.replica.pending
    quality = ann.session.line.meter.quality(wire.now_ms)
    assert quality.waiting_ms == 0
    assert quality.latency_ms is not None
    assert quality.latency_ms < 100


def test_answer_behind_pages_is_not_measured(wire: Wire, ann: Peer) -> None:
    """The pages in front of it delayed it."""
    ann.session.poll(OPENED_MS + 1000)
    ann.edit(Put("a", "k"))
    ann.session.poll(OPENED_MS + 1000)
    page = Delta("epoch 1", 1, 0, "", 0, 0, unasked=True)
    ann.session.receive(encode(page), OPENED_MS + 31_000)
    assert ann.session.receive(encode(Pong("t")), OPENED_MS + 31_000) == [HeartbeatAnswered(30_000)]
    ack = '{"type":"patch","changes":[],"acks":[{"client_clock":1,"result":"refused"}]}'
    ann.session.receive(ack, OPENED_MS + 31_000)
    assert ann.session.line.meter.quality(OPENED_MS + 31_000).latency_ms is None
    ann.session.poll(OPENED_MS + 31_001)
    ann.session.receive(encode(Pong("t")), OPENED_MS + 31_021)
    assert ann.session.line.meter.quality(OPENED_MS + 31_021).latency_ms == 20


def test_nothing_waits_after_the_end(wire: Wire, ann: Peer) -> None:
    ann.edit(Put("a", "k"))
    wire.poll(ann)
    wire.lose(ann)
    assert ann.session.line.meter.quality(wire.now_ms + 60_000).waiting_ms == 0
    wire.connect(ann)
    assert ann.session.line.meter.quality(wire.now_ms + 60_000).waiting_ms == 0


def test_what_is_on_its_way_is_limited(wire: Wire, ann: Peer) -> None:
    """PUSH-10: later edits wait and are merged; a flush sends them anyway."""
    ann.replica.window = 1000
    for number in range(100):
        ann.edit(Put("a", "k", {"n": number, "text": "x" * 400}))
        wire.poll(ann)
    pushes = [text for text in ann.up if '"push"' in text]
    assert 1000 <= sum(map(len, pushes)) < 2500
    assert len(ann.replica.pending) == len(pushes) + 1
    assert ann.session.wait_ms(wire.now_ms) != 0
    wire.send_up(ann)
    wire.commit()
    wire.send_down(ann)
    assert len(ann.replica.pending) == 1
    assert ann.replica.window == ann.session.line.window.bytes
    wire.settle()
    assert wire.room.history.document.records["a"].props["n"] == 99


def test_long_change_goes_alone(wire: Wire, ann: Peer) -> None:
    """PUSH-10: it would never fit into the window."""
    ann.replica.window = 1000
    ann.edit(Put("a", "k", {"text": "x" * 5000}))
    wire.settle()
    assert "a" in wire.room.history.document.records


PATCH, PAGE = Patch([]), Delta("epoch 1", 1, 0, "", 0, 0, unasked=True)


@pytest.mark.parametrize(
    ("answer", "size", "of_the_past", "narrows"),
    [(PATCH, 99, 0, True), (PAGE, 99, 0, True), (PAGE, 9999, 0, False), (PATCH, 99, 9999, False)],
)
def test_late_answer_limits_what_is_on_its_way(
    answer: Patch | Delta, size: int, of_the_past: int, narrows: bool
) -> None:
    """PUSH-10: unless pages arrived in the meantime, of the bench or of its past."""
    line = Line("ann")
    line.opened(0)
    for number, latency_ms in ((1, 20), (2, 5000)):
        sent_ms = 1000 * number
        change = PushedChange(number, [Put("a", "k", {"text": "x" * 400})], 0)
        line.transmitted([Transmit(Push([change]))], sent_ms)
        if of_the_past:
            line.paged(of_the_past, sent_ms + latency_ms)
        line.answered(answer, size, None, sent_ms + latency_ms)
    assert (line.window.bytes < FIRST_BYTES) is narrows


def test_line_is_congested_while_an_answer_is_late(wire: Wire, ann: Peer) -> None:
    """PUSH-10"""
    line = ann.session.line
    ann.session.poll(OPENED_MS + 1000)
    assert [line.is_congested(OPENED_MS + ms) for ms in (2000, 2001)] == [False, True]
    ann.session.receive(encode(Pong("t")), OPENED_MS + 2001)
    assert not line.is_congested(OPENED_MS + 9000)
