"""A room whose server was replaced by its standby, and does not know it yet: CLK-10."""

from __future__ import annotations

from msgspec import structs

from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.messages import OtherHistory
from optiverse_collab.core.records import Put
from optiverse_collab.core.server.effects import Close, Send
from optiverse_collab.core.server.room import Room
from tests.core.server.histories import at, do, make


def test_whoever_comes_from_the_new_server_is_turned_away() -> None:
    """CLK-10: a claim about another epoch proves nothing."""
    history = make()
    do(history, Put("a", "k"))
    request = structs.replace(at(history, 1), term=2)
    room = Room("lab", history, "test")
    room.join("c1", "ann", 0)
    left, closed = room.receive("c1", request, 0)
    assert isinstance(left, Send)
    assert closed == Close("c1", CloseReason.DEPOSED)
    room.join("c2", "ann", 0)
    [answer] = room.receive("c2", structs.replace(request, epoch="another"), 0)
    assert isinstance(answer, Send)
    assert isinstance(answer.message, OtherHistory)
