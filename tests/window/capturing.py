"""A window whose screen is a host's bench, watched by a `Capture`, over a connection in memory."""

from __future__ import annotations

from typing import Any

from optiverse_collab.core.client.effects import Conflict, ShowChange
from optiverse_collab.core.records import Set
from optiverse_collab.window.capture import Capture
from optiverse_collab.window.undo import Undo
from tests.helpers.dict_host import DictHost
from tests.helpers.wire import Peer, Wire


class Window(Peer):
    """A peer whose screen is a host's bench.

    Attributes:
        later: whether it applies incoming changes only in its next tick.
    """

    def __init__(self, wire: Wire, name: str) -> None:
        super().__init__(name)
        self.later = False
        self.host = DictHost()
        self.capture = Capture(self.host, self.replica)
        self.undo = Undo(self.host, self.capture)
        self.host.watch_undo(self.undo)
        wire.connect(self)

    def receive(self, text: str, now_ms: float) -> None:
        """Receive a message, after sending what the user did."""
        self.capture.push_before_receiving()
        super().receive(text, now_ms)

    def show(self, change: ShowChange) -> None:
        """Show others' changes, now or in the next tick."""
        if self.later:
            self.capture.defer(change)
        else:
            self.capture.show(change)

    def decide(self, conflict: Conflict) -> None:
        """Pass a decision of the server to undo."""
        self.undo.settle(conflict)


def settle(wire: Wire, *windows: Window) -> None:
    """Run ticks and messages until nothing is left to do."""
    for _ in range(4):
        for window in windows:
            window.capture.tick()
        wire.settle()


def pos(x: float) -> Set:
    """An edit that moves the lens."""
    return Set("lens", {"pos": [x, 0.0]})


def at(window: Peer | Window) -> Any:
    """Where the lens is."""
    bench = window.host.bench if isinstance(window, Window) else window.screen
    return bench["lens"].props["pos"][0]


def hears_later(wire: Wire, *peers: Peer) -> None:
    """Let peers send and the room store the edit, but deliver nothing to anybody yet."""
    for peer in peers:
        wire.poll(peer)
        wire.send_up(peer)
    wire.commit()
