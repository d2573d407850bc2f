"""Who waits while changes come back, and for how long (BACK-8)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.effects import EpochChanged
from optiverse_collab.core.protocol.parcels import ParcelsReturned
from optiverse_collab.core.server.effects import BroughtBack
from tests.helpers.carrying_wire import Carrier
from tests.helpers.lost_changes import Lost
from tests.helpers.wire import Peer, equal


@pytest.fixture(params=["epoch 2", ""], ids=["restored", "copied"])
def lost(request: pytest.FixtureRequest) -> Lost:
    return Lost(request.param)


def test_members_get_what_comes_back_as_changes(lost: Lost) -> None:
    """BACK-9: whoever has synchronised with the backup follows."""
    early, script = Carrier("early"), Peer("script")
    lost.wire.connect(early, script)
    lost.wire.connect(lost.ann)
    assert equal(lost.wire, early, script, lost.ann)
    assert [one.changes for one in early.brought] == [6]
    assert lost.back()


def test_scripts_and_old_clients_wait_for_the_end(lost: Lost) -> None:
    """BACK-8: they carry nothing, but their position may belong to the history again."""
    lost.ann.answers = False
    lost.wire.connect(lost.ann, lost.script, lost.bob)
    assert not lost.script.replica.synced
    assert not lost.script.told(EpochChanged)
    lost.wire.beat()
    assert equal(lost.wire, lost.script, lost.bob)
    assert not lost.script.told(EpochChanged)


def test_a_client_without_an_answer_is_not_waited_for(lost: Lost) -> None:
    """BACK-8: the next one is asked after 10 s."""
    lost.ann.answers = False
    lost.wire.connect(lost.ann, lost.bob)
    assert not lost.wire.brought
    lost.wire.beat()
    assert lost.wire.brought == [BroughtBack(6, ("bob",))]
    assert lost.back()


def test_a_client_that_leaves_is_not_waited_for(lost: Lost) -> None:
    """BACK-8."""
    lost.ann.answers = False
    lost.wire.connect(lost.ann, lost.bob)
    lost.wire.lose(lost.ann)
    lost.wire.settle()
    assert lost.wire.brought == [BroughtBack(6, ("bob",))]


def test_another_client_continues_where_one_left(lost: Lost) -> None:
    """BACK-8: somebody who follows keeps the session open meanwhile."""
    early = Carrier("early")
    lost.wire.connect(early)
    lost.ann.kept = lost.ann.kept[:2]
    lost.wire.connect(lost.ann, settle=False)
    while lost.clock == 3:
        lost.wire.poll(lost.ann)
        lost.wire.send_up(lost.ann)
        lost.wire.commit()
        lost.wire.send_down(lost.ann)
    lost.wire.lose(lost.ann)
    lost.wire.settle()
    lost.wire.connect(lost.bob)
    assert lost.wire.brought == [BroughtBack(2, ("ann",)), BroughtBack(4, ("bob",))]
    assert equal(lost.wire, early, lost.bob)
    assert [one.changes for one in early.brought] == [2, 4]
    assert lost.back()


def test_silent_clients_hold_a_session_for_30_s(lost: Lost) -> None:
    """BACK-8: then nobody is asked any more."""
    lost.ann.answers = False
    for _ in range(3):
        lost.wire.connect(lost.ann)
        lost.wire.beat()
        lost.wire.beat()
        lost.wire.lose(lost.ann)
        lost.ann.replica._foreign = False
    lost.wire.connect(lost.bob)
    assert not lost.wire.brought
    assert lost.bob.told(EpochChanged)


def test_clients_that_come_and_go_hold_nobody_for_long(lost: Lost) -> None:
    """BACK-8: whoever leaves instead of answering counts, too."""
    lost.ann.answers = False
    for _ in range(10):
        lost.wire.connect(lost.ann)
        lost.wire.lose(lost.ann)
    lost.wire.connect(lost.bob)
    assert not lost.wire.brought
    assert lost.bob.told(EpochChanged)


def test_a_client_that_brings_hardly_anything_is_left(lost: Lost) -> None:
    """BACK-8: 10 ms for each change; what it has brought by then counts."""
    lost.wire.connect(lost.ann, settle=False)
    lost.ann.answers = False
    for parcel in lost.ann.kept[1:]:
        for _ in range(4):
            lost.wire.poll(lost.ann)
            lost.wire.send_up(lost.ann)
            lost.wire.commit()
            lost.wire.send_down(lost.ann)
        lost.wire.now_ms += 16_000
        message = ParcelsReturned(lost.clock, [parcel])
        lost.wire.perform(lost.wire.room.receive(lost.ann.connection_id, message, lost.wire.now_ms))
    lost.wire.settle()
    assert lost.clock == 7
    assert [one.changes for one in lost.wire.brought] == [4]
    assert [one.missing for one in lost.ann.told(EpochChanged)] == [2]
