"""The client's side of a session: MSG and PRES rules of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.carrying import KeepParcel
from optiverse_collab.core.client.confirmed import LANES
from optiverse_collab.core.client.effects import (
    Acknowledged,
    Diverged,
    EpochChanged,
    LossKind,
    Lost,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantRenamed,
    PresenceChanged,
    ProtocolFault,
    SessionEffect,
    Transmit,
)
from optiverse_collab.core.client.past_effects import PastArrived
from optiverse_collab.core.client.people import COLOUR, PERSON, Introduction
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.messages import (
    PROTOCOL_VERSION,
    ConnectionAck,
    PresencePatch,
    PresenceUpdate,
    SyncRequest,
    UserJoined,
    UserLeft,
)
from optiverse_collab.core.protocol.parcels import Parcel
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.protocol.past import PastPage, PastRequest
from optiverse_collab.core.records import Put
from optiverse_collab.errors import ChangeRefused
from tests.helpers.wire import Peer, Wire


@pytest.fixture
def ann(wire: Wire) -> Peer:
    peer = Peer("ann")
    wire.connect(peer)
    return peer


@pytest.mark.parametrize(
    ("text", "serious"),
    [
        ("garbage", True),
        ('{"type":"patch","changes":3}', True),
        ('{"type":"weather"}', False),
        ('{"type":"presence","participants":{"c9":{"":1}}}', True),
        ('{"type":"error","reason":"invalid_message","message":"No."}', True),
    ],
)
def test_what_cannot_be_used_is_told_and_ignored(wire: Wire, ann: Peer, text: str, serious: bool) -> None:
    """MSG-5, MSG-6: a newer server's message does no harm; everything else keeps working."""
    [effect] = ann.session.receive(text, wire.now_ms)
    assert isinstance(effect, ProtocolFault)
    assert effect.serious is serious
    ann.edit(Put("a", "k"))
    wire.settle()
    assert "a" in wire.room.history.document.records


def test_patch_with_an_unknown_result_is_not_used(wire: Wire, ann: Peer) -> None:
    """MSG-6: the results are a closed set; the next patch makes the replica ask for the changes (HASH-4)."""
    bob = Peer("bob")
    wire.connect(bob)
    ann.edit(Put("a", "k"))
    wire.poll(ann)
    wire.send_up(ann)
    wire.commit()
    [text] = [text for text in ann.down if '"acks"' in text]
    ann.down.clear()
    [effect] = ann.session.receive(text.replace('"commit"', '"postponed"'), wire.now_ms)
    assert isinstance(effect, ProtocolFault)
    assert effect.serious
    bob.edit(Put("b", "k"))
    wire.settle()
    assert len(ann.told(Diverged)) == 1
    assert ann.replica.view.keys() == {"a", "b"}
    assert not ann.replica.pending


def test_unknown_reason_of_a_refusal_is_its_sentence(wire: Wire, ann: Peer) -> None:
    """MSG-5, MSG-6: a newer server may have reasons that this client does not know."""
    ann.edit(Put("a", "k"))
    wire.poll(ann)
    ack = '{"client_clock":1,"result":"refused","reason":"full_moon","message":"Not tonight."}'
    ann.receive('{"type":"patch","changes":[],"acks":[' + ack + "]}", wire.now_ms)
    assert [(lost.kind, lost.message) for lost in ann.told(Lost)] == [(LossKind.REFUSED, "Not tonight.")]
    [effect] = ann.session.receive('{"type":"error","reason":"full_moon","message":"No."}', wire.now_ms)
    assert effect == ProtocolFault("The server did not accept a message: No.", serious=True)


def test_another_history_is_told(wire: Wire, ann: Peer) -> None:
    """CLK-3: the report has the server's position, but this client needs only its epoch."""
    ann.edit(Put("a", "k"))
    wire.settle()
    wire.lose(ann)
    ann.session.opened(wire.now_ms)
    ann.replica.connected()
    text = '{"type":"sync:diverged","epoch":"epoch 2","clock":3,"head":"00"}'
    assert ann.session.receive(text, wire.now_ms) == [EpochChanged("epoch 2")]
    assert set(ann.replica.view) == {"a"}


