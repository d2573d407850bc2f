"""Replicas that bring back what a restored server lacks, and nobody carries (BACK-11, BACK-12)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.effects import Conflict, ConflictKind, EpochChanged, ShowChange
from optiverse_collab.core.client.past import ASK_EVERY_MS
from optiverse_collab.core.client.past_effects import WentBack
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.write_ahead import Write
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.past import PastPage, PastRefused, PastRequest
from optiverse_collab.core.records import Lane, Put, Remove, Set
from optiverse_collab.core.server.members import Admission
from tests.helpers.going_back import Lost
from tests.helpers.signing_wire import SigningWire
from tests.helpers.wire import LENS, Peer, equal


@pytest.fixture
def lost() -> Lost:
    return Lost()


AFTER = {"lens": {"pos": [3, 3], "name": None}, "prism": {"pos": [5, 5]}}


def test_everything_comes_back_in_one_step_that_yields(lost: Lost) -> None:
    """BACK-11, BACK-13: what its user sees does not change."""
    head = lost.ann.replica.head
    lost.restore()
    shown = len(lost.ann.told(ShowChange))
    lost.wire.connect(lost.ann)
    assert lost.bench == AFTER
    assert [step.endswith(":more") for step in lost.steps] == [True, False]
    assert all(step.startswith(f"return:{head[:8]}.") for step in lost.steps)
    assert all(entry.yields for entry in lost.wire.journal[2:])
    assert [(one.missing, one.records) for one in lost.ann.told(WentBack)] == [(3, 3)]
    assert len(lost.ann.told(ShowChange)) == shown
    assert not lost.ann.told(EpochChanged)
    assert equal(lost.wire, lost.ann)


def test_versions_that_are_gone_are_named(lost: Lost) -> None:
    """BACK-11, HIST-10: the moments that they name are gone."""
    lost.ann.replica.edit([Put("v", "version", {"name": "before the new lens"}, Lane.META)])
    lost.wire.settle()
    lost.restore()
    lost.wire.connect(lost.ann)
    assert [one.versions for one in lost.ann.told(WentBack)] == [("before the new lens",)]
    assert "v" not in lost.ann.replica.meta
    assert equal(lost.wire, lost.ann)


def test_what_the_others_have_too_is_there_already(lost: Lost) -> None:
    """BACK-13: their changes are accepted, and none has an effect or is a conflict."""
    lost.restore()
    lost.wire.connect(lost.ann, lost.bob)
    assert lost.bench == AFTER
    assert [bytes(entry.ops) for entry in lost.wire.journal[4:]] == [b"[]", b"[]"]
    assert not lost.ann.told(Conflict)
    assert not lost.bob.told(Conflict)
    assert equal(lost.wire, lost.ann, lost.bob)


def test_what_was_edited_since_the_backup_stays_and_is_reported(lost: Lost) -> None:
    """BACK-11, SEEN-4: with both values."""
    lost.restore()
    eve = Peer("eve")
    lost.wire.connect(eve)
    lost.do(eve, Set("lens", {"pos": [9, 9]}))
    lost.do(eve, Set("mirror", {"pos": [8, 8]}))
    lost.wire.connect(lost.ann)
    assert lost.bench == {
        "lens": {"pos": [9, 9], "name": None},
        "mirror": {"pos": [8, 8]},
        "prism": {"pos": [5, 5]},
    }
    told = {(one.kind, one.mine.id, one.by) for one in lost.ann.told(Conflict)}
    assert told == {(ConflictKind.HELD, "lens", "eve"), (ConflictKind.HELD, "mirror", "eve")}
    assert {*lost.ann.replica.held} == {"lens", "mirror"}
    assert equal(lost.wire, lost.ann, eve)


def test_offline_edits_follow_what_others_brought_back(lost: Lost) -> None:
    """BACK-12: Bob saw Ann's lost edits before he made his own."""
    lost.wire.lose(lost.bob)
    lost.bob.edit(Set("lens", {"pos": [4, 4]}))
    lost.bob.edit(Remove("prism"))
    lost.restore()
    lost.wire.connect(lost.ann)
    lost.wire.connect(lost.bob)
    assert lost.bench == {"lens": {"pos": [4, 4], "name": None}}
    assert not lost.bob.told(Conflict)
    assert equal(lost.wire, lost.ann, lost.bob)


