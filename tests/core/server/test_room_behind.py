"""A member of a room that is slower than the others (SYNC-11, SYNC-12, HASH-4)."""

from __future__ import annotations

from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.messages import Delta, Have, Ping, Pong, Push, SyncRequest
from optiverse_collab.core.protocol.page_records import PageSet
from optiverse_collab.core.records import Put, Set
from optiverse_collab.core.server.effects import RoomEffect, Send, SendFrame, SendPages
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.room import Room
from optiverse_collab.core.server.subscribers import Bounds


class Moving:
    """A room in which Ann moves a lens once a second, and Bob confirms only on request."""

    def __init__(self) -> None:
        self.room = Room("bench", History(History.empty("e")), "test", Bounds(ms=1500))
        self.now_ms = self.moves = 0
        for id in ("ann", "bob"):
            self.room.join(id, id, 0)
            self.room.receive(id, SyncRequest(id), 0)
        self.room.flush()

    def move(self) -> list[RoomEffect]:
        """Let Ann move the lens; returns the messages that leave."""
        self.now_ms += 1000
        self.moves += 1
        op = Put("lens", "k", {"x": 1}) if self.moves == 1 else Set("lens", {"x": self.moves})
        self.room.receive("ann", Push([PushedChange(self.moves, [op])]), self.now_ms)
        left = self.leave()
        self.confirm("ann", self.moves)
        return left

    def leave(self) -> list[RoomEffect]:
        """The messages that leave now; everything is stored at once."""
        entries = self.room.unsaved().entries
        if entries:
            self.room.saved(entries[-1].clock)
        return self.room.flush()

    def confirm(self, id: str, clock: int) -> None:
        """Let a member confirm everything up to a clock."""
        assert self.room.receive(id, Have(clock), self.now_ms) == []

    def pong(self, id: str) -> int:
        """The clock in the answer to a heartbeat."""
        [answer] = self.room.receive(id, Ping(id), self.now_ms)
        assert isinstance(answer, Send)
        assert isinstance(answer.message, Pong)
        return answer.message.clock


def receivers(effects: list[RoomEffect]) -> list[str]:
    """The receivers of a frame."""
    return [id for effect in effects if isinstance(effect, SendFrame) for id in effect.to]


def test_member_behind_gets_one_delta_in_place_of_frames() -> None:
    moving = Moving()
    got = [receivers(moving.move()) for _ in range(5)]
    assert got == [["ann", "bob"]] * 2 + [["ann"]] * 3
    assert (moving.pong("ann"), moving.pong("bob")) == (5, 2)
    moving.confirm("bob", 1)
    assert moving.leave() == []
    moving.confirm("bob", 2)
    [pages] = moving.leave()
    assert isinstance(pages, SendPages)
    [page] = pages.pages
    assert isinstance(page, Delta)
    assert (pages.to, page.unasked, page.clock) == ("bob", True, 5)
    assert page.ops == [PageSet("lens", {"x": 5}, [], 0)]
    assert moving.pong("bob") == 5


def test_member_that_catches_up_gets_frames_again() -> None:
    """After pages up to the last frame that it was not sent."""
    moving = Moving()
    for _ in range(4):
        moving.move()
    moving.confirm("bob", 2)
    moving.leave()
    assert receivers(moving.move()) == ["ann"]
    moving.confirm("bob", 4)
    [pages] = moving.leave()
    assert isinstance(pages, SendPages)
    assert receivers(moving.move()) == ["ann", "bob"]


def test_pong_has_no_clock_for_who_has_not_synchronised() -> None:
    moving = Moving()
    moving.move()
    moving.room.join("cid", "cid", 0)
    assert moving.pong("cid") == 0
