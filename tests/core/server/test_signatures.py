"""Signed heads: what a server learns from positions that it once signed (BACK)."""

from __future__ import annotations

import hashlib
import json

import pytest
from msgspec import structs

from optiverse_collab.core.client.effects import EpochChanged
from optiverse_collab.core.protocol.messages import OtherHistory, Ping, Pong, SyncRequest
from optiverse_collab.core.protocol.positions import ParentPosition, SignedHead
from optiverse_collab.core.protocol.timestamps import timestamp
from optiverse_collab.core.records import Set
from optiverse_collab.core.server.effects import BackupNoticed, RoomEffect, Send
from optiverse_collab.core.server.signatures import Signatures, signature_of
from tests.helpers.signing_wire import KEY, SigningWire
from tests.helpers.wire import LENS, Peer, Wire


def answers(effects: list[RoomEffect]) -> list[OtherHistory]:
    """The answers to those who have another history."""
    messages = [effect.message for effect in effects if isinstance(effect, Send)]
    return [message for message in messages if isinstance(message, OtherHistory)]


def pong(wire: Wire, peer: Peer) -> Pong:
    [effect] = wire.room.receive(peer.connection_id, Ping("ann"), wire.now_ms)
    assert isinstance(effect, Send)
    assert isinstance(effect.message, Pong)
    return effect.message


def edited(wire: Wire, peer: Peer, count: int) -> None:
    """Make changes, one after the other."""
    for number in range(count):
        peer.edit(Set("lens", {"n": number}))
        wire.settle()


class Restored:
    """Ann makes 3 changes before a backup, and 4 after it; her program has the signed head of change 7.

    Attributes:
        wire: the server, whose files were replaced by the backup, which keeps its epoch.
        ann: not connected.
    """

    def __init__(self, epoch: str = "") -> None:
        self.wire, self.ann = SigningWire(), Peer("ann")
        self.wire.connect(self.ann)
        self.ann.edit(LENS)
        self.wire.settle()
        edited(self.wire, self.ann, 2)
        backup = self.wire.backup()
        self.backup_time = timestamp(self.wire.room.history.time_ms)
        edited(self.wire, self.ann, 4)
        self.wire.beat()
        self.wire.lose(self.ann)
        if epoch:
            self.wire.restore(backup, epoch)
        else:
            self.wire.copy_back(backup)

    @property
    def signed(self) -> SignedHead:
        signed = self.ann.replica.save().signed
        assert signed is not None
        return signed

    def ask(self, request: SyncRequest) -> list[RoomEffect]:
        """The effects of a request by somebody new."""
        peer = Peer("somebody", request.client_id)
        self.wire.connect(peer, settle=False)
        effects = self.wire.room.receive(peer.connection_id, request, self.wire.now_ms)
        self.wire.perform(effects)
        return effects

    def request(self, signed: SignedHead | None, client_id: str = "x", clock: int = 7) -> SyncRequest:
        return SyncRequest(client_id, "epoch 1", clock, "00" * 16, signed=signed)


def test_the_last_sent_position_is_signed() -> None:
    """BACK-1: a hash over the JSON array, with the key."""
    wire, ann = SigningWire(), Peer("ann")
    wire.connect(ann)
    ann.edit(LENS)
    wire.settle()
    answer = pong(wire, ann)
    position = ["default", "epoch 1", 1, wire.room.history.chain.head.hex(), answer.timestamp]
    signed = json.dumps(position, separators=(",", ":")).encode()
    digest = hashlib.blake2b(signed, digest_size=16, key=KEY, person=b"optiverse head")
    assert answer == Pong(timestamp(wire.now_ms), 1, digest.hexdigest())


def test_what_is_not_durable_is_not_signed() -> None:
    """BACK-1: the signature is of the position that was sent, whatever was accepted since."""
    wire, ann = SigningWire(), Peer("ann")
    wire.connect(ann)
    ann.edit(LENS)
    wire.settle()
    head = wire.room.history.chain.head.hex()
    ann.edit(Set("lens", {"n": 1}))
    wire.poll(ann)
    wire.send_up(ann)
    assert wire.room.history.clock == 2
    answer = pong(wire, ann)
    assert answer.signature == signature_of(KEY, "default", "epoch 1", 1, head, answer.timestamp)