def test_values_that_are_as_they_were_have_been_seen(lost: Lost) -> None:
    """BACK-12: Ann has more, so the server can't know that Bob saw the rest of it."""
    lost.wire.lose(lost.bob)
    lost.bob.edit(Set("lens", {"pos": [4, 4]}))
    lost.bob.edit(Set("prism", {"pos": [7, 7]}))
    lost.do(lost.ann, Set("prism", {"pos": [6, 6]}))
    lost.restore()
    lost.wire.connect(lost.ann)
    lost.wire.connect(lost.bob)
    assert lost.bench["lens"]["pos"] == [4, 4]
    assert lost.bench["prism"]["pos"] == [6, 6]
    assert {one.mine.id for one in lost.bob.told(Conflict)} == {"prism"}


def test_an_offline_edit_yields_to_what_its_user_did_not_see(lost: Lost) -> None:
    """BACK-12: Ann had got no further than Bob's edit, and Eve changed it after the loss."""
    lost.wire.lose(lost.bob)
    lost.bob.edit(Set("lens", {"pos": [4, 4]}))
    lost.bob.edit(Set("prism", {"order": 3}))
    lost.restore()
    eve = Peer("eve")
    lost.wire.connect(lost.ann, eve)
    lost.do(eve, Set("lens", {"pos": [9, 9]}))
    lost.do(eve, Set("prism", {"parent": "group"}))
    lost.wire.connect(lost.bob)
    assert lost.bench["lens"]["pos"] == [9, 9]
    assert "order" not in lost.bench["prism"]
    assert {one.mine.id for one in lost.bob.told(Conflict)} == {"lens", "prism"}


def test_whoever_had_more_brings_the_rest(lost: Lost) -> None:
    """BACK-13: Bob's connection broke before the last edit, and he comes back first."""
    lost.wire.lose(lost.bob)
    lost.do(lost.ann, Set("lens", {"pos": [6, 6]}))
    lost.restore()
    lost.wire.connect(lost.bob)
    assert lost.bench == AFTER
    lost.wire.connect(lost.ann)
    assert lost.bench["lens"]["pos"] == [6, 6]
    assert not lost.ann.told(Conflict)
    assert equal(lost.wire, lost.ann, lost.bob)


def test_whoever_had_less_adds_nothing(lost: Lost) -> None:
    """BACK-13: the older values are not a conflict either."""
    lost.wire.lose(lost.bob)
    lost.do(lost.ann, Set("lens", {"pos": [6, 6]}))
    lost.restore()
    lost.wire.connect(lost.ann)
    lost.wire.connect(lost.bob)
    assert lost.bench["lens"]["pos"] == [6, 6]
    assert not lost.bob.told(Conflict)
    assert equal(lost.wire, lost.ann, lost.bob)


def test_a_connection_that_breaks_on_the_way_only_delays(lost: Lost) -> None:
    """BACK-11: before the bench has come, and after."""
    lost.restore()
    lost.wire.connect(lost.ann, settle=False)
    lost.go_on(2)
    assert not lost.ann.told(WentBack)
    lost.wire.lose(lost.ann)
    assert lost.ann.session.going_back.wait_ms(lost.wire.now_ms) is None
    lost.wire.connect(lost.ann, settle=False)
    lost.go_on(3)
    assert lost.ann.told(WentBack)
    assert not lost.ann.replica.synced
    lost.wire.lose(lost.ann)
    lost.wire.connect(lost.ann)
    assert lost.bench == AFTER
    assert equal(lost.wire, lost.ann)


def test_it_asks_again_when_the_server_is_busy(lost: Lost) -> None:
    """BACK-11, HIST-4"""
    lost.restore()
    back = parted(lost)
    assert asked(back.session.poll(lost.wire.now_ms)) == [PastRequest(0, 2, [*Lane])]
    assert back.session.receive(encode(PastRefused(0, "busy", "Later.")), lost.wire.now_ms) == []
    assert asked(back.session.poll(lost.wire.now_ms)) == []
    assert asked(back.session.poll(lost.wire.now_ms + ASK_EVERY_MS)) == [PastRequest(0, 2, [*Lane])]


def test_without_that_bench_it_is_another_history(lost: Lost) -> None:
    """BACK-11, CLK-3: its user hears so, and nothing is merged."""
    lost.restore()
    back = parted(lost)
    back.session.poll(lost.wire.now_ms)
    assert back.session.receive(encode(PastRefused(7, "not_kept", "Gone.")), 0) == []
    [effect] = back.session.receive(encode(PastRefused(0, "not_kept", "Gone.")), 0)
    assert isinstance(effect, EpochChanged)
    assert effect.missing == 3
    assert {id: dict(one.props) for id, one in back.replica.view.items()} == AFTER


