"""Presence in a room: PRES rules of docs/protocol.md."""

from __future__ import annotations

import json

from optiverse_collab.core.client.effects import (
    PresenceChanged,
    ProtocolFault,
)
from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.messages import (
    PresencePatch,
    PresenceUpdate,
    Push,
    SyncRequest,
    UserLeft,
)
from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.records import Put
from optiverse_collab.core.server.effects import Send, SendPresence, Unsaved
from tests.helpers.wire import Peer, Wire

NOW = 1_740_832_496_789


def test_presence_reaches_the_others_once_a_tick(wire: Wire) -> None:
    """PRES-1, PRES-2: with the latest value of each key."""
    ann, bob = Peer("ann"), Peer("bob")
    wire.connect(ann, bob)
    for x in range(5):
        wire.room.receive(ann.connection_id, PresenceUpdate({"cursor": [x, 0]}), NOW)
    wire.room.receive(ann.connection_id, PresenceUpdate({"selection": ["a"]}), NOW)
    wire.settle()
    assert bob.session.presence.states == {ann.connection_id: {"cursor": [4, 0], "selection": ["a"]}}
    assert len(bob.told(PresenceChanged)) == 1
    assert ann.session.presence.states == {}


def test_newcomer_hears_all_presence(wire: Wire) -> None:
    """PRES-3, PRES-4."""
    ann, bob = Peer("ann"), Peer("bob")
    wire.connect(ann)
    ann.session.show({"cursor": [1.0, 2.0]})
    wire.settle()
    wire.settle()
    wire.connect(bob)
    assert bob.session.presence.states == {ann.connection_id: {"cursor": [1.0, 2.0]}}
    wire.lose(ann)
    wire.settle()
    assert bob.session.presence.states == {}


def test_the_last_presence_comes_before_the_goodbye(wire: Wire) -> None:
    """PRES-4: a client that hands something over and leaves at once is heard."""
    room = wire.room
    for id in ("c1", "c2"):
        room.join(id, id, NOW)
    room.receive("c1", PresenceUpdate({"hosts": True}), NOW)
    room.flush_presence(NOW)
    room.receive("c1", PresenceUpdate({"hosts": None}), NOW)
    last, left = room.leave("c1", NOW)
    assert last == SendPresence(("c2",), PresencePatch({"c1": {"hosts": None}}))
    assert isinstance(left, Send)
    assert isinstance(left.message, UserLeft)
    assert not room.has_presence
    [alone] = room.leave("c2", NOW)
    assert isinstance(alone, Send)


def test_too_much_presence_is_an_error(wire: Wire) -> None:
    """PRES-5: the earlier presence stays."""
    ann = Peer("ann")
    wire.connect(ann)
    wire.room.receive(ann.connection_id, PresenceUpdate({"a": 1}), NOW)
    wire.perform(wire.room.receive(ann.connection_id, PresenceUpdate({"b": "x" * 70_000}), NOW))
    wire.settle()
    assert any("too_large" in text for text in ann.texts)
    assert ann.told(ProtocolFault)[-1].serious
    assert wire.room.presence_of_all() == [PresencePatch({ann.connection_id: {"a": 1}}, full=True)]


def test_presence_of_many_comes_in_messages_that_fit(wire: Wire) -> None:
    """PRES-7: the first one replaces all known presence, and the others add to it."""
    room = wire.room
    for number in range(40):
        room.join(f"m{number}", f"user {number}", NOW)
        room.receive(f"m{number}", PresenceUpdate({"note": "x" * 60_000}), NOW)
    ann = Peer("ann")
    wire.connect(ann)
    messages = [text for text in ann.texts if '"presence"' in text]
    assert len(messages) > 1
    assert max(map(len, messages)) <= room.history.limits.message_bytes
    first, *others = [json.loads(text) for text in messages]
    assert first["full"]
    assert not any("full" in other for other in others)
    assert ann.session.presence.states.keys() == {f"m{number}" for number in range(40)}


