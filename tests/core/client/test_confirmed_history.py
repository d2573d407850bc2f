"""Whether pages belong to the history that a replica follows (CLK-3, CLK-8), and its signed head (BACK-2)."""

from __future__ import annotations

import pytest
from msgspec import structs

from optiverse_collab.core.client.arriving import Arriving
from optiverse_collab.core.client.confirmed import Confirmed, SharedPast
from optiverse_collab.core.client.effects import EpochChanged
from optiverse_collab.core.client.pending import Pending
from optiverse_collab.core.protocol.messages import OtherHistory, Pong
from optiverse_collab.core.protocol.positions import OldHead, ParentPosition, SignedHead, Turn
from optiverse_collab.core.records import Record
from tests.core.client.test_confirmed import Following, full


@pytest.mark.parametrize(
    ("epoch", "continues", "is_own"),
    [
        ("epoch 1", "", True),
        ("epoch 2", "epoch 1", True),
        ("epoch 2", "epoch 0", False),
        ("epoch 2", "", False),
    ],
)
def test_pages_are_of_this_history_or_of_one_that_continues_it(
    epoch: str, continues: str, is_own: bool
) -> None:
    """CLK-3, CLK-8"""
    page = structs.replace(full(), epoch=epoch, continues=continues)
    assert Following().confirmed.is_continued_by(page) is is_own
    assert not Following().confirmed.is_continued_by(OtherHistory(epoch))
    assert Confirmed(Pending(), []).is_continued_by(page), "there is no history yet"


@pytest.mark.parametrize(
    ("parent", "told"),
    [
        (None, EpochChanged("epoch 2")),
        (ParentPosition("epoch 1", 1, "then"), EpochChanged("epoch 2", "then", 2)),
        (ParentPosition("epoch 1", 1, "then", True), EpochChanged("epoch 2", "then", 2, 1)),
        (ParentPosition("epoch 1", 3, "then", True), EpochChanged("epoch 2")),
        (ParentPosition("epoch 0", 1, "then"), EpochChanged("epoch 2")),
    ],
)
def test_what_became_of_the_history_is_told(parent: ParentPosition | None, told: EpochChanged) -> None:
    """CLK-3, CLK-8: with a backup's time only if it is an older state of the same history."""
    assert Following().confirmed.parting(OtherHistory("epoch 2", parent=parent)) == told
    assert Following().confirmed.parting(structs.replace(full(), epoch="epoch 2")) == EpochChanged("epoch 2")


def test_the_present_position_is_kept_if_it_is_signed() -> None:
    """BACK-2"""
    confirmed = Following().confirmed
    for pong in (Pong("t", 3), Pong("t", 2, "of 2"), Pong("t", 4, "of 4"), Pong("t", 0, "of 0")):
        confirmed.keep_signed(pong)
        assert confirmed.signed is None
    confirmed.keep_signed(Pong("then", 3, "of 3"))
    assert confirmed.signed == SignedHead(3, "head 3", "then", "of 3")
    confirmed.keep_signed(Pong("later", 3))
    assert confirmed.signed.time == "then"


def test_a_signed_head_belongs_to_one_epoch() -> None:
    """BACK-2: pages of the same one change nothing."""
    following = Following()
    following.confirmed.keep_signed(Pong("then", 3, "of 3"))
    following.gets(structs.replace(full(), epoch="epoch 1"))
    assert following.confirmed.signed is not None
    following.gets(structs.replace(full(), epoch="epoch 2", continues="epoch 1"))
    assert following.confirmed.signed is None


def test_the_term_of_the_last_pages_is_kept() -> None:
    """CLK-9"""
    following = Following()
    arriving = Arriving()
    page = structs.replace(full(), term=4, turns=[Turn(4, 2, 7)])
    arriving.add(page)
    following.confirmed.take_pages(arriving, page)
    assert following.confirmed.term == 4
    assert following.confirmed.of_server == (False, None, 4, [Turn(4, 2, 7)], following.confirmed.heads.kept)


def test_at_an_earlier_position_it_knows_what_was_there() -> None:
    """BACK-11, BACK-13"""
    confirmed = Following().confirmed
    confirmed.heads.extend([OldHead(8, "cdcdcdcd"), OldHead(9, "efefefef")])
    assert not confirmed.go_back(SharedPast(9, "cd" * 16, []))
    assert confirmed.clock != 9
    assert confirmed.returned.heads[:2] == ("efefefef", "cdcdcdcd")
    confirmed.go_back(SharedPast(1, "ab" * 16, [Record("a", "lens", {})]))
    assert (confirmed.clock, confirmed.head, confirmed.signed) == (1, "ab" * 16, None)
    assert [*confirmed.document.records] == ["a"]
    assert confirmed.returned.heads == ("abababab",)
