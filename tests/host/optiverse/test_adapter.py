"""What the adapter guarantees to `Capture`, on one real window."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QPoint, QPointF

from optiverse_collab.convert import read_bench, records_from_bench
from optiverse_collab.core.records import Put, Record, Remove, Set, put, record_difference
from optiverse_collab.errors import BenchFileError
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from optiverse_collab.host.optiverse.items.scene_bench import SceneBench
from optiverse_collab.host.optiverse.upstream.version import installed_version
from optiverse_collab.wording.edits import title
from tests.helpers import user_input
from tests.helpers.optiverse_user import User, clear, events, wait_until
from tests.helpers.optiverse_window import window_of

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

MIRROR = {"x1_mm": 0.0, "y1_mm": -10.0, "x2_mm": 0.0, "y2_mm": 10.0, "element_type": "mirror", "future": 1}
RECORDS = [
    Record(
        "lens",
        "component",
        {"pos": [1, 2], "angle_deg": 370, "z_value": 2, "name": "L", "interfaces": [MIRROR]},
    ),
    Record(
        "laser", "source", {"pos": [-1.5, 0.1], "custom_jones": [1.0, 0.0, 0.0, 0.5], "future": {"a": [1]}}
    ),
    Record("ruler", "ruler", {"points": [[0.0, 0.0], [10.1, 5.3], [20.0, 0.2]], "z_value": 10_000.0}),
    Record("note", "text", {"text": "Grüße\n🔬", "pos": [3.0, 4.0], "point_size": 12.0, "color": "#ff0000"}),
    Record("box", "rectangle", {"pos": [0.1, 0.2], "size_mm": [30.5, 20.25], "angle_deg": 12.5}),
    Record("angle", "angle_measure", {"vertex": [0.1, 0.1], "point1": [9.7, 0.0], "point2": [0.0, 3.3]}),
    Record("path", "path_measure", {"ray_index": 0, "start_param": 0.25, "end_param": 0.75}),
    Record("group", "group", {"name": "Telescope"}),
    Record("robot", "robot", {"arms": 2}),
]


@pytest.fixture
def user(window: Any) -> User:
    return User(window)


def test_a_drag_is_followed_without_a_look_at_everything(
    host: OptiverseHost, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    lens, other = user.place("lens", 0.0, 0.0), user.place("mirror", 300.0, 100.0)
    user_input.wait(100)
    surveys: list[bool] = []
    survey = SceneBench.survey

    def noting(bench: SceneBench) -> None:
        surveys.append(True)
        survey(bench)

    monkeypatch.setattr(SceneBench, "survey", noting)
    user.select(lens)
    user.press(lens)
    surveys.clear()
    for _ in range(10):
        user.pull(3, 2)
        user_input.wait(10)
    assert surveys == []
    place = {"pos": [lens.x(), lens.y()], "angle_deg": lens.params.angle_deg}
    assert host.dragged([lens.item_uuid, other.item_uuid]) == {lens.item_uuid: place}
    user.release()
    assert surveys
    assert host.dragged([lens.item_uuid]) == {}


def logged(host: OptiverseHost, level: str) -> list[str]:
    messages = window_of(host).log_service.get_messages(category="Collaboration")
    return [message.message for message in messages if message.level.name == level]


def same(host: OptiverseHost, *records: Record) -> bool:
    """Whether the host returns exactly these records."""
    now = host.records()
    return all(now.get(r.id) is not None and record_difference(r, now[r.id]) is None for r in records)


def wrong_values() -> list[tuple[str, Any]]:
    return [
        ("pos", "here"),
        ("pos", [1.0]),
        ("angle_deg", None),
        ("z_value", "top"),
        ("locked", "yes"),
        ("object_height_mm", "tall"),
        ("interfaces", [{"x1_mm": "left"}]),
        ("interfaces", 7),
        ("image_path", 5),
        ("name", ["a"]),
    ]


@pytest.mark.parametrize(("name", "value"), wrong_values())
def test_value_that_cannot_be_shown_is_kept_beside_the_rest(
    host: OptiverseHost, name: str, value: Any
) -> None:
    host.apply([put(RECORDS[0])])
    before = window_of(host).scene.items()
    host.apply([Set("lens", {name: value, "notes": "x"})])
    expected = Record("lens", "component", {**RECORDS[0].props, name: value, "notes": "x"})
    assert same(host, expected)
    assert window_of(host).scene.items() == before
    if name != "locked":
        assert name in logged(host, "WARNING")[0]
        assert title("lens", expected) in logged(host, "WARNING")[0]
    host.apply([Remove("lens"), put(expected)])
    assert same(host, expected)
    events()


def test_operation_that_fails_does_not_stop_the_others(host: OptiverseHost) -> None:
    host.apply([Set("nobody", {"x": 1}), Remove("nobody"), put(RECORDS[0])])
    assert len(logged(host, "WARNING")) == 2
    assert same(host, RECORDS[0])


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.kind)
def test_what_is_applied_is_what_records_say(host: OptiverseHost, record: Record) -> None:
    host.apply([put(record)])
    assert same(host, record)
    user_input.wait(150)
    assert same(host, record)
    changed = Record(record.id, record.kind, {**record.props, "z_value": 7.5, "locked": True, "new": None})
    op = record_difference(record, changed)
    assert op is not None
    host.apply([op])
    assert same(host, changed)
    user_input.wait(150)
    assert same(host, changed)
    host.apply([Remove(record.id)])
    assert host.records() == {}


def test_a_bare_record_and_one_of_another_kind(host: OptiverseHost) -> None:
    host.apply([Put("x", "component", {})])
    assert same(host, Record("x", "component", {}))
    host.apply([Put("x", "source", {"n_rays": 3})])
    assert same(host, Record("x", "source", {"n_rays": 3}))
    host.apply([Put("x", "robot", {})])
    assert same(host, Record("x", "robot", {}))
    assert host._bench.items == {}
    host.apply([Put("x", "source", {})])
    assert type(host._bench.items["x"]).__name__ == "SourceItem"


def test_annotations_are_edited_in_place(host: OptiverseHost) -> None:
    host.apply([put(record) for record in RECORDS])
    before = dict(host._bench.items)
    changes = [
        Set("ruler", {"points": [[1.5, 1.5], [2.5, 2.5]]}),
        Set("note", {"text": "moved", "pos": [9.0, 9.5]}),
        Set("box", {"size_mm": [1.5, 2.5], "pos": [7.0, 8.0]}),
        Set("angle", {"vertex": [5.0, 5.0]}),
        Set("path", {"end_param": 0.5}),
    ]
    host.apply(changes)
    assert {id: host._bench.items[id] is item for id, item in before.items()} == dict.fromkeys(before, True)
    now = host.records()
    assert all(now[op.id].props[name] == op.props[name] for op in changes for name in op.props)
    assert host._bench.items["ruler"].to_dict()["points"] == [[1.5, 1.5], [2.5, 2.5]]
    assert host._bench.items["box"].to_dict()["width_mm"] >= 1.5


def test_unknown_kinds_are_kept_with_a_warning(host: OptiverseHost) -> None:
    host.apply([put(RECORDS[-1]), Set("robot", {"arms": 3})])
    assert host.records() == {"robot": Record("robot", "robot", {"arms": 3})}
    assert logged(host, "WARNING") == [f"{host.name} can't show robot robot of others'; it is kept."]


def test_what_is_being_placed_is_not_on_the_bench(host: OptiverseHost) -> None:
    handler = window_of(host).placement_handler
    handler.activate("text")
    handler.handle_mouse_move(QPointF(0.0, 0.0))
    assert handler._ghost is not None
    assert host.records() == {}
    handler.deactivate()


def test_every_way_of_editing_is_noted(host: OptiverseHost, user: User) -> None:
    noted: set[str] = set()
    host.watch(noted.update)

    def is_noted(id: str) -> None:
        wait_until(lambda: id in noted)
        noted.clear()

    lens = user.place("lens", 0.0, 0.0)
    id = lens.item_uuid
    is_noted(id)
    user.drag(lens, 20, 10)
    is_noted(id)
    lens.setRotation(12.0)
    is_noted(id)
    lens.params.name = "Renamed"
    lens.edited.emit()
    is_noted(id)
    user.restack(user.place("mirror", 100.0, 0.0), 3)
    noted.clear()
    user.lock(lens, True)
    is_noted(id)
    window_of(host).scene.removeItem(lens)
    is_noted(id)
    window_of(host).scene.addItem(lens)
    is_noted(id)


def test_the_copy_is_a_file_that_opens(host: OptiverseHost, tmp_path: Path) -> None:
    host.apply([put(record) for record in RECORDS])
    path = tmp_path / "copy.json"
    host.save_copy(path)
    found = records_from_bench(read_bench(path)).records
    assert {"lens", "laser", "ruler", "note", "box", "angle", "path", "robot"} <= found.keys()
    assert found["robot"] == RECORDS[-1]
    before = json.loads(path.read_text("utf-8"))
    clear(window_of(host))
    window_of(host).file_controller.file_manager.open_file(str(path))
    assert len(window_of(host).file_controller.file_manager.serialize_scene()["items"]) == len(
        before["items"]
    )


def test_a_copy_that_cannot_be_written_says_why(host: OptiverseHost, tmp_path: Path) -> None:
    with pytest.raises(BenchFileError, match="there is no folder"):
        host.save_copy(tmp_path / "missing" / "copy.json")


def test_cursor_and_selection_are_told_in_mm(host: OptiverseHost, user: User) -> None:
    told: list[Any] = []
    lens = user.place("lens", 0.0, 0.0)
    host.watch_presence(told.append)
    user.select(lens)
    assert told[-1] == {"selection": [lens.item_uuid]}
    window_of(host).view.resetTransform()
    viewport = window_of(host).view.viewport()
    at = QPoint(100, 50)
    user_input.move(viewport, QPoint(10, 10))
    user_input.move(viewport, at)
    expected = window_of(host).view.mapToScene(at)
    wait_until(lambda: {"cursor": [expected.x(), expected.y()]} in told)
    window_of(host)._recenter_view()


def test_what_is_edited_in_a_dialog_is_in_hand(host: OptiverseHost, user: User) -> None:
    """Cancelling the dialog would revert what others did while it was open."""
    held: list[Any] = []
    lens = user.place("lens", 0.0, 0.0)
    lens.edited.connect(lambda: held.append(set(host.held())))
    user.edit(lens, {0: 5.0})
    assert {lens.item_uuid} in held
    assert not host.held()


def test_closing_lets_go_of_the_host(window: Any, user: User) -> None:
    lens = user.place("lens", 0.0, 0.0)
    signals = lens.receivers(lens.edited)
    host = OptiverseHost(window)
    noted: list[Any] = []
    host.watch(noted.append)
    host.watch_presence(noted.append)
    host.close()
    lens.setPos(50.0, 50.0)
    lens.setSelected(True)
    window._do_undo()
    user_input.wait(50)
    assert noted == []
    assert lens.receivers(lens.edited) == signals
    assert not {"undo", "redo"} & vars(window.undo_stack).keys()
    assert "open_editor" not in vars(lens)


def test_the_name_has_the_version(host: OptiverseHost) -> None:
    assert host.name == f"Optiverse {installed_version()}"
    assert installed_version().startswith("0.")
