"""Windows of the real Optiverse that share a bench over a fake wire."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from optiverse_collab.convert import same_bench, tree_of
from optiverse_collab.core.client.effects import Conflict, ShowChange
from optiverse_collab.core.records import Record, difference
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from optiverse_collab.host.optiverse.items.pointer import items_dragged
from optiverse_collab.host.optiverse.upstream.window import has_groups
from optiverse_collab.window.capture import Capture
from optiverse_collab.window.undo import Undo
from tests.helpers import user_input
from tests.helpers.optiverse_mouse import MouseUser
from tests.helpers.optiverse_panel import Panel
from tests.helpers.optiverse_user import clear, events, wait_until
from tests.helpers.wire import Peer, Wire

TOLD = (
    "locked item did not move.",
    "locked items did not move.",
    "left it there.",
    "left it alone.",
    "left them alone.",
    "was not applied.",
    "were not applied.",
)
"""The last words of warnings about what others locked, changed or removed."""


class Participant(Peer):
    """A peer whose screen is a window of Optiverse.

    Attributes:
        window: the host's main window.
        host: the adapter.
        user: operates the window …
        panel: … and at its layer panel.
    """

    def __init__(self, wire: Wire, name: str, window: Any) -> None:
        super().__init__(name)
        self.window = window
        self.host = OptiverseHost(window)
        self.user = MouseUser(window)
        self.panel = Panel(window)
        self.capture = Capture(self.host, self.replica)
        self.undo = Undo(self.host, self.capture)
        self.host.watch_undo(self.undo)
        wire.connect(self)

    def receive(self, text: str, now_ms: float) -> None:
        """Receive a message from the room, as a window does."""
        self.capture.push_before_receiving()
        super().receive(text, now_ms)

    def show(self, change: ShowChange) -> None:
        """Show others' changes."""
        self.capture.show(change)

    def decide(self, conflict: Conflict) -> None:
        """Pass a decision of the server to undo."""
        self.undo.settle(conflict)

    def item(self, id: str) -> Any:
        """The item with this id on the screen."""
        return next(item for item in self.user.items() if item.item_uuid == id)

    def saved(self) -> dict[str, Any]:
        """The file that saving writes."""
        saved: dict[str, Any] = self.window.file_controller.file_manager.serialize_scene()
        return saved

    def log(self, *levels: str) -> list[str]:
        """The messages about collaboration with these levels in the log."""
        messages = self.window.log_service.get_messages(category="Collaboration")
        return [message.message for message in messages if message.level.name in levels]


def start(windows: Sequence[Any]) -> tuple[Wire, list[Participant]]:
    """Empty windows and put them into one session."""
    wire = Wire()
    for window in windows:
        clear(window)
        window.log_service.clear()
    names = ("ann", "bob", "cem", "dea")
    return wire, [Participant(wire, name, window) for name, window in zip(names, windows, strict=False)]


def settle(wire: Wire, *participants: Participant) -> None:
    """Run ticks and messages until nothing is left to do."""
    for _ in range(4):
        for one in participants:
            events()
            one.capture.tick()
        wire.settle()


def rest(wire: Wire, *participants: Participant) -> None:
    """Do the same, and wait for what the windows do some time after an edit."""
    for _ in range(2):
        settle(wire, *participants)
        for one in participants:
            one.panel.wait()
        user_input.wait(40)
    scan(wire, *participants)


def scan(wire: Wire, *participants: Participant) -> None:
    """Let windows scan everything, with or without signals of a change."""
    for one in participants:
        one.capture.scan()
    settle(wire, *participants)


def _has_noticed(one: Participant) -> bool:
    """Whether all changes were signalled; while something is dragged, only signals count."""
    return bool(items_dragged(one.window)) or not one.host._bench._later.isActive()


def notice(wire: Wire, *participants: Participant) -> None:
    """Let windows notice, by their signals, what was done in them, and send it to each other."""
    for one in participants:
        events()
        wait_until(partial(_has_noticed, one))
    settle(wire, *participants)


def differences(wire: Wire, *participants: Participant) -> list[object]:
    """The differences between the windows and their files; empty if they show the same bench."""
    found: list[object] = []
    for one in participants:
        found += difference(truth(wire), one.host.records())
        found += same_bench(_rounded(participants[0].saved()), _rounded(one.saved()))
    if has_groups(participants[0].window):
        # 0.2 draws items of the same z value in the order in which they came, and doesn't save that.
        found = [what for what in found if "another order" not in str(what)]
    return found


def _rounded(bench: dict[str, Any]) -> dict[str, Any]:
    """A file, without the last digits of rulers.

    The host adds the place of a ruler, to which steps of undo go back, to its points; a place that somebody
    else's sum gave can't always be had to the last digit.
    """
    for ruler in bench.get("rulers", ()):
        ruler["points"] = [[round(x, 9), round(y, 9)] for x, y in ruler["points"]]
    return bench


def truth(wire: Wire) -> dict[str, Record]:
    """The bench in the room."""
    return wire.room.history.document.records


def visible(wire: Wire) -> dict[str, Record]:
    """The same, without the groups that are hidden (docs/bench-format.md, "Groups without members")."""
    records = truth(wire)
    shown = {record.id for siblings in tree_of(records).values() for record in siblings}
    return {id: record for id, record in records.items() if id in shown}
