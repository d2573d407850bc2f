"""The results of pushes: PUSH, SEEN and STAMP rules of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.codec import close_patch, decode_server
from optiverse_collab.core.protocol.messages import Error, Have, Patch, Push, SyncRequest
from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.protocol.outcomes import Ack, AckResult, Part
from optiverse_collab.core.records import Op, Put, Remove, Set
from optiverse_collab.core.server.effects import Send, SendFrame
from optiverse_collab.errors import Reason
from tests.helpers.wire import Peer, Wire

NOW = 1_740_832_496_789


@pytest.fixture
def wire() -> Wire:
    wire = Wire()
    wire.now_ms = NOW
    return wire


def test_push_before_sync_is_an_error(wire: Wire) -> None:
    """SYNC-1: nothing is applied, and the connection stays open."""
    wire.room.join("c1", "ann", NOW)
    [answer] = wire.room.receive("c1", Push([PushedChange(1, [Put("a", "k")])]), NOW)
    assert isinstance(answer, Send)
    assert isinstance(answer.message, Error)
    assert answer.message.reason == Reason.NOT_SYNCED.value
    assert not wire.room.history.document.records


def test_one_bad_change_leaves_the_others_of_its_push(wire: Wire) -> None:
    """PUSH-6: a change is refused as a whole, its neighbours are not."""
    ann = Peer("ann")
    wire.connect(ann)
    changes = [
        PushedChange(1, [Put("a", "k", {"x": 1})]),
        PushedChange(2, [Put("b", "k"), Set("a", {"y" * 200: 1})]),
        PushedChange(3, [Set("a", {"x": 3})]),
    ]
    wire.room.receive(ann.connection_id, Push(changes), NOW)
    wire.commit()
    assert {id: record.props for id, record in wire.room.history.document.records.items()} == {"a": {"x": 3}}
    text = "".join(ann.down)
    assert text.count('"commit"') == 2
    assert '"client_clock":2,"result":"refused","reason":"id_too_long"' in text


@pytest.mark.parametrize("client_clock", [0, -1])
def test_client_clocks_start_at_one(wire: Wire, client_clock: int) -> None:
    """PUSH-1: a number that is not greater than the last is a duplicate, starting with the first."""
    ann = Peer("ann")
    wire.connect(ann)
    wire.room.receive(ann.connection_id, Push([PushedChange(client_clock, [Put("a", "k")])]), NOW)
    assert not wire.room.history.document.records


def test_storage_gets_each_name_once(wire: Wire) -> None:
    """STAMP-1: with the first entry that refers to it; neither entry has the client id."""
    room = wire.room
    for name in ("ann", "bob"):
        room.join(name, name, NOW)
        room.receive(name, SyncRequest(f"client of {name}"), NOW)
    given = []
    for name in ("ann", "ann", "bob"):
        clock = room.history.clock + 1
        room.receive(name, Push([PushedChange(clock, [Put("a", "k", {"x": clock})])]), NOW)
        entries, names, _ = room.unsaved()
        assert b"client of" not in entries[0].data
        given.append([name.text for name in names])
    assert given == [[origin_of("client of ann"), "ann"], [], [origin_of("client of bob"), "bob"]]


def acks(wire: Wire, peer: Peer, *changes: PushedChange) -> list[Ack]:
    """The results that a connected peer gets."""
    peer.texts.clear()
    wire.room.receive(peer.connection_id, Push([*changes]), NOW)
    wire.settle()
    messages = [decode_server(text, wire.limits) for text in peer.texts]
    return [ack for message in messages if isinstance(message, Patch) for ack in message.acks]


@pytest.mark.parametrize(
    ("ops", "result"),
    [
        ([Set("lens", {"x": 1}), Remove("gone")], AckResult.COMMIT),
        ([Set("lens", {"x": 1}), Set("gone", {"x": 1})], AckResult.REBASE),
        ([Set("gone", {"x": 1})], AckResult.DISCARD),
        ([Set("lens", {"x": float("inf")})], AckResult.REFUSED),
    ],
)
def test_each_change_gets_the_result_that_it_had(wire: Wire, ops: list[Op], result: AckResult) -> None:
    """PUSH-4: and `duplicate` when it comes again (PUSH-7)."""
    ann = Peer("ann")
    wire.connect(ann)
    changes = PushedChange(1, [Put("lens", "k")]), PushedChange(2, ops)
    assert [ack.result for ack in acks(wire, ann, *changes)] == [AckResult.COMMIT, result]
    assert [ack.result for ack in acks(wire, ann, *changes)] == [AckResult.DUPLICATE] * 2


def test_refused_change_is_judged_again_on_the_next_connection(wire: Wire) -> None:
    """PUSH-7: it was not accepted; on the same connection its answer is already on its way."""
    ann = Peer("ann")
    wire.connect(ann)
    change = PushedChange(1, [Set("lens", {"x": float("inf")})])
    assert [ack.result for ack in acks(wire, ann, change, change)] == [
        AckResult.REFUSED,
        AckResult.DUPLICATE,
    ]
    wire.lose(ann)
    wire.connect(ann)
    assert [ack.result for ack in acks(wire, ann, change)] == [AckResult.REFUSED]


def test_acknowledgement_names_parts_and_those_on_the_other_side(wire: Wire) -> None:
    """PUSH-4, SEEN-3, SEEN-4: but no values."""
    ann, bob = Peer("ann"), Peer("bob")
    wire.connect(ann, bob)
    acks(wire, ann, PushedChange(1, [Put("a", "k", {"x": 1, "y": 1}), Put("b", "k")]))
    acks(wire, bob, PushedChange(1, [Set("a", {"x": 2, "y": 2}), Remove("b")]))
    both: list[Op] = [Set("a", {"x": 3, "z": 3}), Set("b", {"x": 3})]
    [held, replaced] = acks(
        wire, ann, PushedChange(2, both, seen=1, yields=True), PushedChange(3, both, seen=1)
    )
    lost = Part("b", by="bob", clock=2)
    part = Part("a", ["x"], by="bob", clock=2)
    assert held == Ack(2, AckResult.REBASE, 3, lost=[lost], held=[part])
    assert replaced == Ack(3, AckResult.REBASE, 4, lost=[lost], replaced=[part])
    [yielded] = acks(wire, ann, PushedChange(4, [Set("a", {"y": 3})], seen=1, yields=True))
    assert yielded == Ack(4, AckResult.DISCARD, 5, held=[Part("a", ["y"], by="bob", clock=2)])


def test_who_says_nothing_of_it_has_seen_what_was_sent(wire: Wire) -> None:
    """SEEN-1: this excludes changes that the room has accepted but storage does not have."""
    ann, bob = Peer("ann"), Peer("bob")
    wire.connect(ann, bob)
    acks(wire, ann, PushedChange(1, [Put("a", "k", {"x": 1})]))
    for peer in (bob, ann):
        change = PushedChange(2, [Set("a", {"x": peer.session.user_id})], yields=True)
        wire.room.receive(peer.connection_id, Push([change]), NOW)
    wire.settle()
    assert wire.room.history.document.records["a"].props == {"x": "bob"}
    assert [bool(entry.held) for entry in wire.journal] == [False, False, True]


@pytest.mark.parametrize("settles", [[], ["unheard of"], ["client of ann", "unheard of"]])
def test_settled_client_ids_are_the_replicas_own(wire: Wire, settles: list[str]) -> None:
    """SEEN-2, SYNC-8: their values count as seen; an id that the session never saw changes nothing."""
    ann = Peer("ann")
    wire.connect(ann)
    acks(wire, ann, PushedChange(1, [Put("a", "k", {"x": 1})]))
    wire.room.join("c9", "ann", NOW)
    wire.room.receive("c9", SyncRequest("restored", settles=settles), NOW)
    change = PushedChange(1, [Set("a", {"x": 2})], seen=0, yields=True)
    wire.room.receive("c9", Push([change]), NOW)
    expected = 2 if "client of ann" in settles else 1
    assert wire.room.history.document.records["a"].props == {"x": expected}


@pytest.mark.parametrize("clock", [-1, 1, 2**62])
def test_nobody_has_what_was_never_sent(wire: Wire, clock: int) -> None:
    """SYNC-11: the error names the session's clock."""
    ann = Peer("ann")
    wire.connect(ann)
    [answer] = wire.room.receive(ann.connection_id, Have(clock), NOW)
    assert isinstance(answer, Send)
    assert answer.message == Error(
        "invalid_message", f"You have {clock}, and the session is at 0; say what you have."
    )


