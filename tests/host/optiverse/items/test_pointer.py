"""Open dialogs and notes that are being written stay as they are while others change the bench."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PyQt6.QtGui import QTextCursor

from tests.helpers import user_input
from tests.helpers.optiverse_background_edits import everything_else, with_dialogs
from tests.helpers.optiverse_session import Participant, differences, rest
from tests.helpers.wire import Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Session = tuple[Wire, Participant, Participant]

X, ANGLE, SIZE = 0, 2, 3
"""Number fields of a dialog; a rectangle's size is its width."""


@pytest.mark.parametrize("accept", [True, False], ids=["OK", "Cancel"])
def test_a_dialog_stays_open_while_its_item_is_edited(session: Session, accept: bool) -> None:
    wire, ann, bob = session
    lens = ann.user.place("lens", 10.0, 20.0)
    rest(wire, ann, bob)
    twin = bob.item(lens.item_uuid)

    def meanwhile() -> None:
        with_dialogs(wire, ann, bob)
        ann.user.edit(lens, {X: 55.0, SIZE: 50.0})
        ann.user.restack(lens, 0)
        rest(wire, ann, bob)

    bob.user.edit(twin, {ANGLE: 45.0}, accept, meanwhile)
    rest(wire, ann, bob)
    assert bob.item(lens.item_uuid) is twin
    for item in (lens, twin):
        assert (item.params.x_mm, item.params.object_height_mm) == (55.0, 50.0)
        assert item.params.angle_deg == (45.0 if accept else 0.0)
    assert differences(wire, ann, bob) == []
    bob.user.undo()
    rest(wire, ann, bob)
    assert lens.params.x_mm == 55.0
    assert differences(wire, ann, bob) == []


@pytest.mark.parametrize("accept", [True, False], ids=["OK", "Cancel"])
@pytest.mark.parametrize("what", ["lens", "source"])
def test_a_dialog_stays_open_while_its_item_is_deleted(session: Session, what: str, accept: bool) -> None:
    """What was typed is told in the log; the item is gone for both, whatever is undone."""
    wire, ann, bob = session
    item = ann.user.place(what, 10.0, 20.0)
    rest(wire, ann, bob)
    twin = bob.item(item.item_uuid)

    def meanwhile() -> None:
        ann.user.delete(item)
        rest(wire, ann, bob)

    bob.user.edit(twin, {ANGLE: 45.0}, accept, meanwhile)
    rest(wire, ann, bob)
    assert ann.user.items() == bob.user.items() == []
    warnings = bob.log("WARNING")
    assert len(warnings) == accept, warnings
    assert all("45" in line for line in warnings)
    for step in (bob.user.undo, bob.user.redo, bob.user.undo):
        step()
        rest(wire, ann, bob)
        assert ann.user.items() == bob.user.items() == []
    assert differences(wire, ann, bob) == []


def test_a_dialog_of_an_annotation_stays_open(session: Session) -> None:
    wire, ann, bob = session
    box = ann.user.draw("rectangle", (0.0, 0.0))
    rest(wire, ann, bob)
    [twin] = bob.user.drawn("rectangle")

    def move() -> None:
        box.setPos(40.0, 30.0)
        rest(wire, ann, bob)

    bob.user.edit(twin, {SIZE: 12.5}, True, move)
    rest(wire, ann, bob)
    assert [one.to_dict()["width_mm"] for one in (box, twin)] == [12.5, 12.5]
    assert box.pos() == twin.pos()
    assert differences(wire, ann, bob) == []

    def delete() -> None:
        ann.user.delete_by_menu(box)
        rest(wire, ann, bob)

    bob.user.edit(twin, {SIZE: 99.0}, True, delete)
    rest(wire, ann, bob)
    assert ann.user.drawn() == bob.user.drawn() == []
    assert any("99" in line for line in bob.log("WARNING"))


def begin_in_the_middle(one: Participant, note: Any) -> tuple[str, int, int]:
    """Put the text cursor into a note and type; returns where it stands."""
    one.user.begin_writing(note)
    user_input.type_text(one.window.view.viewport(), "lens here")
    cursor = note.textCursor()
    cursor.setPosition(2)
    cursor.setPosition(4, QTextCursor.MoveMode.KeepAnchor)
    note.setTextCursor(cursor)
    return writing(one, note)


def writing(one: Participant, note: Any) -> tuple[str, int, int]:
    """Text, cursor and anchor of a note that has the focus."""
    assert one.window.scene.focusItem() is note
    cursor = note.textCursor()
    return note.toPlainText(), cursor.position(), cursor.anchor()


def rewrite(ann: Participant, note: Any) -> None:
    note.setPlainText("by ann")


def remove(ann: Participant, note: Any) -> None:
    ann.user.delete_by_menu(note)


def shift(ann: Participant, note: Any) -> None:
    note.setPos(70.0, 80.0)


@pytest.mark.parametrize("change", [shift, rewrite, remove])
def test_who_writes_a_note_goes_on_writing(
    session: Session, change: Callable[[Participant, Any], None]
) -> None:
    wire, ann, bob = session
    note = ann.user.draw("text", (0.0, 0.0))
    rest(wire, ann, bob)
    [twin] = bob.user.drawn("text")
    before = begin_in_the_middle(bob, twin)
    assert before == ("lens here", 4, 2)
    everything_else(wire, ann, bob)
    assert writing(bob, twin) == before
    change(ann, note)
    rest(wire, ann, bob)
    assert writing(bob, twin) == before
    user_input.type_text(bob.window.view.viewport(), "XY")
    assert writing(bob, twin) == ("leXY here", 4, 4)
    rest(wire, ann, bob)
    assert writing(bob, twin) == ("leXY here", 4, 4)
    bob.user.end_writing(twin)
    rest(wire, ann, bob)
    assert differences(wire, ann, bob) == []
    if change is remove:
        assert ann.user.drawn("text") == bob.user.drawn("text") == []
        assert any("leXY here" in line for line in bob.log("WARNING"))
    else:
        assert note.toPlainText() == twin.toPlainText() == "leXY here"
        assert note.pos() == twin.pos()