def test_nothing_is_due_while_not_connected(wire: Wire, ann: Peer) -> None:
    wire.lose(ann)
    ann.edit(Put("a", "k"))
    ann.session.show({"cursor": [0, 0]})
    assert ann.session.wait_ms(wire.now_ms) is None
    assert ann.session.poll(wire.now_ms + 1e6) == []
    assert ann.session.participants == {}
    assert ann.session.me is None
    assert not ann.replica.synced


def test_presence_is_throttled_and_merged(wire: Wire, ann: Peer) -> None:
    """PRES-1: at most one in 33 ms, with the latest of each key."""
    now = wire.now_ms + 100
    ann.session.show({"cursor": [0, 0], "view": "all"})
    assert ann.session.poll(now) == [Transmit(PresenceUpdate({"cursor": [0, 0], "view": "all"}))]
    for x in range(5):
        ann.session.show({"cursor": [x, 0]})
    assert ann.session.poll(now + 10) == []
    assert ann.session.wait_ms(now + 10) == 23
    assert ann.session.poll(now + 33) == [Transmit(PresenceUpdate({"cursor": [4, 0]}))]


def test_presence_that_cannot_travel_is_refused(ann: Peer) -> None:
    with pytest.raises(ChangeRefused):
        ann.session.show({"cursor": [float("nan"), 0.0]})


def test_a_new_connection_sends_presence_again(wire: Wire, ann: Peer) -> None:
    """PRES-4."""
    bob = Peer("bob")
    wire.connect(bob)
    ann.session.show({"colour": "red"})
    wire.settle()
    wire.crash()
    wire.connect(bob, ann)
    wire.settle()
    wire.send_down(bob)
    assert bob.session.presence.states == {ann.connection_id: {"colour": "red"}}


def test_presence_of_all_replaces_what_was_known(wire: Wire, ann: Peer) -> None:
    """PRES-3: after skipped frames, participants who are not listed show nothing; I am never listed."""
    bob, eve = Peer("bob"), Peer("eve")
    wire.connect(bob, eve)
    bob.session.show({"cursor": [1, 1]})
    eve.session.show({"cursor": [2, 2]})
    ann.session.show({"cursor": [3, 3]})
    wire.settle()
    wire.settle()
    states = {eve.connection_id: {"cursor": [9, 9]}, ann.connection_id: {"cursor": [3, 3]}}
    [effect] = ann.session.receive(encode(PresencePatch(states, full=True)), wire.now_ms)
    assert effect == PresenceChanged(frozenset({eve.connection_id}), full=True)
    assert ann.session.presence.states == {eve.connection_id: {"cursor": [9, 9]}}


def test_own_presence_is_no_news(wire: Wire, ann: Peer) -> None:
    """PRES-2: the server sends it to everybody."""
    own = PresencePatch({ann.connection_id: {"cursor": [3, 3]}})
    assert ann.session.receive(encode(own), wire.now_ms) == []


def test_who_comes_is_renamed_and_leaves(wire: Wire, ann: Peer) -> None:
    """MSG-2: a known connection that joins has a new name; so may my own."""
    time = "2025-03-01T12:34:56.789Z"

    def hear(message: UserJoined | UserLeft) -> list[SessionEffect]:
        return ann.session.receive(encode(message), wire.now_ms)

    bob, robert, me = (Participant(*who, time) for who in (("bob", "c9"), ("Bob", "c9"), ("Ann", "c1")))
    assert hear(UserJoined("bob", "c9", time)) == [ParticipantJoined(bob)]
    assert hear(UserJoined("Bob", "c9", time)) == [ParticipantRenamed(robert)]
    assert ann.connection_id == "c1"
    assert hear(UserJoined("Ann", "c1", time)) == [ParticipantRenamed(me)]
    assert ann.session.me == me
    assert hear(UserLeft("Bob", "c9", time)) == [ParticipantLeft(robert)]
    assert hear(UserLeft("Bob", "c9", time)) == []
    assert list(ann.session.participants.values()) == [me]


