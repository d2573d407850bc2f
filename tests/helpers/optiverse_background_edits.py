"""Edits in another window while a user is in the middle of something."""

from __future__ import annotations

from tests.helpers.optiverse_session import Participant, rest, settle
from tests.helpers.wire import Wire


def everything_else(wire: Wire, ann: Participant, bob: Participant) -> None:
    """Ann places, moves, turns, restacks and deletes items that nobody else is holding."""
    lens, mirror = ann.user.place("lens", 200.0, 0.0), ann.user.place("mirror", 250.0, 0.0)
    note = ann.user.draw("text", (200.0, 80.0))
    settle(wire, ann, bob)
    ann.user.select(lens)
    ann.user.drag(lens, 30, 30)
    ann.user.turn(lens, 0, 30)
    mirror.setPos(260.0, 10.0)
    note.setPlainText("over there")
    settle(wire, ann, bob)
    ann.user.restack(lens, 0)
    ann.user.restack(lens, 3)
    settle(wire, ann, bob)
    ann.user.delete(lens)
    ann.user.delete_by_menu(note)
    ann.user.undo()
    rest(wire, ann, bob)


def with_dialogs(wire: Wire, ann: Participant, bob: Participant) -> None:
    """Ann does the same, and more that needs her window to be active: both windows are in one process."""
    everything_else(wire, ann, bob)
    lens, mirror = ann.user.place("lens", 300.0, 0.0), ann.user.place("mirror", 350.0, 0.0)
    ann.user.edit(mirror, {0: 360.0, 3: 40.0})
    ann.user.write(ann.user.draw("text", (300.0, 80.0)), "over there")
    group = ann.panel.group(lens, mirror)
    rest(wire, ann, bob)
    assert group is not None
    ann.panel.ungroup(group)
    rest(wire, ann, bob)
