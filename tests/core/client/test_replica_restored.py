"""A server restored from a backup, and replicas that were connected before: CLK-8."""

from __future__ import annotations

import msgspec

from optiverse_collab.core.client.confirmed import SharedPast
from optiverse_collab.core.client.effects import EpochChanged, ShowChange, Synced
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.protocol.timestamps import timestamp
from optiverse_collab.core.records import Put, Set
from tests.helpers.wire import LENS, Peer, Wire, equal

MIRROR = Put("mirror", "component", {"pos": [1.0, 0.0]})


def change(wire: Wire, peer: Peer, *names: str) -> None:
    """Rename the lens repeatedly."""
    for name in names:
        peer.edit(Set("lens", {"name": name}))
        wire.settle()


def test_replica_that_has_no_more_than_the_backup_goes_on(wire: Wire, ann: Peer, bob: Peer) -> None:
    """CLK-8: it adopts the epoch, gets the new changes, and sends its unsent edits."""
    change(wire, ann, "one")
    backup = wire.backup()
    wire.lose(ann)
    wire.lose(bob)
    wire.restore(backup, "epoch 2")
    ann.edit(Set("lens", {"name": "while away"}))
    wire.connect(bob)
    bob.edit(MIRROR)
    wire.settle()
    ann.heard.clear()
    wire.connect(ann)
    assert not ann.told(EpochChanged)
    assert [shown.ops for shown in ann.told(ShowChange)] == [(MIRROR,)]
    assert equal(wire, ann, bob)
    assert {peer.replica.epoch for peer in (ann, bob)} == {"epoch 2"}
    assert ann.replica.view["lens"].props["name"] == "while away"
    assert not ann.replica.pending


def test_what_the_backup_lacks_is_said_and_nothing_is_merged(wire: Wire, ann: Peer) -> None:
    """CLK-8"""
    change(wire, ann, "one")
    backup, time = wire.backup(), timestamp(wire.journal[-1].time_ms)
    change(wire, ann, "two", "three")
    wire.lose(ann)
    wire.restore(backup, "epoch 2")
    ann.heard.clear()
    wire.connect(ann)
    ann.edit(MIRROR)
    assert not ann.replica.poll(1e9)
    [changed] = ann.told(EpochChanged)
    assert changed == EpochChanged("epoch 2", time, 2, 2)
    assert not ann.told(Synced)
    assert ann.replica.view["lens"].props["name"] == "three"
    assert len(ann.replica.pending) == 1


def test_edit_that_was_accepted_after_the_backup_is_sent_again(wire: Wire, ann: Peer, bob: Peer) -> None:
    """CLK-8: its author never learned that it was accepted, and the backup lacks it."""
    backup = wire.backup()
    ann.edit(MIRROR)
    wire.poll(ann)
    wire.send_up(ann)
    wire.commit()  # the answer is lost
    wire.lose(ann)
    wire.lose(bob)
    wire.restore(backup, "epoch 2")
    wire.connect(ann, bob)
    assert not ann.told(EpochChanged)
    assert equal(wire, ann, bob)
    assert "mirror" in bob.replica.view


def test_other_chain_at_the_same_clock_is_another_history(wire: Wire, ann: Peer) -> None:
    """CLK-3, CLK-8: the parent's name alone does not prove it. BACK-14: older heads show what both have."""
    change(wire, ann, "one")
    backup = wire.backup()
    wire._kept.pop()
    wire.lose(ann)
    wire.room = wire.open_room()
    bob = Peer("bob")
    wire.connect(bob)
    change(wire, bob, "another")
    wire.lose(bob)
    wire.restore(backup, "epoch 2")
    wire.connect(bob)
    time = timestamp(wire.room.history.time_ms)
    assert bob.told(EpochChanged) == [EpochChanged("epoch 2", time, missing=1, shared=1)]


def test_restored_again_it_knows_both_epochs(wire: Wire, ann: Peer) -> None:
    """CLK-8: a replica may have been away for long."""
    away, saved = Peer("away"), wire.backup()
    wire.connect(away)
    wire.lose(away)
    wire.lose(ann)
    wire.restore(saved, "epoch 2")
    wire.connect(ann)
    change(wire, ann, "in epoch 2")
    later = wire.backup()
    change(wire, ann, "lost")
    wire.lose(ann)
    wire.restore(later, "epoch 3")
    wire.connect(away)
    assert away.replica.epoch == "epoch 3"
    assert away.replica.view["lens"].props["name"] == "in epoch 2"
    wire.connect(ann)
    assert [one.missing for one in ann.told(EpochChanged)] == [1]


def test_replica_on_disk_is_continued_too(wire: Wire, ann: Peer) -> None:
    """CLK-8, DISK-2"""
    change(wire, ann, "one")
    saved = ann.replica.save()
    backup = wire.backup()
    wire.lose(ann)
    wire.restore(backup, "epoch 2")
    again = Peer("ann", replica=Replica.restore(saved, "client of ann, again"))
    again.screen = dict(again.replica.view)
    wire.connect(again)
    assert again.replica.epoch == "epoch 2"
    assert again.replica.save().epoch == "epoch 2"
    assert equal(wire, again)


def test_snapshot_keeps_where_it_was_restored_from(wire: Wire, ann: Peer) -> None:
    """CLK-8, DUR-4"""
    wire.lose(ann)
    wire.restore(wire.backup(), "epoch 2")
    snapshot = wire.room.history.snapshot()
    assert [parent.epoch for parent in snapshot.parents] == ["epoch 1"]
    assert msgspec.json.decode(msgspec.json.encode(snapshot), type=type(snapshot)) == snapshot


def test_what_the_backup_lacks_becomes_edits(wire: Wire) -> None:
    """BACK-11: from the last moment that both have."""
    back = Peer("ann again", goes_back=True)
    wire.connect(back)
    back.edit(LENS)
    change(wire, back, "one")
    backup = wire.backup()
    change(wire, back, "two", "three")
    wire.lose(back)
    wire.restore(backup, "epoch 2")
    wire.connect(back)
    assert wire.room.history.document.records["lens"].props["name"] == "three"
    assert wire.journal[-1].step.startswith("return:")
    assert back.replica.epoch == "epoch 2"


def test_a_replica_goes_only_where_it_was(wire: Wire, ann: Peer) -> None:
    """BACK-11: it remembers the last heads."""
    change(wire, ann, "one", "two")
    replica = ann.replica
    clock, shown = replica.clock, dict(replica.view)
    assert replica.go_back(SharedPast(clock, "00" * 16, []), []) == []
    assert (replica.clock, replica.view) == (clock, shown)