def test_nothing_is_confirmed_before_the_first_sync(wire: Wire) -> None:
    """SYNC-1: there is nothing to confirm yet."""
    wire.room.join("c1", "ann", NOW)
    [answer] = wire.room.receive("c1", Have(0), NOW)
    assert isinstance(answer, Send)
    assert isinstance(answer.message, Error)
    assert answer.message.reason == Reason.NOT_SYNCED.value


def test_a_version_of_the_server_is_stored_with_its_reason(wire: Wire) -> None:
    """HIST-13: they are in one write, so a crash loses both or neither; nobody is its author."""
    ann, bob = Peer("ann"), Peer("bob")
    wire.connect(ann)
    wire.connect(bob)
    ann.edit(Put("lens", "k"))
    wire.settle()
    change = PushedChange(2, [Remove("lens")], step="sweep:1")
    wire.room.receive(ann.connection_id, Push([change]), NOW)
    unsaved = wire.room.unsaved()
    assert [entry.clock for entry in unsaved.entries] == [2, 3]
    wire.room.saved(3)
    [frame] = [effect for effect in wire.room.flush() if isinstance(effect, SendFrame)]
    patch = decode_server(close_patch(frame.body).decode(), Limits())
    assert isinstance(patch, Patch)
    swept, kept = patch.changes
    assert (swept.user_id, kept.user_id, kept.step) == ("ann", "", "")
    [made] = kept.ops
    assert isinstance(made, Put)
    assert (made.props["clock"], made.props["why"], made.props["by"]) == (1, "sweep", "ann")
