"""Tests of `optiverse_collab.host.api`: benches, items and files."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QPointF
from PyQt6.QtWidgets import QApplication

from optiverse_collab.category import LINES
from optiverse_collab.convert import is_item, read_bench, records_from_bench, write_bench
from optiverse_collab.core.records import same_value
from optiverse_collab.host.api import Host, Put, Record, Remove, Set
from optiverse_collab.testing.driver import Driver, needs
from optiverse_collab.testing.sample import sample_bench, sample_records


class Noted:
    """The ids that a host reported as possibly changed."""

    def __init__(self, host: Host) -> None:
        self._ids: set[str] = set()
        host.watch(self.take)

    def take(self, ids: Collection[str]) -> None:
        self._ids.update(ids)

    def since(self) -> set[str]:
        """The ids noted since the last call; signs of a repaint come a little later."""
        QApplication.processEvents()
        taken, self._ids = self._ids, set()
        return taken


def props(driver: Driver, id: str) -> dict[str, Any]:
    """An item's properties in the host."""
    return driver.host.records([id])[id].props


def test_what_a_user_adds_moves_and_removes_is_noted_and_read(driver: Driver) -> None:
    noted = Noted(driver.host)
    id = driver.add(10.0, 20.0)
    assert id in noted.since()
    assert props(driver, id)["pos"] == [10.0, 20.0]
    assert id in driver.host.ids()
    driver.drag(id, 30, 15)
    assert id in noted.since()
    assert props(driver, id)["pos"] == pytest.approx([40.0, 35.0])
    driver.remove(id)
    assert id in noted.since()
    assert driver.host.records([id]) == {}
    assert id not in driver.host.ids()


def test_what_a_user_rotates_edits_and_undoes_is_noted_and_read(driver: Driver) -> None:
    noted = Noted(driver.host)
    id = driver.add(40.0, 35.0)
    before = props(driver, id).get("angle_deg")
    driver.turn(id)
    assert id in noted.since()
    assert props(driver, id)["angle_deg"] != before
    driver.edit(id, -123.456)
    assert id in noted.since()
    assert props(driver, id)["pos"][0] == pytest.approx(-123.456)
    driver.undo()
    assert id in noted.since()
    assert props(driver, id)["pos"] == pytest.approx([40.0, 35.0])
    driver.redo()
    assert id in noted.since()
    driver.remove(id)
    assert driver.host.records([id]) == {}
    noted.since()
    driver.undo()
    assert id in noted.since()
    assert props(driver, id)["pos"][0] == pytest.approx(-123.456)


def test_what_is_applied_is_what_is_read(driver: Driver) -> None:
    """So that others' changes are never mistaken for the user's edits."""
    records = sample_records()
    driver.host.apply([Put(one.id, one.kind, one.props) for one in records.values()])
    assert driver.host.records() == records
    QApplication.processEvents()
    assert driver.host.records() == records
    assert driver.undo_steps() in (0, None)


def test_an_edit_by_others_goes_into_the_object_that_is_there(driver: Driver) -> None:
    id = driver.add()
    driver.select(id)
    thing, steps = driver.thing(id), driver.undo_steps()
    before = driver.host.records([id])[id]
    driver.host.apply([Set(id, {"pos": [33.3, -44.4], "name": "Theirs"})])
    assert driver.thing(id) is thing
    assert driver.selected() == [id]
    assert driver.undo_steps() == steps
    after = driver.host.records([id])[id]
    assert after == Record(id, before.kind, {**before.props, "pos": [33.3, -44.4], "name": "Theirs"})


def test_removal_and_return_by_others(driver: Driver) -> None:
    id = driver.add()
    record = driver.host.records([id])[id]
    driver.host.apply([Remove(id)])
    assert driver.host.records() == {}
    assert driver.thing(id) is None
    driver.host.apply([Put(id, record.kind, record.props)])
    assert driver.host.records()[id] == record


def test_what_cannot_be_applied_is_told_and_the_rest_is_applied(driver: Driver) -> None:
    id = driver.add()
    driver.host.apply([Set("nobody", {"pos": [0.0, 0.0]}), Set(id, {"pos": [5.0, 5.0]})])
    assert props(driver, id)["pos"] == [5.0, 5.0]
    assert len(driver.warnings()) == 1
    assert "nobody" in driver.warnings()[0]


@pytest.mark.parametrize(
    "record",
    [
        Record("x", "hologram", {"pos": [1.0, 2.0], "depth": {"a": [1, None]}}),
        Record("x", "component", {"pos": "here", "interfaces": 3, "name": None}),
        Record("x", "ruler", {"points": "none"}),
        Record("x", "group", {"name": ["no", "text"]}),
    ],
)
def test_unknown_values_are_kept_unchanged(driver: Driver, record: Record) -> None:
    """DOC-7: a newer version may know what to do with it."""
    driver.host.apply([Put(record.id, record.kind, record.props)])
    QApplication.processEvents()
    assert driver.host.records([record.id]) == {record.id: record}
    driver.host.apply([Set(record.id, {"more": 1})])
    assert driver.host.records([record.id])[record.id].props == {**record.props, "more": 1}


def test_an_unknown_kind_has_its_place_on_the_canvas(driver: Driver) -> None:
    needs(driver, "outline")
    driver.host.apply([Put("x", "hologram", {"pos": [120.0, 40.0]})])
    for x, y in ((120.0, 40.0), (-60.0, 10.0)):
        driver.host.apply([Set("x", {"pos": [x, y]})])
        outline = driver.host.outline("x")
        assert outline is not None
        assert outline.contains(QPointF(x, y))
    driver.host.apply([Remove("x")])
    assert driver.host.outline("x") is None


