"""Traffic in the log: counts, and a heartbeat every 30 s."""

from __future__ import annotations

import logging

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.protocol.messages import Have, Ping, PresenceUpdate, Push
from optiverse_collab.core.records import Remove
from optiverse_collab.wording.traffic import Traffic

UPDATE = fx.ShowChange((Remove("lens"),))
PRESENCE = fx.PresenceChanged(frozenset())
PING, PUSH = fx.Transmit(Ping("Ann")), fx.Transmit(Push([]))


def texts(traffic: Traffic, effect: fx.SessionEffect, now_ms: float) -> list[str]:
    """The lines that are logged for an effect; all are DEBUG."""
    lines = traffic.lines(effect, now_ms)
    assert {line.level for line in lines} <= {logging.DEBUG}
    return [line.text for line in lines]


def test_half_a_minute_of_drags_is_a_handful_of_lines() -> None:
    traffic, written = Traffic(), list[str]()
    for number in range(900):  # 30 times a second
        for effect in (UPDATE, PRESENCE, PUSH):
            written += texts(traffic, effect, 5_000 + number * 1000 / 30)
    assert written == 2 * [
        "← 300 updates, 300 presence in 10 s",
        "→ 300 updates in 10 s",
    ]
    assert [line.text for line in traffic.take(35_000)] == [
        "← 300 updates, 300 presence in 10 s",
        "→ 300 updates in 10 s",
    ]
    assert traffic.take(35_000) == []


def test_counts_are_written_with_the_next_message_of_any_kind() -> None:
    traffic = Traffic()
    assert texts(traffic, UPDATE, 100_000) == []
    assert texts(traffic, fx.Transmit(PresenceUpdate({})), 101_000) == []
    assert texts(traffic, PING, 115_000) == [
        "← 1 updates in 15 s",
        "→ 1 presence in 15 s",
        "→ Sending heartbeat ping",
    ]


def test_confirmations_are_no_news() -> None:
    traffic = Traffic()
    assert texts(traffic, fx.Transmit(Have(3)), 0) == []
    assert traffic.take(20_000) == []


def test_heartbeats_sooner_than_users_know_are_left_out() -> None:
    traffic, written = Traffic(), list[str]()
    for second in range(0, 70, 10):
        written += texts(traffic, PING, second * 1000)
        written += texts(traffic, fx.HeartbeatAnswered(1.25), second * 1000 + 1)
    assert written == 3 * ["→ Sending heartbeat ping", "← Received heartbeat pong (1.2 ms)"]
