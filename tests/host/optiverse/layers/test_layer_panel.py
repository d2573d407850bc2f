"""The layer panel stays in the state in which its user left it while others change the bench."""

from __future__ import annotations

from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractItemView, QLineEdit

from optiverse_collab.host.optiverse.layers import layer_panel
from tests.helpers import user_input
from tests.helpers.optiverse_background_edits import everything_else
from tests.helpers.optiverse_session import Participant, differences, rest, settle
from tests.helpers.optiverse_user import events, wait_until
from tests.helpers.wire import Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Session = tuple[Wire, Participant, Participant]


def grouped(session: Session) -> tuple[str, list[Any]]:
    """A group with two lenses, in both windows; returns its id, and Ann's lenses."""
    wire, ann, bob = session
    lenses = [ann.user.place("lens", 50.0 * number, 0.0) for number in range(2)]
    group = ann.panel.group(*lenses)
    rest(wire, ann, bob)
    assert group is not None
    return group, lenses


def begin_renaming(one: Participant, id: str) -> QLineEdit:
    """Double-click a line and type."""
    if not one.panel.has_layers:
        pytest.skip("Optiverse 0.2 can't rename in its panel")
    tree = one.window.layer_panel._tree
    line = one.panel.line(id)
    tree.setCurrentIndex(line)
    tree.edit(line)
    editor = editor_of(one)
    user_input.type_text(editor, "Teles here")
    editor.setCursorPosition(5)
    return editor


def editor_of(one: Participant) -> QLineEdit:
    """The text field in which the user types."""
    events()
    tree = one.window.layer_panel._tree
    assert tree.state() == QAbstractItemView.State.EditingState
    [editor] = [editor for editor in tree.findChildren(QLineEdit) if editor.isVisible()]
    return editor  # type: ignore[no-any-return]


def drawn(one: Participant) -> bool:
    """Whether the panel shows the current items."""
    return not one.window.layer_panel._refresh_timer.isActive()


def wait(wire: Wire, *participants: Participant) -> None:
    """Wait until everything has arrived, and any redraw of the panel is over."""
    for one in participants:
        settle(wire, *participants)
        panel = one.window.layer_panel
        user_input.wait(3 * 100)  # after each change, 0.3 waits that long, and so do we before it
        assert panel.isEnabled()


def test_who_renames_a_line_goes_on_typing(session: Session) -> None:
    wire, ann, bob = session
    group, lenses = grouped(session)
    begin_renaming(bob, group)
    for step in (
        lambda: lenses[0].setPos(10.0, 10.0),
        lambda: ann.user.place("mirror", 0.0, 80.0),
        lambda: ann.panel.rename(group, "Ann's"),
        lambda: ann.panel.move(lenses[1].item_uuid, None),
    ):
        step()
        wait(wire, ann, bob)
        editor = editor_of(bob)
        assert (editor.text(), editor.cursorPosition()) == ("Teles here", 5)
    editor.setSelection(5, 5)
    ann.user.place("mirror", 0.0, 120.0)
    settle(wire, ann, bob)  # and the panel is not drawn yet
    editor = editor_of(bob)
    assert editor.selectedText() == " here"
    user_input.type_text(editor, "cope")
    user_input.press_key(editor, Qt.Key.Key_Return)
    events()
    wait_until(lambda: drawn(bob))
    rest(wire, ann, bob)
    assert [one.panel.name(group) for one in (ann, bob)] == ["Telescope", "Telescope"]
    assert bob.window.layer_panel._model.rowCount() == ann.window.layer_panel._model.rowCount() == 4
    assert differences(wire, ann, bob) == []


def test_a_line_that_is_renamed_may_go_away(session: Session) -> None:
    wire, ann, bob = session
    group, _ = grouped(session)
    begin_renaming(bob, group)
    ann.panel.ungroup(group)
    settle(wire, ann, bob)
    wait_until(lambda: drawn(bob))
    rest(wire, ann, bob)
    assert ann.panel.groups() == bob.panel.groups() == []
    assert differences(wire, ann, bob) == []


def test_the_panel_does_not_scroll(session: Session) -> None:
    wire, ann, bob = session
    for number in range(40):
        ann.user.place("lens", 10.0 * number, 60.0)
    rest(wire, ann, bob)
    bar = bob.window.layer_panel._tree.verticalScrollBar()
    wait_until(lambda: bar.maximum() > 1)
    bar.setValue(bar.maximum() // 2)
    before = bar.value()
    assert before > 0
    everything_else(wire, ann, bob)
    rest(wire, ann, bob)
    assert bar.value() == before


def test_a_large_panel_shows_in_two_steps_what_others_do(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer_panel, "LARGE", 2)
    wire, ann, bob = session
    group, lenses = grouped(session)
    if not ann.panel.has_layers:
        pytest.skip("Optiverse 0.2 hides nothing")
    twin = bob.item(lenses[0].item_uuid)
    bob.user.select(twin)
    model = bob.window.layer_panel._model
    steps: list[str] = []
    model.modelReset.connect(lambda: steps.append("lines" if twin.isVisible() else "too late"))
    ann.panel.toggle(group, "VISIBLE")
    settle(wire, ann, bob)
    assert twin.isVisible()
    wait_until(lambda: not twin.isVisible())
    assert steps == ["lines"]
    ann.panel.toggle(group, "VISIBLE")
    settle(wire, ann, bob)
    wait_until(lambda: len(steps) == 2)
    bob.host.close()  # between the two steps
    assert twin.isVisible()


def test_a_closed_adapter_gives_the_panel_back(session: Session) -> None:
    _, _, bob = session
    if not bob.panel.has_layers:
        pytest.skip("Optiverse 0.2 draws its panel at once")
    lens = bob.user.place("lens", 0.0, 0.0)
    bob.host.close()
    mirror = bob.user.place("mirror", 80.0, 0.0)
    wait_until(lambda: drawn(bob))
    model = bob.window.layer_panel._model
    lines = {model._node_from_index(model.index(row, 0)).uuid for row in range(model.rowCount())}
    assert lines == {lens.item_uuid, mirror.item_uuid}
