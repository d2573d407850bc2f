"""Two people at a bench with a lens, for the tests of the replica."""

from __future__ import annotations

import pytest

from tests.helpers.wire import LENS, Peer, Wire


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def ann(wire: Wire) -> Peer:
    """Connected; she put the lens."""
    peer = Peer("ann")
    wire.connect(peer)
    peer.edit(LENS)
    wire.settle()
    return peer


@pytest.fixture
def bob(wire: Wire, ann: Peer) -> Peer:
    """Connected after her; he sees the lens."""
    peer = Peer("bob")
    wire.connect(peer)
    return peer
