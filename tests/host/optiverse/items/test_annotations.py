"""Names of annotations in the layer panel: Optiverse 0.3 shows them, but its files lack them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit

from optiverse_collab.convert import read_bench
from optiverse_collab.convert.kinds import ANNOTATIONS
from optiverse_collab.core.records import Put, Record, Set
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from tests.helpers.optiverse_panel import Panel
from tests.helpers.optiverse_session import Participant, differences, rest, settle, truth
from tests.helpers.optiverse_user import User, answer, clear
from tests.helpers.optiverse_window import window_of
from tests.helpers.wire import Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Session = tuple[Wire, Participant, Participant]
Draw = Callable[[Participant], Any]

KINDS: dict[str, Draw] = {
    "ruler": lambda one: one.user.draw("ruler", (0.0, 50.0), (60.0, 50.0)),
    "text": lambda one: one.user.draw("text", (0.0, 80.0)),
    "rectangle": lambda one: one.user.draw("rectangle", (0.0, 20.0)),
    "angle_measure": lambda one: one.user.draw("angle_measure", (0.0, 0.0), (50.0, 0.0), (0.0, 50.0)),
    "path_measure": lambda one: _measure(one),
}


def _measure(one: Participant) -> Any:
    one.user.place("source", 0.0, 0.0)
    one.user.retrace()
    one.user.measure()
    [measure] = one.user.drawn("path_measure")
    return measure


@pytest.fixture
def host(window: Any) -> Iterator[OptiverseHost]:
    """The adapter of an empty window."""
    host = OptiverseHost(window)
    yield host
    host.close()
    clear(window)


@pytest.fixture
def pair(session: Session) -> Session:
    """Two windows of an Optiverse whose panel shows names of annotations."""
    if not session[1].panel.has_layers:
        pytest.skip("0.2 can't rename")
    return session


def shown(one: Participant, id: str) -> str:
    """The name of an item in the layer panel."""
    return str(one.panel.line(id).data())


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_name_travels_and_its_undo_too(pair: Session, kind: str) -> None:
    wire, ann, bob = pair
    id = KINDS[kind](ann).item_uuid
    rest(wire, ann, bob)
    usual = shown(bob, id)
    ann.panel.rename(id, "Über alles")
    rest(wire, ann, bob)
    assert (shown(ann, id), shown(bob, id)) == ("Über alles", "Über alles")
    assert truth(wire)[id].props["display_name"] == "Über alles"
    bob.panel.rename(id, "Mine")
    rest(wire, ann, bob)
    assert (shown(ann, id), shown(bob, id)) == ("Mine", "Mine")
    bob.user.undo()
    rest(wire, ann, bob)
    assert shown(ann, id) == "Über alles"
    ann.user.undo()
    rest(wire, ann, bob)
    assert (shown(ann, id), shown(bob, id)) == (usual, usual)
    assert "display_name" not in truth(wire)[id].props
    assert differences(wire, ann, bob) == []


@pytest.mark.parametrize("kind", ["ruler", "angle_measure"])
def test_a_name_given_in_the_dialog_travels(pair: Session, kind: str) -> None:
    wire, ann, bob = pair
    item = KINDS[kind](ann)
    rest(wire, ann, bob)

    def fill(dialog: QDialog) -> None:
        field = next(field for field in dialog.findChildren(QLineEdit) if not field.isReadOnly())
        field.setText("Arm length")
        box = dialog.findChild(QDialogButtonBox)
        assert box is not None
        button = box.button(QDialogButtonBox.StandardButton.Ok)
        assert button is not None
        button.click()

    answer(item.open_editor, fill)
    rest(wire, ann, bob)
    assert shown(bob, item.item_uuid) == "Arm length"
    assert differences(wire, ann, bob) == []


def test_two_people_rename_one_thing_at_once(pair: Session) -> None:
    wire, ann, bob = pair
    id = KINDS["ruler"](ann).item_uuid
    rest(wire, ann, bob)
    ann.panel.rename(id, "Ann's")
    bob.panel.rename(id, "Bob's")
    rest(wire, ann, bob)
    assert shown(ann, id) == shown(bob, id) == truth(wire)[id].props["display_name"]
    assert differences(wire, ann, bob) == []


def test_names_outlast_a_restart_and_meet_who_joins(pair: Session, windows: list[Any]) -> None:
    wire, ann, bob = pair
    id = KINDS["text"](ann).item_uuid
    ann.panel.rename(id, "Caption")
    rest(wire, ann, bob)
    wire.crash()
    clear(windows[2])
    cem = Participant(wire, "cem", windows[2])
    try:
        wire.connect(ann, bob)
        cem.capture.merge(())
        rest(wire, ann, bob, cem)
        assert shown(bob, id) == shown(cem, id) == "Caption"
        assert differences(wire, ann, bob, cem) == []
    finally:
        cem.host.close()
        clear(windows[2])


def test_files_with_names_open_in_the_editor_alone(pair: Session, windows: list[Any], tmp_path: Path) -> None:
    """The host saves no names; the copy that we save before a replacement has them, and can be opened."""
    wire, ann, bob = pair
    ids = {kind: KINDS[kind](ann).item_uuid for kind in KINDS if kind != "path_measure"}
    for kind, id in ids.items():
        ann.panel.rename(id, f"The {kind}")
    rest(wire, ann, bob)
    assert "display_name" not in json.dumps(bob.saved())
    path = tmp_path / "copy.json"
    bob.host.save_copy(path)
    named = {
        entry["item_uuid"]: entry.get("display_name")
        for section in ANNOTATIONS
        for entry in read_bench(path).get(section, [])
    }
    assert named == {id: f"The {kind}" for kind, id in ids.items()}
    alone = windows[2]
    clear(alone)
    assert alone.file_controller.file_manager.open_file(str(path)) is True
    opened = {item.item_uuid for item in alone.scene.items() if getattr(item, "item_uuid", None) in named}
    assert opened == named.keys() - {ids["angle_measure"]}  # which the host reads from no file
    clear(alone)


def test_a_name_that_is_none_is_kept_and_not_shown(host: OptiverseHost) -> None:
    ruler = Record("r", "ruler", {"points": [[0.0, 0.0], [9.0, 0.0]], "display_name": 7, "z_value": 1.0})
    host.apply([Put(ruler.id, ruler.kind, ruler.props)])
    assert host.records()["r"].props["display_name"] == 7
    window = window_of(host)
    [item] = [item for item in window.scene.items() if getattr(item, "item_uuid", None) == "r"]
    assert getattr(item, "display_name", None) is None
    host.apply([Set("r", {"display_name": ""})])
    assert host.records()["r"].props["display_name"] == ""


def test_an_editor_without_names_keeps_those_of_others(host: OptiverseHost) -> None:
    """0.2 has no names; in both versions, an edit of something else leaves them alone."""
    window = window_of(host)
    props = {"text": "a", "pos": [0.0, 0.0], "display_name": "Caption", "z_value": 1.0}
    host.apply([Put("n", "text", props)])
    [note] = [item for item in window.scene.items() if getattr(item, "item_uuid", None) == "n"]
    note.setPlainText("b")
    record = host.records()["n"]
    assert (record.props["text"], record.props["display_name"]) == ("b", "Caption")
    if Panel(window).has_layers:
        assert note.display_name == "Caption"
    assert User(window).items() == []


@pytest.mark.parametrize("color", ["#0a0a28", "#aa0000"])
def test_edited_note_looks_like_a_new_one(host: OptiverseHost, color: str) -> None:
    """0.3 shows the first of these in black or white, so that it is legible in both themes."""
    for id in ("new", "moved"):
        host.apply([Put(id, "text", {"text": "a", "pos": [0.0, 0.0], "color": color})])
    host.apply([Set("moved", {"pos": [5.0, 0.0]})])
    items = {getattr(item, "item_uuid", None): item for item in window_of(host).scene.items()}
    assert items["moved"].defaultTextColor() == items["new"].defaultTextColor()


def test_names_of_what_is_undone_come_back(pair: Session) -> None:
    wire, ann, bob = pair
    ruler = KINDS["ruler"](ann)
    ann.panel.rename(ruler.item_uuid, "Arm length")
    ann.user.delete(ruler)
    settle(wire, ann, bob)
    ann.user.undo()
    rest(wire, ann, bob)
    assert shown(bob, ruler.item_uuid) == "Arm length"
    assert differences(wire, ann, bob) == []