def test_nothing_is_signed_at_the_start_or_without_a_key() -> None:
    """BACK-1"""
    signing, plain, ann, bob = SigningWire(), Wire(), Peer("ann"), Peer("bob")
    signing.connect(ann)
    assert not pong(signing, ann).signature
    plain.connect(bob)
    bob.edit(LENS)
    plain.settle()
    assert not pong(plain, bob).signature


def test_a_restored_server_notices_the_first_newer_signed_head() -> None:
    """BACK-3, BACK-4: it reports so once, and from then on says to everybody what is missing."""
    world = Restored()
    wire, signed = world.wire, world.signed
    wire.connect(world.ann)
    assert wire.noticed == [BackupNoticed(world.ann.connection_id, world.backup_time, 4, signed.time)]
    told = EpochChanged("epoch 1", world.backup_time, 4, 3)
    assert world.ann.told(EpochChanged) == [told]
    *_, last = world.ask(world.request(None))
    assert isinstance(last, Send)
    assert isinstance(last.message, OtherHistory)
    assert last.message.parent == ParentPosition("epoch 1", 3, world.backup_time)
    assert [type(effect) for effect in world.ask(world.request(signed, "y"))] == [Send]


def test_without_a_signed_head_nothing_is_said_of_a_backup() -> None:
    """BACK-4: a position alone proves nothing."""
    world = Restored()
    [answer] = world.ask(world.request(None))
    assert answer == Send(("c2",), OtherHistory("epoch 1", 3, world.wire.room.history.chain.head.hex()))


@pytest.mark.parametrize(
    "change",
    [
        {"signature": "00" * 16},
        {"signature": ""},
        {"signature": "ü"},
        {"clock": 8},
        {"clock": 2**63},
        {"clock": -1},
        {"head": "11" * 16},
        {"time": "2025-03-01T12:34:56.789Z"},
    ],
)
def test_forged_signatures_are_ignored(change: dict[str, object]) -> None:
    """BACK-3"""
    world = Restored()
    world.ask(world.request(structs.replace(world.signed, **change)))
    assert world.wire.noticed == []


def test_signatures_of_another_key_session_or_epoch_are_ignored() -> None:
    """BACK-3"""
    world = Restored()
    for number, (key, session, epoch) in enumerate(
        [(b"o" * 32, "default", "epoch 1"), (KEY, "other", "epoch 1"), (KEY, "default", "epoch 0")]
    ):
        signature = signature_of(key, session, epoch, 7, "00" * 16, "t")
        world.ask(world.request(SignedHead(7, "00" * 16, "t", signature), f"x{number}"))
    unknown = structs.replace(world.request(world.signed, "y"), epoch="epoch 0")
    world.ask(unknown)
    assert world.wire.noticed == []


def test_a_signed_head_of_the_present_history_proves_nothing() -> None:
    """BACK-3: a replica may have lost its way for another reason."""
    world = Restored()
    bob = Peer("bob")
    world.wire.connect(bob)
    edited(world.wire, bob, 6)
    world.wire.beat()
    assert bob.replica.clock == 9
    world.ask(world.request(bob.replica.save().signed, clock=9))
    assert world.wire.noticed == []
    world.ask(world.request(world.signed, "y"))
    assert [one.missing for one in world.wire.noticed] == [4], "the present one is another change 7"


def test_a_server_without_a_key_notices_nothing() -> None:
    """BACK-3"""
    wire, ann = Wire(), Peer("ann")
    wire.connect(ann)
    ann.edit(LENS)
    wire.settle()
    signed = SignedHead(7, "00" * 16, "t", signature_of(b"", "default", "epoch 1", 7, "00" * 16, "t"))
    request = SyncRequest("x", "epoch 1", 7, "00" * 16, signed=signed)
    wire.connect(Peer("bob", "x"), settle=False)
    assert [type(effect) for effect in wire.room.receive("c2", request, wire.now_ms)] == [Send]


