"""Participants who are away: HB-6 of docs/protocol.md."""

from __future__ import annotations

from optiverse_collab.core.client.effects import ParticipantAway
from tests.helpers.wire import Peer, Wire

NOW = 1_740_832_496_789


def test_whoever_is_silent_is_shown_as_away(wire: Wire) -> None:
    """HB-6: to those who are there, and to newcomers."""
    ann, bob, eve = Peer("ann"), Peer("bob"), Peer("eve")
    wire.connect(ann, bob)
    wire.perform(wire.room.set_away("c1", True))
    wire.send_down(bob)
    [away] = bob.told(ParticipantAway)
    assert (away.participant.user_id, away.participant.away) == ("ann", True)
    wire.connect(eve)
    assert [one.away for one in eve.session.participants.values()] == [True, False, False]
    wire.perform(wire.room.set_away("c1", False))
    for peer in (ann, bob, eve):
        wire.send_down(peer)
    assert not any(one.away for peer in (ann, bob, eve) for one in peer.session.participants.values())
    assert ann.told(ParticipantAway) == []


def test_nobody_is_away_who_is_not_in(wire: Wire) -> None:
    """HB-6, SYNC-7: neither a replaced connection that is not yet closed, nor one that has left."""
    wire.room.join("c1", "ann", NOW)
    assert wire.room.set_away("c9", True) == []
    session = Peer("bob").session
    assert session.receive('{"type":"user:away","connection_id":"c9","away":true}', NOW) == []
