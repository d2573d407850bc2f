"""What the user can do to the bench: each action is one undo step, and spares locked or removed items."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QMimeData
from PyQt6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from optiverse_collab_demo.clipboard import MIME_TYPE
from optiverse_collab_demo.editor import Editor
from optiverse_collab_demo.geometry import Point
from optiverse_collab_demo.model import MISSING, Bench
from tests.helpers.demo_window import KEYS


@pytest.fixture
def editor(qtbot: QtBot) -> Editor:
    editor = Editor(Bench())
    on_clipboard(MIME_TYPE, b"")
    return editor


def on_clipboard(kind: str, content: bytes) -> None:
    board, data = QGuiApplication.clipboard(), QMimeData()
    assert board is not None
    data.setData(kind, content)
    board.setMimeData(data)


def add(editor: Editor, key: str = "lens", at: Point = (0.0, 0.0), **props: object) -> str:
    """Add an item as if it had always been there."""
    id = editor.add(KEYS[key], at)
    editor.bench.change({id: props})
    editor.undo_stack.clear()
    return id


def prop(editor: Editor, id: str, name: str) -> object:
    return editor.bench.items[id].props.get(name)


def test_nothing_happens_to_what_is_gone(editor: Editor) -> None:
    gone = ["gone"]
    editor.change("Edit", {"gone": {"x": 1}})
    editor.remove(gone)
    editor.turn(gone, 15.0)
    editor.group([*gone, "gone too"])
    editor.ungroup(gone)
    editor.copy(gone)
    editor.start_drag(gone)
    editor.drag(5.0, 5.0)
    editor.end_drag()
    assert editor.paste() == []
    assert editor.bench.items == {}
    assert editor.undo_stack.count() == 0


def test_added_item_is_undone_and_done_again(editor: Editor) -> None:
    id = editor.add(KEYS["lens"], (3.0, 4.0))
    assert prop(editor, id, "pos") == [3.0, 4.0]
    assert editor.undo_stack.undoText() == "Add lens"
    editor.undo()
    assert editor.bench.items == {}
    editor.redo()
    assert list(editor.bench.items) == [id]


def test_change_to_what_is_there_already_is_no_step(editor: Editor) -> None:
    lens = add(editor, name="Lens")
    editor.change("Edit", {lens: {"name": "Lens", "never there": MISSING}})
    assert editor.undo_stack.count() == 0


def test_change_has_only_what_differs(editor: Editor) -> None:
    """Undo must not touch what the user did not change."""
    lens = add(editor, name="Lens", z_value=1.0)
    editor.change("Edit", {lens: {"name": "Mine", "z_value": 1.0}})
    editor.bench.change({lens: {"z_value": 5.0}})
    editor.undo()
    assert (prop(editor, lens, "name"), prop(editor, lens, "z_value")) == ("Lens", 5.0)


def test_delete_leaves_the_group_of_the_last_item(editor: Editor) -> None:
    """docs/bench-format.md, "Groups without members"."""
    one, two = add(editor), add(editor)
    group = editor.group([one, two])
    assert group is not None
    editor.remove([one, two])
    assert list(editor.bench.items) == [group]
    assert editor.undo_stack.undoText() == "Delete 2 items"
    editor.undo()
    assert set(editor.bench.items) == {one, two, group}


def test_item_turns_about_itself_and_several_about_their_middle(editor: Editor) -> None:
    left, right = add(editor, at=(-10.0, 0.0)), add(editor, at=(10.0, 0.0))
    editor.turn([left], 30.0)
    assert (prop(editor, left, "pos"), prop(editor, left, "angle_deg")) == ([-10.0, 0.0], 30.0)
    editor.turn([left, right], 90.0)
    assert prop(editor, left, "pos") == pytest.approx([0.0, 10.0])
    assert prop(editor, right, "pos") == pytest.approx([0.0, -10.0])
    assert (prop(editor, left, "angle_deg"), prop(editor, right, "angle_deg")) == (120.0, 90.0)


def test_locked_item_is_not_turned_nor_the_middle_of_others(editor: Editor) -> None:
    lens, locked = add(editor, at=(10.0, 0.0)), add(editor, at=(-90.0, 0.0), locked=True)
    editor.turn([locked], 90.0)
    assert editor.undo_stack.count() == 0
    editor.turn([lens, locked], 90.0)
    assert (prop(editor, lens, "pos"), prop(editor, lens, "angle_deg")) == ([10.0, 0.0], 90.0)
    assert (prop(editor, locked, "pos"), prop(editor, locked, "angle_deg")) == ([-90.0, 0.0], 0.0)


def test_note_alone_can_not_be_turned(editor: Editor) -> None:
    editor.turn([add(editor, "note")], 15.0)
    assert editor.undo_stack.count() == 0


def test_group_and_ungroup_are_a_step_each(editor: Editor) -> None:
    one, two, three = add(editor), add(editor), add(editor)
    inner = editor.group([one, two])
    outer = editor.group([one, three])
    assert (prop(editor, one, "parent"), prop(editor, inner or "", "parent")) == (inner, outer)
    editor.ungroup([three])
    assert outer not in editor.bench.items
    assert prop(editor, one, "parent") == inner
    editor.undo()
    assert prop(editor, three, "parent") == prop(editor, inner or "", "parent") == outer
    editor.undo()
    editor.undo()
    assert set(editor.bench.items) == {one, two, three}
    assert not any("parent" in item.props for item in editor.bench.items.values())


def test_one_item_is_no_group_and_one_group_is_none_again(editor: Editor) -> None:
    one, two = add(editor), add(editor)
    assert editor.group([one]) is None
    editor.group([one, two])
    assert editor.group([one, two]) is None
    assert editor.undo_stack.count() == 1


@pytest.mark.parametrize("content", [b"", b"no JSON", b"\xff\xfe", b'[["id", "component", 5]]', b"[[[]]]"])
def test_pasting_what_is_no_copy_does_nothing(editor: Editor, content: bytes) -> None:
    on_clipboard(MIME_TYPE, content)
    assert editor.paste() == []
    on_clipboard("text/plain", b"some text")
    assert editor.paste() == []
    assert editor.undo_stack.count() == 0


def test_each_paste_stands_a_little_further_aside(editor: Editor) -> None:
    lens = add(editor, at=(100.0, 100.0))
    editor.copy([lens])
    places = [prop(editor, editor.paste()[0], "pos") for _ in range(3)]
    assert places == [[120.0, 80.0], [140.0, 60.0], [160.0, 40.0]]
    editor.copy([add(editor, at=(0.0, 0.0))])
    assert prop(editor, editor.paste()[0], "pos") == [20.0, -20.0]


def test_pasted_group_is_undone_as_one(editor: Editor) -> None:
    one, two = add(editor), add(editor)
    editor.group([one, two])
    editor.copy([one, two])
    pasted = editor.paste()
    assert len(pasted) == 2
    assert len(editor.bench.items) == 6
    editor.undo()
    assert len(editor.bench.items) == 3


def test_copy_of_nothing_leaves_the_clipboard(editor: Editor) -> None:
    editor.copy([add(editor)])
    editor.copy([])
    assert len(editor.paste()) == 1


def test_locked_item_and_what_has_no_place_are_not_dragged(editor: Editor) -> None:
    lens, locked = add(editor), add(editor, locked=True)
    lost = add(editor, pos="nowhere")
    editor.start_drag([lens, locked, lost])
    assert editor.dragging == {lens}
    editor.drag(5.0, 6.0)
    editor.end_drag()
    assert (prop(editor, lens, "pos"), prop(editor, locked, "pos")) == ([5.0, 6.0], [0.0, 0.0])
    assert prop(editor, lost, "pos") == "nowhere"


def test_drag_back_to_where_it_was_is_no_step(editor: Editor) -> None:
    lens = add(editor)
    editor.start_drag([lens])
    editor.drag(5.0, 6.0)
    editor.drag(0.0, 0.0)
    editor.end_drag()
    assert prop(editor, lens, "pos") == [0.0, 0.0]
    assert editor.undo_stack.count() == 0


def test_neither_undo_nor_redo_in_the_middle_of_a_drag(editor: Editor) -> None:
    lens = add(editor)
    editor.turn([lens], 15.0)
    editor.turn([lens], 15.0)
    editor.undo()
    editor.start_drag([lens])
    editor.undo()
    editor.redo()
    assert prop(editor, lens, "angle_deg") == 15.0
    editor.end_drag()
    editor.redo()
    assert prop(editor, lens, "angle_deg") == 30.0


def test_steps_are_called_by_what_they_did(editor: Editor) -> None:
    lens, other = add(editor, name="Tube lens"), add(editor)
    editor.turn([lens], 15.0)
    assert editor.undo_stack.undoText() == "Turn Tube lens"
    editor.start_drag([lens, other])
    editor.drag(1.0, 1.0)
    editor.end_drag()
    assert editor.undo_stack.undoText() == "Move 2 items"


def test_steps_are_told_from_inside(editor: Editor) -> None:
    told: list[object] = []
    editor.step_done.connect(lambda command: told.append(("done", command.text())))
    editor.step_begins.connect(lambda command, redo: told.append((redo, len(editor.bench.items))))
    editor.step_ended.connect(lambda: told.append(len(editor.bench.items)))
    editor.undo_stack.clear()
    editor.undo()
    count = len(editor.bench.items)
    editor.add(KEYS["lens"], (0.0, 0.0))
    editor.undo()
    editor.redo()
    assert told == [("done", "Add lens"), (False, count + 1), count, (True, count), count + 1]
