"""Open dialogs, and notes that are being edited, stay unchanged while others change the bench."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PyQt6.QtCore import QPoint, QPointF, QTimer
from PyQt6.QtGui import QContextMenuEvent, QTextCursor
from PyQt6.QtWidgets import QApplication, QDialog, QWidget

from tests.helpers import user_input
from tests.helpers.optiverse_background_edits import everything_else, with_dialogs
from tests.helpers.optiverse_mouse import RIGHT
from tests.helpers.optiverse_session import Participant, differences, rest, settle
from tests.helpers.optiverse_user import grip, look_while
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
    """The log has the typed text; the item is removed for both users, whatever they undo."""
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
    """Place the text cursor inside a note and type; returns the position of the cursor."""
    one.user.begin_writing(note)
    user_input.type_text(one.window.view.viewport(), "lens here")
    cursor = note.textCursor()
    cursor.setPosition(2)
    cursor.setPosition(4, QTextCursor.MoveMode.KeepAnchor)
    note.setTextCursor(cursor)
    return writing(one, note)


def writing(one: Participant, note: Any) -> tuple[str, int, int]:
    """The text, the cursor and the anchor of a note that has the focus."""
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


def drawn(one: Participant, what: str) -> Any:
    """One item of each kind on the bench."""
    points: dict[str, tuple[tuple[float, float], ...]] = {
        "text": ((0.0, 0.0),),
        "rectangle": ((0.0, 0.0),),
        "ruler": ((-60.0, 0.0), (60.0, 0.0)),
        "angle_measure": ((60.0, 0.0), (0.0, 0.0), (0.0, 60.0)),
    }
    return one.user.draw(what, *points[what]) if what in points else one.user.place(what, 0.0, 0.0)


def open_menu_and_leave(one: Participant, item: Any) -> None:
    """Open an item's context menu with the mouse, release the button over it, and close it."""
    user, closed = one.user, list[QWidget]()
    user.come()
    user.look(grip(item))
    pixel = user.at(grip(item))

    def leave() -> None:
        menu = QApplication.activePopupWidget()
        if menu is not None:
            user_input.release(menu, QPoint(-1, -1), button=RIGHT)
            closed.append(menu)
            menu.close()

    def open_menu() -> None:
        # Like the window system: some items open their menu when the button goes down, others after it.
        user_input.press(user.viewport, pixel, button=RIGHT)
        if not closed:
            everywhere = user.viewport.mapToGlobal(pixel)
            event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, pixel, everywhere)
            QApplication.sendEvent(user.viewport, event)

    look_while(QTimer(), leave, open_menu)
    assert closed
    user.come()


@pytest.mark.parametrize("what", ["lens", "source", "text", "rectangle", "ruler", "angle_measure"])
def test_window_follows_after_a_context_menu_is_closed(session: Session, what: str) -> None:
    """The menu consumes the mouse release, after which the scene still reports the item as mouse grabber."""
    wire, ann, bob = session
    item = drawn(ann, what)
    rest(wire, ann, bob)
    twin = next(one for one in bob.window.scene.items() if getattr(one, "item_uuid", "") == item.item_uuid)
    open_menu_and_leave(bob, twin)
    assert bob.host.held() == set()
    before = bob.host.records()
    item.setPos(item.pos() + QPointF(30.0, 10.0))
    settle(wire, ann, bob)
    assert bob.host.records() != before
    assert differences(wire, ann, bob) == []


def test_window_follows_after_a_dialog_took_the_release(session: Session) -> None:
    """The release that ends a drag; whatever state the host still has from it."""
    wire, ann, bob = session
    lens = ann.user.place("lens", 0.0, 0.0)
    rest(wire, ann, bob)
    twin = bob.item(lens.item_uuid)
    bob.user.press(twin)
    bob.user.pull(20, 0)
    assert bob.host.held() == {lens.item_uuid}
    dialog = QDialog(bob.window)
    dialog.show()
    user_input.release(dialog, QPoint(1, 1))
    assert bob.host.held() == set()
    settle(wire, ann, bob)
    lens.setPos(QPointF(70.0, 10.0))
    settle(wire, ann, bob)
    assert twin.pos() == lens.pos()
    dialog.close()
    dialog.deleteLater()
    bob.user.release()
    rest(wire, ann, bob)
    assert differences(wire, ann, bob) == []
