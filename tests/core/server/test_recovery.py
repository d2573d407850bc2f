"""A server that was restored from a backup takes the missing changes back from its clients (BACK)."""

from __future__ import annotations

import pytest
from msgspec import structs

from optiverse_collab.core.client.effects import EpochChanged
from optiverse_collab.core.protocol.parcels import Parcel, ParcelsReturned
from optiverse_collab.core.records import Set
from optiverse_collab.core.server.effects import BroughtBack
from tests.helpers.carrying_wire import Carrier
from tests.helpers.lost_changes import Lost
from tests.helpers.wire import equal


@pytest.fixture(params=["epoch 2", ""], ids=["restored", "copied"])
def lost(request: pytest.FixtureRequest) -> Lost:
    return Lost(request.param)


def test_all_changes_come_back_and_everybody_continues(lost: Lost) -> None:
    """BACK-8, BACK-9, BACK-10: the first parcel begins before the backup ends."""
    lost.wire.connect(lost.ann, lost.bob)
    assert lost.wire.brought == [BroughtBack(6, ("ann",))]
    assert not lost.ann.told(EpochChanged)
    assert not lost.bob.told(EpochChanged)
    lost.bob.edit(Set("lens", {"after": True}))
    lost.wire.settle()
    assert equal(lost.wire, lost.ann, lost.bob)
    [entry] = lost.wire.journal[len(lost.data) :]
    lost.data.append(lost.wire._kept[-1].data)
    assert lost.wire.author_of(entry) == "bob"
    assert lost.back()
    for peer in (lost.ann, lost.bob):
        assert [(one.changes, one.by) for one in peer.brought] == [(6, ("ann",))]


def test_two_clients_have_different_parts(lost: Lost) -> None:
    """BACK-8: nobody has all parcels; the later end counts."""
    lost.ann.kept, lost.bob.kept = [*lost.ann.kept[:2], lost.ann.kept[3]], lost.bob.kept[2:3]
    lost.wire.connect(lost.ann, lost.bob)
    assert lost.wire.brought == [BroughtBack(6, ("ann", "bob"))]
    assert lost.back()


def test_what_follows_a_gap_stays_away(lost: Lost) -> None:
    """BACK-8: it can't be appended, and the server says what is still missing."""
    lost.ann.kept, lost.bob.kept = [lost.ann.kept[1], lost.ann.kept[3]], []
    lost.wire.connect(lost.ann, lost.bob)
    assert lost.wire.brought == [BroughtBack(2, ("ann",))]
    assert [(one.missing, one.is_asked) for one in lost.wire.noticed] == [(6, True), (4, False)]
    for peer in (lost.ann, lost.bob):
        [changed] = peer.told(EpochChanged)
        assert changed.missing == 4


def test_a_crash_between_two_parcels_only_delays(lost: Lost) -> None:
    """BACK-9: what was stored counts, with the place where the epochs part."""
    lost.ann.kept = lost.ann.kept[:2]
    lost.wire.connect(lost.ann)
    assert lost.clock == 5
    lost.wire.crash()
    lost.wire.connect(lost.bob)
    assert lost.wire.brought == [BroughtBack(2, ("ann",)), BroughtBack(4, ("bob",))]
    assert lost.back()


def test_uncommitted_parcels_are_asked_for_again(lost: Lost) -> None:
    """DUR-1: nobody learns of a change that a crash would lose again."""
    lost.wire.connect(lost.ann, settle=False)
    lost.wire.poll(lost.ann)
    lost.wire.send_up(lost.ann)
    for _ in range(3):
        lost.wire.perform(lost.wire.room.flush())
        lost.wire.send_down(lost.ann)
        lost.wire.send_up(lost.ann)
    assert lost.clock > 3
    assert not lost.wire.brought
    lost.wire.crash()
    assert lost.clock == 3
    lost.wire.connect(lost.ann)
    assert lost.back()


def forged(parcel: Parcel) -> list[Parcel]:
    """Parcels that the server didn't make."""
    return [
        structs.replace(parcel, packed=parcel.packed[:-1] + bytes([parcel.packed[-1] ^ 1])),
        structs.replace(parcel, after=parcel.after + 1),
        structs.replace(parcel, clock=parcel.clock - 1),
        structs.replace(parcel, before="00" * 16),
        structs.replace(parcel, before="no head"),
        structs.replace(parcel, head="00" * 16),
        structs.replace(parcel, epoch="epoch 2"),
        structs.replace(parcel, signature=""),
    ]


@pytest.mark.parametrize("number", range(8))
def test_forged_parcels_change_nothing(lost: Lost, number: int) -> None:
    """BACK-7."""
    lost.ann.kept = [forged(lost.ann.kept[1])[number]]
    lost.wire.connect(lost.ann)
    assert lost.clock == 3
    assert not lost.wire.brought
    [changed] = lost.ann.told(EpochChanged)
    assert changed.missing == 6


def test_parcels_of_another_session_change_nothing(lost: Lost) -> None:
    """BACK-5, BACK-7: the name of the session is signed, too."""
    other = Lost()
    lost.wire.room.session_id = "other"
    lost.wire.room._recovery._session_id = "other"
    lost.ann.kept = other.ann.kept
    lost.wire.connect(lost.ann)
    assert lost.clock == 3


def test_reordered_parcels_only_take_longer(lost: Lost) -> None:
    """BACK-7, BACK-8: of each answer, what continues the history is taken."""
    first, second, third = lost.ann.kept[1:]
    lost.ann.kept = [first, third, second]
    lost.wire.connect(lost.ann)
    assert lost.wire.brought == [BroughtBack(6, ("ann",))]
    assert lost.back()


def test_nothing_comes_back_once_something_was_accepted(lost: Lost) -> None:
    """BACK-8: the histories have parted for good."""
    carl = Carrier("carl")
    lost.wire.connect(carl)
    carl.edit(Set("lens", {"by": "carl"}))
    lost.wire.settle()
    lost.wire.connect(lost.ann)
    assert not lost.wire.brought
    assert lost.clock == 4
    assert len(lost.ann.told(EpochChanged)) == 1


def test_answers_that_nobody_asked_for_are_ignored(lost: Lost) -> None:
    """BACK-8."""
    lost.wire.connect(lost.ann, settle=False)
    message = ParcelsReturned(3, lost.bob.kept[1:2])
    assert lost.wire.room.receive(lost.ann.connection_id, message, lost.wire.now_ms) == []
    assert lost.clock == 3


def test_two_lost_histories_one_after_the_other() -> None:
    """CLK-8: epoch 2 continued a backup of epoch 1, and was lost, too; then the same backup was restored."""
    lost = Lost("epoch 2")
    carl = Carrier("carl")
    lost.wire.connect(carl)
    lost.wire.edited(carl, 2)
    lost.wire.edited(carl, 2)
    lost.wire.lose_all()
    start = lost.wire.start
    lost.wire.restore(lost.backup, "epoch 3")
    there = lost.wire.start.parents
    lost.wire.start = structs.replace(
        lost.wire.start, parents=[structs.replace(there[0], epoch=start.epoch), *there]
    )
    lost.wire.room = lost.wire.open_room()
    lost.wire.connect(carl)
    assert lost.wire.brought == [BroughtBack(4, ("carl",))]
    lost.wire.connect(lost.ann)
    assert [one.missing for one in lost.ann.told(EpochChanged)] == [6]
    assert not carl.told(EpochChanged)
