"""Two people who import a file get two copies, even at the same moment: docs/bench-format.md, "Ids"."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtWidgets import QFileDialog

from optiverse_collab.convert import tree_of
from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from tests.helpers.optiverse_drawing import Drawing
from tests.helpers.optiverse_panel import Panel
from tests.helpers.optiverse_session import Participant, differences, rest, truth
from tests.helpers.optiverse_user import clear
from tests.helpers.wire import Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Session = tuple[Wire, Participant, Participant]


@pytest.fixture
def file(windows: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a group of two lenses, a source and a ruler; the file dialog chooses it."""
    window = windows[0]
    clear(window)
    user, panel = Drawing(window), Panel(window)
    lenses = [user.place("lens", 60.0 * i, 0.0) for i in range(2)]
    user.place("source", -100.0, 0.0)
    user.draw("ruler", (0.0, 50.0), (60.0, 50.0))
    panel.group(*lenses, name="Beam expander")
    path = tmp_path / "telescope.json"
    path.write_text(json.dumps(window.file_controller.file_manager.serialize_scene()), "utf-8")
    clear(window)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args, **kwargs: (str(path), ""))
    return path


def copies(wire: Wire) -> list[Any]:
    """The items at the root of the session, by name and kind, each with its members."""
    tree = tree_of(truth(wire))

    def shape(record: Record) -> Any:
        name = record.props.get("name") if record.kind == "group" else record.kind
        return name, sorted((shape(child) for child in tree.get(record.id, ())), key=str)

    return [shape(record) for record in tree[None]]


ONE: Any = (
    "telescope",
    [("Beam expander", [("component", []), ("component", [])]), ("ruler", []), ("source", [])],
)


def test_two_imports_at_once_give_two_copies(session: Session, file: Path) -> None:
    wire, ann, bob = session
    for one in (ann, bob):
        one.window.act_import_as_layer.trigger()
    rest(wire, ann, bob)
    assert copies(wire) == [ONE, ONE]
    assert differences(wire, ann, bob) == []
    assert ann.log("WARNING", "ERROR") == bob.log("WARNING", "ERROR") == []
    moved = max(bob.user.items(), key=lambda item: item.pos().x())
    bob.user.select(moved)
    bob.user.drag(moved, 30, 40)
    rest(wire, ann, bob)
    assert copies(wire) == [ONE, ONE]
    assert differences(wire, ann, bob) == []


def test_the_open_file_imported_is_there_twice(session: Session, file: Path) -> None:
    """The host would put none of them into groups, since the bench has items with the same ids."""
    wire, ann, bob = session
    for _ in range(2):
        ann.window.act_import_as_layer.trigger()
        rest(wire, ann, bob)
    ids = set(truth(wire))
    file.write_text(json.dumps(ann.saved()), "utf-8")
    bob.window.act_import_as_layer.trigger()
    rest(wire, ann, bob)
    assert copies(wire) == [("telescope", [ONE, ONE]), ONE, ONE]
    assert ids < set(truth(wire))
    assert differences(wire, ann, bob) == []


def test_an_import_is_undone_and_redone_alone(session: Session, file: Path) -> None:
    """With the undo step that 0.2 makes; in 0.3, importing makes none."""
    wire, ann, bob = session
    if ann.panel.has_layers:
        pytest.skip("importing is no step in 0.3")
    for one in (ann, bob):
        one.window.act_import_as_layer.trigger()
    rest(wire, ann, bob)
    both = set(truth(wire))
    ann.user.undo()
    rest(wire, ann, bob)
    assert copies(wire) == [ONE]
    ann.user.redo()
    rest(wire, ann, bob)
    assert copies(wire) == [ONE, ONE]
    assert set(truth(wire)) == both
    assert differences(wire, ann, bob) == []


def test_a_window_that_shares_nothing_keeps_the_ids_of_files(window: Any, file: Path) -> None:
    OptiverseHost(window).close()
    window.act_import_as_layer.trigger()
    imported = {item.item_uuid for item in Drawing(window).items()}
    assert imported == {item["item_uuid"] for item in json.loads(file.read_text("utf-8"))["items"]}
    clear(window)