def test_a_script_is_known_as_one(wire: Wire, ann: Peer) -> None:
    """PRES-18"""
    joined = UserJoined("bot", "c9", "2025-03-01T12:34:56.789Z", script=True)
    ann.session.receive(encode(joined), wire.now_ms)
    assert [one.script for one in ann.session.participants.values()] == [False, True]


def test_acknowledgement_without_oneself_in_it_will_do(wire: Wire) -> None:
    """MSG-1: `users` may lack the newcomer; `user_id` and `connection_id` identify them."""
    session = Peer("ann").session
    session.opened(wire.now_ms)
    ack = ConnectionAck("default", "ann (2)", "c7", [], "server", PROTOCOL_VERSION, Limits(depth=3), "t")
    heard, request = session.receive(encode(ack), wire.now_ms)
    assert heard == Acknowledged(ack)
    assert request == Transmit(SyncRequest("client of ann", lanes=[*LANES]))
    assert session.me == Participant("ann (2)", "c7", "t")
    assert session.replica.limits.depth == 3


def test_edit_is_waited_for_no_longer_than_a_push(wire: Wire, ann: Peer) -> None:
    """PUSH-2."""
    ann.edit(Put("a", "k"))
    wire.poll(ann)
    ann.edit(Put("b", "k"))
    assert ann.session.wait_ms(wire.now_ms + 10) == 6.5


def test_up_to_four_participants_are_few(ann: Peer) -> None:
    """PUSH-2: those of this session, this one among them, at every moment."""
    for number in range(2, 6):
        ann.receive(encode(UserJoined(f"user {number}", f"c{number}", "t")), 0.0)
        assert ann.replica.pace.few is (len(ann.session.participants) <= 4)
    assert not ann.replica.pace.few
    while len(ann.session.participants) > 4:
        ann.receive(encode(UserLeft("user 5", [*ann.session.participants][-1], "t")), 0.0)
    assert ann.replica.pace.few


def test_the_past_is_asked_for_when_it_is_time(wire: Wire, ann: Peer) -> None:
    """HIST-1, HIST-4, HIST-5"""
    for clock in (0, 99):
        ann.session.past.ask(clock)
    assert ann.session.wait_ms(wire.now_ms) == 0
    assert Transmit(PastRequest(1, 0)) in ann.session.poll(wire.now_ms)
    ann.receive(encode(PastPage(1, "epoch 1", 0, "", 0, done=True)), wire.now_ms)
    assert ann.told(PastArrived) == [PastArrived(0, {})]
    assert ann.session.past.wait_ms(wire.now_ms) == 1000
    wire.now_ms += 1000
    assert Transmit(PastRequest(2, 99)) in ann.session.poll(wire.now_ms)
    ann.session.closed()
    assert ann.session.past.waiting == [99]


def test_roles_of_others_are_known(wire: Wire, ann: Peer) -> None:
    """ACC-2."""
    ann.receive(encode(UserJoined("bob", "c9", "t", Role.VIEWER)), 0)
    assert ann.session.participants["c9"].role is Role.VIEWER


def test_who_introduces_themselves_shows_who_they_are(wire: Wire, ann: Peer) -> None:
    """PRES-8, PRES-9"""
    ann.session.people.introduce(Introduction("person", 4))
    ann.receive(encode(UserJoined("bob", "c9", "t", person="g9")), wire.now_ms)
    wire.now_ms += 100
    assert Transmit(PresenceUpdate({PERSON: "person", COLOUR: 4})) in ann.session.poll(wire.now_ms)
    assert ann.session.people.person_of("c9") == "g9"


def test_a_parcel_is_passed_on_to_be_kept() -> None:
    """BACK-6"""
    parcel = Parcel("e", 3, "00" * 16, 5, "11" * 16, b"packed", "22" * 16)
    session = SessionClient("ann", Replica("a"))
    assert session.receive(encode(parcel), 0.0) == [KeepParcel(parcel)]
