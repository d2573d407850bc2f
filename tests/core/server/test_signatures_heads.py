"""Files that were copied back twice, from copies that both went on: BACK-14 of docs/protocol.md."""

from __future__ import annotations

import pytest
from msgspec import structs

from optiverse_collab.core.client.effects import Conflict, EpochChanged
from optiverse_collab.core.client.past_effects import WentBack
from optiverse_collab.core.protocol.messages import OtherHistory, SyncRequest
from optiverse_collab.core.records import Put, Set
from optiverse_collab.core.server.effects import Send
from tests.helpers.signing_wire import SigningWire
from tests.helpers.wire import LENS, Peer, equal


class CopiedTwice:
    """An early copy is put back, Ann edits 6 times, and then a later copy of the first history is put back.

    Attributes:
        wire: the server, with 2 + 3 changes. It shares the first 2 with Ann.
        ann: not connected, at clock 8.
    """

    def __init__(self) -> None:
        self.wire, self.ann = SigningWire(), Peer("ann", goes_back=True)
        self.bob = Peer("bob", goes_back=True)
        self.wire.connect(self.ann, self.bob)
        self.do(self.ann, LENS)
        self.do(self.ann, Put("mirror", "component", {"n": 0}))
        early = self.wire.backup()
        self.wire.lose(self.ann)
        for n in range(3):
            self.do(self.bob, Set("mirror", {"n": n + 1}))
        late = self.wire.backup()
        self.wire.lose(self.bob)
        self.wire.copy_back(early)
        self.wire.connect(self.ann)
        for n in range(6):
            self.do(self.ann, Set("lens", {"name": str(n)}))
        self.wire.beat()
        self.wire.lose(self.ann)
        self.wire.copy_back(late)

    def do(self, peer: Peer, op: Put | Set) -> None:
        peer.edit(op)
        self.wire.settle()

    def answer(self, **changes: object) -> OtherHistory:
        """The answer to Ann's request, which somebody else changes."""
        saved = self.ann.replica.save()
        request = SyncRequest(
            "client of ann", saved.epoch, saved.clock, saved.head, signed=saved.signed, heads=saved.heads
        )
        self.wire.connect(Peer("somebody"), settle=False)
        connection = [*self.wire.peers][-1]
        effects = self.wire.room.receive(connection, structs.replace(request, **changes), self.wire.now_ms)
        [message] = [effect.message for effect in effects if isinstance(effect, Send)]
        assert isinstance(message, OtherHistory)
        return message


def test_heads_show_where_both_copies_parted() -> None:
    """BACK-14: the edits of each are there, and nobody hears of a conflict."""
    copied = CopiedTwice()
    wire, ann = copied.wire, copied.ann
    wire.connect(ann, copied.bob)
    assert equal(wire, ann, copied.bob)
    props = {id: dict(one.props) for id, one in ann.replica.view.items()}
    assert props == {"lens": {"pos": [0.0, 0.0], "name": "5"}, "mirror": {"n": 3}}
    assert not ann.told(EpochChanged)
    assert not ann.told(Conflict)
    [back] = ann.told(WentBack)
    assert back.missing == 6
    assert [one.missing for one in wire.noticed] == [6]


def test_without_heads_times_decide() -> None:
    """BACK-4, BACK-14: which deceive here; an older client then notices it, or doesn't."""
    parent = CopiedTwice().answer(heads=[]).parent
    assert parent is not None
    assert (parent.clock, parent.is_shared) == (5, True)


@pytest.mark.parametrize("known", [[-1], [3, 4], [1, 3, 4]])
def test_no_moment_is_made_up(known: list[int]) -> None:
    """BACK-14: heads that all differ, or are too old to be checked, show that times deceive."""
    copied = CopiedTwice()
    heads = copied.ann.replica.save().heads
    chain = copied.wire.room.history.chain
    del chain._recent[:12]  # it knows those of clock 3 on
    parent = copied.answer(heads=[heads[number] for number in known if number >= 0]).parent
    assert parent is not None
    assert (parent.clock, parent.is_shared) == (5, known == [-1])


def test_heads_need_no_signature() -> None:
    """BACK-14: once the loss is known, whoever was there for a moment goes back, too."""
    copied = CopiedTwice()
    assert copied.answer(signed=None).parent is None
    copied.answer()
    parent = copied.answer(signed=None).parent
    assert parent is not None
    assert (parent.clock, parent.is_shared) == (2, True)
