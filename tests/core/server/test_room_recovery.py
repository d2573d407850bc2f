"""A room takes lost changes back before it answers anybody: BACK-8 to BACK-10."""

from __future__ import annotations

from optiverse_collab.core.client.effects import EpochChanged
from optiverse_collab.core.protocol.parcels import ParcelsReturned
from optiverse_collab.core.server.effects import BroughtBack
from tests.helpers.lost_changes import Lost


def synced(lost: Lost) -> list[bool]:
    return [peer.replica.synced for peer in (lost.ann, lost.script)]


def test_requests_wait_until_the_changes_are_back() -> None:
    """BACK-8, BACK-9: also that of somebody who lost nothing; then all get the same answer."""
    lost = Lost()
    wire = lost.wire
    wire.connect(lost.ann, lost.script, settle=False)
    for peer in (lost.ann, lost.script):
        wire.poll(peer)
        wire.send_up(peer)
    assert synced(lost) == [False, False]
    wire.settle()
    assert wire.brought == [BroughtBack(6, ("ann",))]
    assert synced(lost) == [True, True]
    assert not lost.ann.told(EpochChanged)
    assert not wire.room.has_waiting


def test_whoever_has_no_parcels_gets_the_other_history() -> None:
    """BACK-10: the server asks, gets nothing, and says what is missing."""
    lost = Lost()
    lost.ann.kept = []
    lost.wire.connect(lost.ann)
    assert lost.wire.brought == []
    [changed] = lost.ann.told(EpochChanged)
    assert changed.missing == 6


def test_parcels_that_nobody_asked_for_change_nothing() -> None:
    """BACK-9"""
    lost = Lost()
    lost.wire.connect(lost.script)
    before = lost.clock
    answer = ParcelsReturned(before, lost.ann.kept[:2])
    assert lost.wire.room.receive(lost.script.connection_id, answer, lost.wire.now_ms) == []
    lost.wire.settle()
    assert lost.clock == before
