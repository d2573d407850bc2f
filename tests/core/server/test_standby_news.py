"""What members learn about the server's standby: STAND-8, STAND-9."""

from __future__ import annotations

from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.messages import Ping, Pong
from optiverse_collab.core.server.effects import Send
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.room import Room
from optiverse_collab.core.server.standby_news import StandbyNews


def test_each_pong_says_whether_the_standby_is_missed() -> None:
    """STAND-8: while it is; otherwise the answer is the same as without a standby."""
    news = StandbyNews()
    room = Room("lab", History(History.empty("e")), "test", news=news)
    room.join("c1", "ann", 0)

    def pong() -> Pong:
        [effect] = room.receive("c1", Ping("ann"), 0)
        assert isinstance(effect, Send)
        assert isinstance(effect.message, Pong)
        return effect.message

    assert "alone" not in encode(pong())
    news.is_missed = True
    assert pong().alone
    assert '"alone":true' in encode(pong())
    news.is_missed = False
    assert not pong().alone
    news.address = "ws://second:1"
    assert (pong().alone, pong().also) == (False, "ws://second:1")