def test_surroundings_can_ask_what_there_is_to_do(wire: Wire) -> None:
    """DUR-1, PRES-2: to store, to send, and to report presence; each stays until it is done."""
    room = wire.room

    def to_do() -> tuple[bool, bool, bool]:
        return room.has_unsaved, room.has_waiting, room.has_presence

    room.join("c1", "ann", NOW)
    assert to_do() == (False, False, False)
    room.receive("c1", SyncRequest("client"), NOW)
    assert to_do() == (False, True, False)
    room.flush()
    room.receive("c1", PresenceUpdate({"cursor": [0, 0]}), NOW)
    assert to_do() == (False, False, True)
    [presence] = room.flush_presence(NOW)
    assert presence == SendPresence(("c1",), PresencePatch({"c1": {"cursor": [0, 0]}}))
    assert room.flush_presence(NOW) == []
    room.receive("c1", Push([PushedChange(1, [Put("a", "k")])]), NOW)
    assert to_do() == (True, True, False)
    [entry], names, _ = room.unsaved()
    assert {name.text for name in names} == {"ann", origin_of("client")}
    assert to_do() == (False, True, False)
    assert room.unsaved() == Unsaved([], [])
    room.saved(entry.clock)
    room.flush()
    assert to_do() == (False, False, False)


def test_changes_leave_in_messages_that_fit_one_a_tick(wire: Wire) -> None:
    """PRES-17: whoever has waited longest goes first; newer values replace queued ones."""
    room = wire.room
    for number in range(10):
        room.join(f"m{number}", f"user {number}", NOW)
        room.receive(f"m{number}", PresenceUpdate({"note": f"{number}" * 60_000}), NOW)
    told: list[str] = []
    for tick in range(3):
        [effect] = room.flush_presence(NOW + 40 * tick)
        assert isinstance(effect, SendPresence)
        last = effect.message.participants
        assert 0 < len(effect.message.participants) <= 4
        told += effect.message.participants
        room.receive("m9", PresenceUpdate({"note": f"{tick}"}), NOW)
    assert told == [f"m{number}" for number in range(10)]
    assert last["m9"] == {"note": "1"}


def test_who_shows_too_much_too_often_waits_alone(wire: Wire) -> None:
    """PRES-17: their values come now and then, others' with each tick; the last ones with the goodbye."""
    room, seen = wire.room, []
    for id in ("fast", "ann", "bob"):
        room.join(id, id, NOW)
    for tick in range(300):
        now_ms = NOW + 40 * tick
        for x in range(3):
            room.receive("fast", PresenceUpdate({"note": f"{tick} {x}" + "x" * 8000}), now_ms)
        room.receive("ann", PresenceUpdate({"cursor": [tick, 0]}), now_ms)
        [effect] = room.flush_presence(now_ms)
        assert isinstance(effect, SendPresence)
        assert effect.message.participants["ann"] == {"cursor": [tick, 0]}
        if "fast" in effect.message.participants:
            assert effect.message.participants["fast"]["note"].startswith(f"{tick} 2")
            seen.append(tick)
    assert 20 < len(seen) < 50
    assert seen[-1] > 290
    last, _ = room.leave("fast", NOW + 40 * 300)
    assert isinstance(last, SendPresence)


def test_nobody_hears_their_own_presence(wire: Wire) -> None:
    """PRES-17: a lone participant gets no message back."""
    ann, bob = Peer("ann"), Peer("bob")
    wire.connect(ann, bob)
    for peer in (ann, bob):
        peer.session.show({"cursor": [1.0, 2.0]})
    wire.settle()
    for peer, other in ((ann, bob), (bob, ann)):
        told = [json.loads(text)["participants"] for text in peer.texts if '"presence"' in text]
        assert told
        assert all(participants.keys() == {other.connection_id} for participants in told)
    assert wire.room.presence_of_all(ann.connection_id) == [
        PresencePatch({bob.connection_id: {"cursor": [1.0, 2.0]}}, full=True)
    ]