def test_more_than_a_client_can_keep_stays_away(lost: Lost, monkeypatch: pytest.MonkeyPatch) -> None:
    """BACK-11, DISK-7"""
    lost.restore()
    back = parted(lost)
    back.session.poll(lost.wire.now_ms)
    monkeypatch.setattr("optiverse_collab.core.client.pending.PENDING_BYTES", 10)
    [effect] = back.session.receive(encode(PastPage(0, "epoch 2", 2, "00" * 16, 0, [], True)), 0)
    assert isinstance(effect, EpochChanged)
    assert not back.replica.pending


def test_a_replica_that_was_never_there_stays_away(lost: Lost) -> None:
    """BACK-11: files were copied back twice, from two histories with one epoch."""
    lost.restore()
    back = parted(lost)
    back.session.poll(lost.wire.now_ms)
    shown = dict(back.replica.view)
    [effect] = back.session.receive(encode(PastPage(0, "epoch 2", 2, "00" * 16, 0, [], True)), 0)
    assert isinstance(effect, EpochChanged)
    assert back.replica.view == shown
    assert not back.replica.pending


def test_a_viewer_brings_nothing_back(lost: Lost) -> None:
    """BACK-11: it has no right to."""
    lost.restore()
    lost.wire.connect(lost.ann, admission=Admission(Role.VIEWER))
    assert [one.missing for one in lost.ann.told(EpochChanged)] == [3]
    assert lost.steps == []


def test_an_edit_that_crossed_another_stays_away(lost: Lost) -> None:
    """BACK-12: both values would be this replica's, and nobody would hear of the one that loses."""
    lost.wire.lose(lost.ann)
    lost.ann.edit(Set("lens", {"pos": [4, 4]}))
    lost.do(lost.bob, Set("lens", {"pos": [6, 6]}))
    lost.wire.connect(lost.ann, settle=False)
    lost.wire.send_down(lost.ann)
    lost.go_on(1)
    assert lost.ann.replica.synced
    lost.restore()
    lost.wire.connect(lost.ann, settle=False)
    lost.go_on(40)
    assert lost.ann.told(EpochChanged)
    assert lost.steps == []


def test_it_is_on_disk_before_it_is_sent(lost: Lost) -> None:
    """BACK-11, DISK-1: a copy comes first, and a replica that is read from it goes on."""
    lost.restore()
    ahead = lost.ann.replica.write_ahead
    ahead.begin()
    first = ahead.poll(0)
    assert isinstance(first, Write)
    ahead.written(first.mark)
    lost.wire.connect(lost.ann, settle=False)
    lost.go_on(40)
    assert lost.ann.replica.synced
    assert lost.steps == []
    copy = ahead.poll(lost.wire.now_ms)
    assert isinstance(copy, Write)
    assert copy.copy is not None
    assert [change.step.endswith(":more") for change in copy.copy.pending] == [True, False]
    lost.wire.lose(lost.ann)
    again = Peer("ann", replica=Replica.restore(copy.copy, "ann again"), goes_back=True)
    lost.wire.connect(again)
    assert lost.bench == AFTER


def test_a_copied_session_goes_on_in_its_epoch() -> None:
    """BACK-4, BACK-11: if what it has is older than the signature, they part exactly there."""
    wire, ann, bob = SigningWire(), Peer("ann", goes_back=True), Peer("bob", goes_back=True)
    wire.connect(ann, bob)
    ann.edit(LENS)
    wire.settle()
    backup = wire.backup()
    ann.edit(Set("lens", {"pos": [3, 3]}))
    wire.settle()
    wire.beat()
    for peer in (ann, bob):
        wire.lose(peer)
    wire.copy_back(backup)
    wire.connect(ann, bob)
    assert [entry.step[:7] for entry in wire.journal[1:]] == ["return:"] * 2
    assert ann.screen["lens"].props["pos"] == [3, 3]
    assert equal(wire, ann, bob)


def parted(lost: Lost) -> Peer:
    """Ann, who has just heard that the session's history is another one."""
    lost.wire.connect(lost.ann, settle=False)
    lost.wire.send_down(lost.ann)
    lost.wire.poll(lost.ann)
    lost.wire.send_up(lost.ann)
    lost.wire.send_down(lost.ann)
    return lost.ann


def asked(effects: Sequence[fx.SessionEffect]) -> list[PastRequest]:
    return [
        one.message
        for one in effects
        if isinstance(one, fx.Transmit) and isinstance(one.message, PastRequest)
    ]
