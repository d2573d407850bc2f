"""Two people at a bench with a lens, for the tests of the replica; and a connection in order."""

from __future__ import annotations

import pytest

from tests.core.client.connecting import Participation
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


@pytest.fixture
def synced() -> Participation:
    """Somebody whose connection is in order."""
    participation = Participation()
    participation.synchronise()
    return participation