def test_a_restored_session_in_a_new_epoch_notices_it_too() -> None:
    """BACK-3: what was made after the backup was in the epoch before."""
    world = Restored("epoch 2")
    world.wire.connect(world.ann)
    [noticed] = world.wire.noticed
    assert (noticed.backup, noticed.missing) == (world.backup_time, 4)
    assert world.ann.told(EpochChanged) == [EpochChanged("epoch 2", world.backup_time, 4, 3)]


def test_a_backup_may_have_nothing_of_a_session() -> None:
    """BACK-3, BACK-4: it was made when the session was empty, which is what both have."""
    world = Restored()
    world.wire.replace_data("epoch 1")
    world.wire.connect(world.ann)
    [noticed] = world.wire.noticed
    assert (noticed.backup, noticed.missing) == (timestamp(0), 7)
    assert world.ann.told(EpochChanged) == [EpochChanged("epoch 1", timestamp(0), 7, 0)]


def test_a_standby_may_take_over_without_a_session() -> None:
    """CLK-11: it begins again, in another epoch; only a signature shows that there was one."""
    world = Restored()
    world.wire.replace_data("another")
    history = world.wire.room.history
    plain = world.request(None, "x")
    [answer] = answers(world.ask(structs.replace(plain, term=1)))
    assert answer.parent is None
    history.turns.begin(2, 0, 0)
    for request in (
        structs.replace(plain, term=1),
        structs.replace(world.request(world.signed, "y"), term=2),
        structs.replace(world.request(structs.replace(world.signed, signature="0" * 32), "z"), term=1),
    ):
        [answer] = answers(world.ask(request))
        assert answer.parent is None
    assert world.wire.noticed == []
    [answer] = answers(world.ask(structs.replace(world.request(world.signed, "a"), term=1, carries=True)))
    assert answer.parent == ParentPosition("epoch 1", 0, timestamp(0), True)
    [answer] = answers(world.ask(structs.replace(plain, client_id="b", term=1)))
    assert answer.parent == ParentPosition("epoch 1", 0, timestamp(0), True)
    [noticed] = world.wire.noticed
    assert (noticed.missing, noticed.is_asked) == (7, False)


def test_after_a_recovery_the_rest_is_noticed_again() -> None:
    """BACK-10: a loss that was noticed before counts from where the history ends now."""
    restored = Restored()
    signatures = restored.wire.room._signatures

    def noticed(client_id: str) -> list[RoomEffect]:
        effects = restored.ask(restored.request(restored.signed, client_id))
        return [one for one in effects if isinstance(one, BackupNoticed)]

    assert [len(noticed("b")), len(noticed("c"))] == [1, 0]
    signatures.recovered()
    assert [len(noticed("d")), len(noticed("e"))] == [1, 0]


def test_what_is_later_than_a_signature_is_not_shared() -> None:
    """BACK-4: a participant's own signature says up to when it was in the history."""
    world = Restored("epoch 2")
    signed = world.signed
    wire = world.wire
    wire.connect(Peer("eve"))
    eve = [*wire.peers.values()][-1]
    eve.edit(Set("lens", {"n": 99}))
    wire.settle()
    later, place = timestamp(wire.now_ms), "epoch 1"
    ends = {
        ParentPosition(place, 3, world.backup_time): True,
        ParentPosition(place, 3, later): False,
        ParentPosition(place, 3, later, True): False,
    }
    shared = wire.room._signatures._is_shared
    assert {end: shared(end, signed) for end in ends} == ends
    assert [shared(end, None) for end in ends] == [False, False, True]
    forged = structs.replace(signed, signature="0" * 32)
    assert [shared(end, forged) for end in ends] == [False, False, True]


def test_a_signature_from_before_the_place_is_looked_up() -> None:
    """BACK-4"""
    wire, ann = SigningWire(), Peer("ann")
    wire.connect(ann)
    ann.edit(LENS)
    wire.settle()
    wire.beat()
    signed = ann.replica.save().signed
    assert signed is not None
    ann.edit(Set("lens", {"n": 1}))
    wire.settle()
    shared = wire.room._signatures._is_shared
    end = ParentPosition("epoch 1", 2, timestamp(wire.now_ms + 1), True)
    assert shared(end, signed)
    assert not shared(structs.replace(end, is_shared=False), signed)
    assert Signatures(None, "default", wire.room.history)._is_shared(end, signed)
