"""Two people at a bench with a lens, for tests of the replica, and a synchronised connection."""

from __future__ import annotations

import pytest

from tests.core.client.connecting import Participation
from tests.helpers.wire import LENS, Peer, Wire


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def ann(wire: Wire) -> Peer:
    """Ann is connected and has put the lens."""
    peer = Peer("ann")
    wire.connect(peer)
    peer.edit(LENS)
    wire.settle()
    return peer


@pytest.fixture
def bob(wire: Wire, ann: Peer) -> Peer:
    """Bob connected after Ann and sees the lens."""
    peer = Peer("bob")
    wire.connect(peer)
    return peer


@pytest.fixture
def synced() -> Participation:
    """A participant whose replica is synchronised."""
    participation = Participation()
    participation.synchronise()
    return participation
