"""A group that shows another file (0.3) shows it to everybody, also to those who don't have the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtWidgets import QFileDialog, QMessageBox

from optiverse_collab.core.client.effects import Conflict
from optiverse_collab.core.records import Op, Put, Set, difference
from optiverse_collab.host.optiverse.layers import linked_files
from optiverse_collab.host.optiverse.upstream.window import has_groups
from tests.helpers.optiverse_linking import linked, write_file
from tests.helpers.optiverse_session import Participant, differences, rest, settle, truth
from tests.helpers.optiverse_user import clear
from tests.helpers.wire import Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Session = tuple[Wire, Participant, Participant]
Link = Callable[[Participant], str]


@pytest.fixture
def file(windows: list[Any], tmp_path: Path) -> Path:
    """A file with a source, a lens and a note."""
    if has_groups(windows[0]):
        pytest.skip("only Optiverse 0.3 links files")
    path = tmp_path / "telescope.json"
    write_file(windows[0], path)
    return path


@pytest.fixture
def link(file: Path, monkeypatch: pytest.MonkeyPatch) -> Link:
    """Lets a participant link the file."""

    def link(one: Participant) -> str:
        # The host watches the file, and asks whether to read it anew.
        no = QMessageBox.StandardButton.No
        monkeypatch.setattr("optiverse.ui.theme_manager.question", lambda *args: no)
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args, **kwargs: (str(file), ""))
        one.window.act_link_assembly.trigger()
        [node] = one.window.layer_state.get_linked_groups()
        return str(node.uuid)

    return link


def shown(one: Participant) -> dict[str, tuple[str, float, float]]:
    """What a window shows of its linked files: id → class and place."""
    return {item.item_uuid: (type(item).__name__, item.x(), item.y()) for item in linked(one.window)}


def traced(one: Participant) -> list[Any]:
    """What a window traces, to the nanometre."""
    one.user.retrace()
    return [[tuple(round(float(mm), 6) for mm in at) for at in ray.points] for ray in one.window.ray_data]


def drag(one: Participant, dx: int, dy: int) -> None:
    """Drag the linked lens, which is not selectable, and with it all that its file shows."""
    [lens] = [item for item in one.user.items() if type(item).__name__ == "ComponentItem"]
    one.user.drag(lens, dx, dy)


def test_everybody_sees_the_items_of_a_linked_file(session: Session, link: Link, file: Path) -> None:
    wire, ann, bob = session
    id = link(ann)
    file.unlink()
    rest(wire, ann, bob)
    assert len(shown(ann)) == 3
    assert shown(bob) == shown(ann)
    assert bob.window.layer_state.get_node(id).is_linked()
    assert traced(bob) == traced(ann) != []
    assert differences(wire, ann, bob) == []
    assert {record.kind for record in ann.host.records().values()} == {"group"}


def test_who_joins_later_sees_them_too(session: Session, link: Link, windows: list[Any]) -> None:
    wire, ann, bob = session
    link(ann)
    rest(wire, ann, bob)
    clear(windows[2])
    cem = Participant(wire, "cem", windows[2])
    try:
        rest(wire, ann, bob, cem)
        assert shown(cem) == shown(ann)
        assert differences(wire, ann, bob, cem) == []
    finally:
        cem.host.close()


def test_dragging_it_travels_and_so_does_taking_that_back(session: Session, link: Link) -> None:
    wire, ann, bob = session
    link(ann)
    rest(wire, ann, bob)
    before = shown(ann)
    drag(ann, 40, 30)
    rest(wire, ann, bob)
    assert shown(bob) == shown(ann) != before
    ann.user.undo()
    rest(wire, ann, bob)
    assert shown(bob) == shown(ann) == before
    assert differences(wire, ann, bob) == []


def test_taking_back_a_drag_after_others_dragged_it_too(session: Session, link: Link) -> None:
    wire, ann, bob = session
    link(ann)
    rest(wire, ann, bob)
    drag(ann, 40, 30)
    rest(wire, ann, bob)
    drag(bob, -10, 0)
    rest(wire, ann, bob)
    theirs = shown(bob)
    for press in (ann.user.undo, ann.user.redo):
        press()
        rest(wire, ann, bob)
        assert shown(bob) == shown(ann) == theirs
    assert differences(wire, ann, bob) == []
    [text] = ann.log("WARNING", "ERROR")
    assert text.startswith("bob changed ")


def test_what_is_in_hand_is_not_exchanged(session: Session, link: Link) -> None:
    wire, ann, bob = session
    id = link(ann)
    rest(wire, ann, bob)
    items = linked(ann.window)
    ann.window.file_controller.edit_linked_in_context(id)
    drag(bob, 20, 0)
    settle(wire, ann, bob)
    assert shown(ann) != shown(bob)
    assert [item.scene() for item in items] == [ann.window.scene] * 3
    ann.window.file_controller.finish_edit_in_context(id)
    rest(wire, ann, bob)
    assert shown(ann) == shown(bob)
    assert differences(wire, ann, bob) == []


def test_reading_it_anew_travels(session: Session, link: Link, file: Path) -> None:
    wire, ann, bob = session
    id = link(ann)
    rest(wire, ann, bob)
    bench = json.loads(file.read_text("utf-8"))
    bench["items"][0]["x_mm"] += 5.0
    del bench["texts"]
    file.write_text(json.dumps(bench), "utf-8")
    ann.window.file_controller.refresh_linked_assembly(id)
    rest(wire, ann, bob)
    assert len(shown(ann)) == 2
    assert shown(bob) == shown(ann)
    assert differences(wire, ann, bob) == []


def test_deleting_it_travels(session: Session, link: Link) -> None:
    wire, ann, bob = session
    id = link(ann)
    rest(wire, ann, bob)
    bob.window.layer_panel._delete_linked_group(id)
    rest(wire, ann, bob)
    assert ann.user.items() == bob.user.items() == []
    assert shown(ann) == shown(bob) == {}
    assert differences(wire, ann, bob) == []


@pytest.mark.parametrize("breaks", ["ann", "bob"])
def test_a_broken_link_leaves_items_of_the_bench(session: Session, link: Link, breaks: str) -> None:
    wire, ann, bob = session
    id = link(ann)
    rest(wire, ann, bob)
    before = shown(ann)
    one, other = (ann, bob) if breaks == "ann" else (bob, ann)
    one.window.file_controller.unlink_embed(id)
    rest(wire, ann, bob)
    assert shown(ann) == shown(bob) == {}
    assert before.keys() < ann.host.records().keys()
    assert len(other.window.scene.items()) == len(one.window.scene.items())
    lens = next(item for item in other.user.items() if type(item).__name__ == "ComponentItem")
    other.user.select(lens)
    other.user.drag(lens, 40, 0)
    rest(wire, ann, bob)
    assert one.item(lens.item_uuid).pos() == lens.pos()
    assert differences(wire, ann, bob) == []


def test_two_people_break_one_link_at_once(session: Session, link: Link) -> None:
    """Both make the same items of it, under ids that follow from the link, so that there is one copy."""
    wire, ann, bob = session
    id = link(ann)
    rest(wire, ann, bob)
    items = shown(ann).keys()
    for one in (ann, bob):
        one.window.file_controller.unlink_embed(id)
    rest(wire, ann, bob)
    assert shown(ann) == shown(bob) == {}
    assert truth(wire).keys() == {id, *items}
    assert differences(wire, ann, bob) == []
    assert [one.told(Conflict) for one in (ann, bob)] == [[], []]


def test_two_people_link_one_file_at_once(session: Session, link: Link) -> None:
    wire, ann, bob = session
    ids = {link(ann), link(bob)}
    rest(wire, ann, bob)
    assert truth(wire).keys() == ids
    assert len(ids) == 2
    assert len(shown(ann)) == len(shown(bob)) == 6
    assert differences(wire, ann, bob) == []


def test_a_group_of_a_linked_file_is_not_empty(session: Session, link: Link) -> None:
    """docs/bench-format.md, "Groups without members"."""
    wire, ann, bob = session
    id = link(ann)
    rest(wire, ann, bob)
    ops: list[Op] = [Put("outer", "group", {"name": "Outer", "order": -5.0}), Set(id, {"parent": "outer"})]
    bob.replica.edit(ops)
    bob.host.apply(ops)
    rest(wire, ann, bob)
    assert ann.panel.groups() == bob.panel.groups() == sorted((id, "outer"))
    ann.window.layer_panel._delete_linked_group(id)
    rest(wire, ann, bob)
    assert ann.panel.groups() == bob.panel.groups() == []
    assert truth(wire).keys() == {"outer"}
    assert differences(wire, ann, bob) == []


def test_a_file_that_is_too_large_to_share_is_told_on_both_sides(
    session: Session, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, ann, bob = session
    monkeypatch.setattr(linked_files, "MOST_BYTES", 100)
    link(ann)
    rest(wire, ann, bob)
    assert len(shown(ann)) == 3
    assert shown(bob) == {}
    # All windows of one process write to the same log.
    mine, bobs = ann.log("WARNING")
    assert mine.startswith("The linked file 'telescope' shows its items in your window alone")
    assert bobs == "The linked file 'telescope' is not shown: it was too large to be shared."
    assert difference(truth(wire), bob.host.records()) == []
