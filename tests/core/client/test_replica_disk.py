"""A replica on disk: when it may send, and what survives a crash (DISK rules)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.conflicts import of_gone
from optiverse_collab.core.client.effects import Transmit
from optiverse_collab.core.client.journal import replay
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.client.write_ahead import Write
from optiverse_collab.core.protocol.messages import Push
from optiverse_collab.core.records import Put, Remove, Set
from tests.helpers.replicas import use_held
from tests.helpers.wire import Peer, Wire


class Disk:
    """The disk of one replica, which carries out each request at once."""

    def __init__(self, replica: Replica) -> None:
        self.replica = replica
        self.now_ms = 0.0
        self.file: Saved | None = None
        replica.write_ahead.begin()
        self.write()

    def write(self) -> None:
        while isinstance(write := self.replica.write_ahead.poll(self.now_ms), Write):
            if write.copy is not None:
                self.file = write.copy
            else:
                assert self.file is not None
                self.file = replay(self.file, write.entries)
            assert self.replica.write_ahead.written(write.mark) == []
            self.now_ms += 250


@pytest.fixture
def disk(bob: Peer) -> Disk:
    return Disk(bob.replica)


def test_a_push_waits_for_the_disk(wire: Wire, bob: Peer, disk: Disk) -> None:
    """DISK-1: and until the write is done, polls do no useless work."""
    now = wire.now_ms + 1000
    bob.edit(Set("lens", {"name": "Bob's"}))
    assert bob.replica.wait_ms(now) == 0
    assert bob.replica.poll(now) == []
    assert bob.replica.wait_ms(now) is None
    bob.edit(Set("lens", {"name": "Bob's, later"}))
    disk.write()
    assert bob.replica.wait_ms(now) == 0
    [effect] = bob.replica.poll(now)
    assert isinstance(effect, Transmit)
    assert isinstance(effect.message, Push)
    assert [change.ops for change in effect.message.changes] == [[Set("lens", {"name": "Bob's"})]]


def test_what_became_of_edits_comes_back(wire: Wire, ann: Peer, bob: Peer, disk: Disk) -> None:
    """DISK-4, SEEN-9: settled, pending and held edits."""
    bob.edit(Set("lens", {"n": 1}))
    bob.replica.poll(wire.now_ms)
    disk.write()
    wire.settle()
    wire.lose(bob)
    bob.edit(Set("lens", {"name": "Bob's"}))
    bob.edit(Put("mirror", "component", {}))
    ann.edit(Set("lens", {"name": "Ann's"}))
    wire.settle()
    disk.write()
    wire.connect(bob)
    wire.settle()
    disk.write()
    wire.lose(bob)
    bob.edit(Remove("mirror"))
    disk.write()
    assert disk.file is not None
    again = Replica.restore(disk.file, "bob 2")
    assert [change.operations for change in again.pending] == [[Remove("mirror")]]
    assert again.held == bob.replica.held
    assert list(again.held) == ["lens"]


def test_what_is_held_no_more_does_not_come_back(wire: Wire, ann: Peer, bob: Peer, disk: Disk) -> None:
    """SEEN-9: a user decides once."""
    bob.replica.hold(of_gone(Set("old", {"n": 1})))
    bob.replica.hold(of_gone(Set("lens", {"n": 2})))
    disk.write()
    use_held(bob.replica, "lens")
    bob.replica.dismiss_held("old")
    disk.write()
    assert disk.file is not None
    assert disk.file.held == bob.replica.held == {}


def test_a_restored_replica_is_written_before_it_sends(wire: Wire, ann: Peer, bob: Peer, disk: Disk) -> None:
    """DISK-4: otherwise a second crash would lose the id under which its changes were sent."""
    wire.lose(bob)
    bob.edit(Set("lens", {"name": "offline"}))
    disk.write()
    assert disk.file is not None
    again = Peer("bob", replica=Replica.restore(disk.file, "bob 2"))
    again.screen = dict(again.replica.view)
    again.replica.write_ahead.begin()
    write = again.replica.write_ahead.poll(wire.now_ms)
    assert isinstance(write, Write)
    assert write.copy is not None
    assert (write.copy.client_ids, len(write.copy.pending)) == (["client of bob", "bob 2"], 1)
    with pytest.raises(AssertionError, match="did not come to rest"):
        wire.connect(again)
    assert again.replica.synced
    assert again.replica.pending
    again.replica.write_ahead.written(write.mark)
    wire.settle()
    assert ann.screen["lens"].props["name"] == "offline"
