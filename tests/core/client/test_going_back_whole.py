"""All of a session comes back to a server that has nothing of it (BACK-3, CLK-11)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.effects import Conflict, EpochChanged, ReplicaForgotten
from optiverse_collab.core.client.past_effects import WentBack
from optiverse_collab.core.protocol.timestamps import timestamp
from optiverse_collab.core.records import Put
from tests.helpers.going_back import Lost
from tests.helpers.signing_wire import SigningWire
from tests.helpers.wire import Peer, equal


@pytest.mark.parametrize("epoch", ["epoch 1", "another"])
def test_all_of_a_session_comes_back(epoch: str) -> None:
    """BACK-3, CLK-11: the backup was of the empty session, or a standby had nothing of it yet."""
    wire = SigningWire()
    lost = Lost(wire)
    bench = lost.ann.replica.view
    wire.beat()
    for peer in (lost.ann, lost.bob):
        wire.lose(peer)
    wire.replace_data(epoch)
    wire.room.history.turns.begin(2, 0, 0)
    eve = Peer("eve")
    wire.connect(eve)
    lost.do(eve, Put("another", "component", {"pos": [1, 1]}))
    wire.connect(lost.ann, lost.bob)
    wire.settle()
    assert lost.bench == {**{id: one.props for id, one in bench.items()}, "another": {"pos": [1, 1]}}
    assert [one.restored for one in lost.ann.told(WentBack)] == [timestamp(0)]
    for peer in (lost.ann, lost.bob):
        assert not peer.told(EpochChanged)
        assert not peer.told(Conflict)
        assert not peer.told(ReplicaForgotten)
    assert equal(wire, lost.ann, lost.bob, eve)