def test_outline_is_the_shape_of_the_item(driver: Driver) -> None:
    needs(driver, "outline")
    id = driver.add(30.0, 20.0)
    upright = driver.host.outline(id)
    assert upright is not None
    assert upright.contains(QPointF(30.0, 20.0))
    driver.host.apply([Set(id, {"angle_deg": 45.0})])
    turned = driver.host.outline(id)
    assert turned is not None
    assert turned.contains(QPointF(30.0, 20.0))
    box = turned.boundingRect()
    assert not any(map(turned.contains, (box.topLeft(), box.topRight(), box.bottomLeft(), box.bottomRight())))
    driver.host.apply([Set(id, {"pos": [130.0, 20.0]})])
    moved = driver.host.outline(id)
    assert moved is not None
    assert moved.boundingRect().center().x() == pytest.approx(box.center().x() + 100.0)
    driver.remove(id)
    assert driver.host.outline(id) is None
    assert driver.host.outline("nobody") is None


def test_what_is_in_hand_is_known(driver: Driver) -> None:
    needs(driver, "held")
    id, other = driver.add(0.0, 0.0), driver.add(200.0, 100.0)
    assert list(driver.host.held()) == []
    driver.grab(id)
    assert id in driver.host.held()
    assert other not in driver.host.held()
    driver.let_go()
    assert list(driver.host.held()) == []


def test_what_is_dragged_is_where_it_is_said_to_be(driver: Driver) -> None:
    """In exactly the values that `records` returns, and only the place."""
    id, other = driver.add(0.0, 0.0), driver.add(200.0, 100.0)
    driver.host.apply([Set(id, {"angle_deg": 370})])  # which Optiverse reads as 10.0
    assert driver.host.dragged([id, other]) == {}
    driver.grab(id)
    dragged = driver.host.dragged([id, other, "nobody"])
    assert set(dragged) <= {id}
    for name, value in dragged.get(id, {}).items():
        assert same_value(value, props(driver, id)[name])
        assert name in ("pos", "angle_deg")
    driver.let_go()
    assert driver.host.dragged([id, other]) == {}


def test_undo_after_others_removed_the_item(driver: Driver) -> None:
    """It neither raises an error nor brings back a removed item."""
    id = driver.add()
    driver.drag(id, 30, 0)
    driver.edit(id, 7.0)
    driver.host.apply([Remove(id)])
    for _ in range(4):
        driver.undo()
    for _ in range(4):
        driver.redo()
    assert id not in driver.host.records()


def test_undo_leaves_alone_what_others_changed(driver: Driver) -> None:
    id = driver.add()
    driver.edit(id, 7.0)
    driver.host.apply([Set(id, {"name": "Theirs"})])
    driver.undo()
    assert props(driver, id)["name"] == "Theirs"
    assert props(driver, id)["pos"][0] == 0.0


def test_a_copy_is_a_bench_with_the_same_content(driver: Driver, tmp_path: Path) -> None:
    records = sample_records()
    driver.host.apply([Put(one.id, one.kind, one.props) for one in records.values()])
    id = driver.add(1.0, 2.0)
    path = tmp_path / "Kopie für Zoë.json"
    driver.host.save_copy(path)
    copied = records_from_bench(read_bench(path)).records
    assert copied.keys() >= {id, *(one.id for one in records.values() if is_item(one))}
    assert copied[id].props["pos"] == [1.0, 2.0]


def test_another_bench_in_the_window_is_told_at_once(driver: Driver, tmp_path: Path) -> None:
    """Before a tick could mistake it for edits."""
    path = tmp_path / "other.json"
    write_bench(path, sample_bench())
    driver.host.apply([Put("unshown", "hologram", {})])
    mine, told = driver.add(), list[int]()
    driver.host.watch_opened(lambda back: told.append(len(driver.host.records())))
    driver.open(path)
    assert len(told) == 1
    assert told[0] >= 20
    assert {mine, "unshown"}.isdisjoint(driver.host.records())
    driver.start_empty_bench()
    assert told[1:] == [0]


def test_what_others_change_is_not_saved(driver: Driver, tmp_path: Path) -> None:
    id = driver.add()
    driver.save(tmp_path / "bench.json")
    driver.host.apply([])
    assert not driver.is_edited
    driver.host.apply([Set(id, {"pos": [1.0, 2.0]})])
    assert driver.is_edited


def test_the_file_from_before_comes_back_with_its_bench(driver: Driver, tmp_path: Path) -> None:
    """Otherwise saving would write the previous bench into the opened file."""
    ours, other = tmp_path / "ours.json", tmp_path / "other.json"
    for path in (ours, other):
        write_bench(path, sample_bench())
    backs = list[Callable[[], None]]()
    driver.open(ours)
    driver.host.watch_opened(backs.append)
    driver.open(other)
    assert driver.file == other
    backs[0]()
    assert driver.file == ours
    assert driver.is_edited
    driver.start_empty_bench()
    backs[1]()
    assert driver.file == ours
    assert "ours" in driver.host.window.windowTitle()


def test_a_closed_adapter_is_silent(driver: Driver) -> None:
    noted, told = Noted(driver.host), dict[str, object]()
    driver.host.watch_presence(told.update)
    driver.host.close()
    id = driver.add()
    driver.select(id)
    driver.drag(id, 10, 10)
    assert noted.since() == set()
    assert told == {}
    driver.undo()


def test_what_it_logs_is_noted_for_our_own_file(driver: Driver) -> None:
    heard: list[tuple[str, str]] = []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append((record.levelname, record.getMessage()))  # type: ignore[method-assign]
    LINES.addHandler(handler)
    driver.host.log("WARNING", "✗ 100 %s")
    LINES.removeHandler(handler)
    assert heard == [("WARNING", "✗ 100 %s")]
    assert driver.warnings()[-1:] == ["✗ 100 %s"]
