"""A session on its connection: when it sends, and who is there: HB, MSG and PUSH rules."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.connection_effects import DropConnection
from optiverse_collab.core.client.effects import (
    Diverged,
    ParticipantAway,
    SavingChanged,
    StandbyMissed,
    Transmit,
)
from optiverse_collab.core.client.liveness import OVERDUE_MS, TICK_MS
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.messages import WAIT_STORAGE, Pong, PresenceUpdate, UserAway, Wait
from optiverse_collab.core.records import Put
from tests.helpers.wire import Peer, Wire


@pytest.fixture
def ann(wire: Wire) -> Peer:
    peer = Peer("ann")
    wire.connect(peer)
    return peer


def test_dead_line_is_dropped(wire: Wire, ann: Peer) -> None:
    """HB-3"""
    now_ms = wire.now_ms + 1000
    for _ in range(OVERDUE_MS // TICK_MS + 1):
        assert DropConnection() not in ann.session.poll(now_ms)
        now_ms += TICK_MS
    assert ann.session.poll(now_ms) == [DropConnection()]


def test_whoever_is_away_is_known(wire: Wire, ann: Peer) -> None:
    """HB-6: a new name does not change it; a report about oneself is ignored."""
    bob = Peer("bob")
    wire.connect(bob)
    [effect] = ann.session.receive(encode(UserAway(bob.connection_id, away=True)), wire.now_ms)
    assert isinstance(effect, ParticipantAway)
    assert effect.participant.away
    renamed = (
        f'{{"type":"user:joined","user_id":"Robert","connection_id":"{bob.connection_id}","timestamp":""}}'
    )
    ann.session.receive(renamed, wire.now_ms)
    robert = ann.session.participants[bob.connection_id]
    assert (robert.user_id, robert.away) == ("Robert", True)
    assert ann.session.receive(encode(UserAway(ann.connection_id, away=True)), wire.now_ms) == []
    assert ann.session.me == ann.session.participants[ann.connection_id]
    assert ann.session.receive(encode(UserAway("c99", away=True)), wire.now_ms) == []


def test_server_that_does_not_save_is_told_once(wire: Wire, ann: Peer) -> None:
    """DUR-6: until it catches up; unknown states from a newer server are ignored."""
    ann.edit(Put("a", "k"))
    wire.poll(ann)
    wire.send_up(ann)
    assert ann.session.receive(encode(Wait("holiday")), wire.now_ms) == []
    assert ann.session.receive(encode(Wait(WAIT_STORAGE)), wire.now_ms) == [SavingChanged(True)]
    assert ann.session.receive(encode(Wait(WAIT_STORAGE)), wire.now_ms) == []
    assert ann.session.safekeeping.is_late
    wire.settle()
    assert ann.told(SavingChanged) == [SavingChanged(False)]
    assert not ann.session.safekeeping.is_late


def test_nothing_is_known_of_saving_without_a_connection(wire: Wire, ann: Peer) -> None:
    """DUR-6"""
    ann.session.receive(encode(Wait(WAIT_STORAGE)), wire.now_ms)
    ann.session.closed()
    assert not ann.session.safekeeping.is_late


def test_server_that_misses_its_standby_says_so(wire: Wire, ann: Peer) -> None:
    """STAND-8: in the answer to a heartbeat, if one is awaited."""
    assert ann.session.receive(encode(Pong("t", alone=True)), wire.now_ms) == []
    ann.session.poll(wire.now_ms + 1000)
    effects = ann.session.receive(encode(Pong("t", alone=True)), wire.now_ms + 1010)
    assert StandbyMissed(True) in effects
    assert ann.session.safekeeping.is_alone
    ann.session.closed()
    assert not ann.session.safekeeping.is_alone


def test_flush_sends_presence_too(wire: Wire, ann: Peer) -> None:
    """PRES-1"""
    ann.session.show({"cursor": [1, 2]})
    assert ann.session.flush(wire.now_ms) == [Transmit(PresenceUpdate({"cursor": [1, 2]}))]
    assert ann.session.flush(wire.now_ms) == []


def test_pong_that_nobody_asked_for_says_nothing(wire: Wire, ann: Peer) -> None:
    """HB-1"""
    assert ann.session.receive(encode(Pong("t", 99)), wire.now_ms) == []


def test_pong_may_bring_news_of_what_is_missing(wire: Wire, ann: Peer) -> None:
    """HASH-4"""
    ann.session.poll(wire.now_ms + 1000)
    _, diverged, _ = ann.session.receive(encode(Pong("t", 99)), wire.now_ms + 1010)
    assert isinstance(diverged, Diverged)


def test_flush_sends_all_and_waits_for_no_push(wire: Wire, ann: Peer) -> None:
    """PUSH-2: the last push was just now, and the edits need more than one message."""
    ann.edit(Put("a", "k"))
    wire.poll(ann)
    for id in "bcd":
        ann.edit(Put(id, "k", {"text": "x" * 400_000}))
    pushes = ann.session.flush(wire.now_ms)
    assert len(pushes) == 2
    ann.do(pushes)
    wire.send_up(ann)
    wire.commit()
    assert set("abcd") <= set(wire.room.history.document.records)


def test_flush_waits_for_no_answer(wire: Wire, ann: Peer) -> None:
    """PUSH-10"""
    ann.replica.window = 1000
    for id in "abcdef":
        ann.edit(Put(id, "k", {"text": "x" * 700}))
        wire.poll(ann)
    ann.do(ann.session.flush(wire.now_ms))
    wire.send_up(ann)
    wire.commit()
    assert set("abcdef") <= set(wire.room.history.document.records)


def test_presence_is_rare_while_answers_are_late(wire: Wire, ann: Peer) -> None:
    """PUSH-10: on a slow line, presence is the first thing to give up."""
    ann.edit(Put("a", "k"))
    wire.poll(ann)
    sent, start = 0, wire.now_ms
    for ms in range(0, 4000, 40):
        ann.session.show({"cursor": [ms, 0]})
        effects = ann.session.poll(start + ms)
        sent += any(isinstance(one, Transmit) and isinstance(one.message, PresenceUpdate) for one in effects)
    assert 25 + 6 <= sent <= 25 + 7
