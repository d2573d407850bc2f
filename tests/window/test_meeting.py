"""What joining finds and sends, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.convert.ancestor_search import Certainty, Departure
from optiverse_collab.convert.three_way import Opened
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.protocol.changes import MERGE
from optiverse_collab.core.records import Put, Record, Remove, Set
from optiverse_collab.disk.ancestors import Ancestor
from optiverse_collab.window.coming_back import ComingBack
from optiverse_collab.window.meeting import Meeting, Position, Sending, come_home, meet
from tests.helpers.dict_host import DictHost
from tests.helpers.wire import Peer, Wire

LENS = Record("lens", "component", {"name": "Lens", "pos": [0.0, 0.0]})


@pytest.fixture
def known(qtbot: QtBot, tmp_path: Path) -> Iterator[ComingBack]:
    parent = QObject()
    known = ComingBack(tmp_path, DictHost, parent)
    yield known
    known.close()


@pytest.fixture
def peer(wire: Wire) -> Peer:
    peer = Peer("ann")
    wire.connect(peer)
    peer.edit(Put("lens", "component", LENS.props))
    wire.settle()
    return peer


def met(peer: Peer, known: ComingBack, *mine: Record) -> tuple[Meeting, dict[str, Record]]:
    records = {record.id: record for record in mine}
    at = Position(peer.replica.epoch, peer.replica.clock)
    return meet(records, peer.replica.view, at, known.opened, known.ancestors), records


def send(meeting: Meeting, mine: dict[str, Record], replica: Replica, at_once: int = 1) -> Sending:
    """Send everything in small parts."""
    sending = Sending(meeting, mine, replica)
    while not sending.is_done:
        sending.go_on(at_once)
    return sending


def test_benches_that_differ_and_never_met_are_asked_about(peer: Peer, known: ComingBack) -> None:
    meeting, _ = met(peer, known, Record("lens", "component", {"pos": [1.0, 0.0]}))
    assert (meeting.asks, meeting.since_ms, meeting.sentence) == (True, None, "")


def test_groups_alone_are_no_work(peer: Peer, known: ComingBack) -> None:
    meeting, mine = met(peer, known, LENS, Record("arm", "group", {"name": "Arm"}))
    assert not meeting.asks
    send(meeting, mine, peer.replica)
    assert not peer.replica.pending


def test_it_is_one_step_that_yields(peer: Peer, known: ComingBack) -> None:
    """SEEN-5"""
    new = Record("new", "component", {"pos": [1.0, 0.0]})
    meeting, mine = met(peer, known, Record("lens", "component", {"pos": [9.0, 0.0]}), new)
    sending = send(meeting, mine, peer.replica)
    assert (sending.brought, sending.refused) == ([], [])
    assert {change.step for change in peer.replica.pending} == {peer.replica.pending[0].step}
    assert all(change.yields and change.away for change in peer.replica.pending)
    assert [change.seen for change in peer.replica.pending] == [1, 0]


def test_the_step_says_that_it_merges(peer: Peer, known: ComingBack) -> None:
    """HIST-12: unless the session was empty."""
    meeting, mine = met(peer, known, LENS, Record("new", "component", {}))
    send(meeting, mine, peer.replica)
    assert peer.replica.pending[0].step.startswith(MERGE)
    empty = meet(mine, {}, Position("epoch", 0), None, [])
    send(empty, mine, other := Replica("bob"))
    assert not other.pending[0].step.startswith(MERGE)


def test_a_copy_comes_home(peer: Peer, known: ComingBack) -> None:
    """SEEN-9: what the session changed, too, is not sent, even if it is this user's own work there."""
    wall = Record("wall", "component", {"pos": [0.0, 0.0]})
    new = Record("new", "component", {"pos": [1.0, 0.0]})
    left = Departure(0, 7000, 7000, Certainty.SURE, {"lens": LENS, "wall": wall})
    lens = Record("lens", "component", {"name": "Mine", "pos": [5.0, 0.0]})
    mine = {"lens": lens, "new": new}
    theirs = {**peer.replica.view, "wall": wall}
    theirs["lens"] = Record("lens", "component", {"name": "Lens", "pos": [7.0, 0.0]})
    meeting = come_home(mine, theirs, Position("epoch", 1), left, ())
    added = Put("new", "component", new.props)
    assert meeting.merge.clear == [added, Set("lens", {"name": "Mine"}), Remove("wall")]
    assert (meeting.asks, meeting.has_edits, meeting.since_ms) == (False, True, 7000)
    assert meeting.sentence.startswith("Merged: 3 of your edits since")
    kept = come_home(mine, theirs, Position("epoch", 1), left, ["wall"])
    assert Remove("wall") not in kept.merge.clear
    send(kept, mine, peer.replica)
    held = peer.replica.held["lens"]
    assert (held.ops, held.record) == ([Set("lens", {"pos": [5.0, 0.0]})], lens)


def test_what_is_refused_is_told(peer: Peer, known: ComingBack) -> None:
    """A record that is too long, and an edit that would make one too long: the rest is sent anyway."""
    long = "x" * (peer.replica.limits.record_bytes - 30)
    meeting, mine = met(
        peer,
        known,
        Record("lens", "component", {"name": long}),
        Record("long", "component", {"name": long + long}),
        Record("new", "component", {}),
    )
    sending = send(meeting, mine, peer.replica)
    assert (sending.brought, sending.refused) == (["long"], [Set("lens", {"name": long})])
    assert set(peer.replica.view) == {"lens", "new"}


def test_an_edit_of_what_is_gone_is_held(peer: Peer, known: ComingBack) -> None:
    meeting, mine = met(peer, known, LENS)
    gone = meeting._replace(merge=meeting.merge._replace(gone=[Set("wall", {"n": 1})]))
    wall = Record("wall", "component", {"n": 1})
    send(gone, {**mine, "wall": wall}, peer.replica)
    assert peer.replica.held["wall"].record == wall


def test_a_session_that_went_back_in_time_counts_as_another(peer: Peer, known: ComingBack) -> None:
    """After a restored backup, nothing is certain about what the user has seen."""
    known.note_opened({"lens": LENS})
    wall = Record("wall", "component", {})
    for clock, removals in ((1, 1), (7, 0)):
        peer.edit(Put("wall", "component"))
        known.ancestors = [Ancestor([LENS, wall], "lab", str(peer.replica.epoch), clock, 0)]
        known.opened = Opened({"lens": LENS, "wall": wall}, {"lens": LENS, "wall": wall})
        meeting, _ = met(peer, known, LENS)
        assert len(meeting.merge.clear) == removals
        assert (meeting.asks, meeting.seen) == (False, clock * removals)
