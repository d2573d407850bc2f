"""Tests of `optiverse_collab.host.api`: edits that we make for the user."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab.host.api import Put, Remove, Set
from optiverse_collab.testing.contract import Noted, props
from optiverse_collab.testing.driver import Driver


def test_edit_for_the_user_is_one_step_of_theirs(driver: Driver) -> None:
    """SEEN-9: using a held change. Undo restores exactly what it replaced."""
    lens, mirror = driver.add(), driver.add(50.0, 0.0)
    record = driver.host.records([mirror])[mirror]
    driver.host.apply([Remove(mirror), Set(lens, {"name": "Theirs"})])
    noted, steps, thing = Noted(driver.host), driver.undo_steps(), driver.thing(lens)
    if steps is None:
        pytest.skip("nothing can be undone")
    driver.host.edit(
        "Use my changes", [Set(lens, {"pos": [7.0, 8.0]}), Put(mirror, record.kind, record.props)]
    )
    assert {lens, mirror} <= noted.since()
    assert props(driver, lens)["pos"] == [7.0, 8.0]
    assert driver.host.records([mirror])[mirror] == record
    assert (driver.undo_steps(), driver.thing(lens)) == (steps + 1, thing)
    driver.host.apply([Set(lens, {"name": "Theirs again"})])
    driver.undo()
    assert {lens, mirror} <= noted.since()
    assert driver.host.records([mirror]) == {}
    assert (props(driver, lens)["pos"], props(driver, lens)["name"]) == ([0.0, 0.0], "Theirs again")
    driver.redo()
    assert (props(driver, lens)["pos"], props(driver, mirror)["pos"]) == ([7.0, 8.0], [50.0, 0.0])


def test_edit_for_the_user_removes_and_replaces(driver: Driver) -> None:
    lens, mirror = driver.add(), driver.add(50.0, 0.0)
    before = driver.host.records()
    driver.host.edit("Use my changes", [Remove(lens), Put(mirror, "component", {"pos": [1.0, 2.0]})])
    assert driver.host.records([lens]) == {}
    assert props(driver, mirror)["pos"] == [1.0, 2.0]
    driver.undo()
    assert driver.host.records() == before


def test_what_others_removed_is_no_part_of_an_edit_any_more(driver: Driver) -> None:
    lens, mirror = driver.add(), driver.add(50.0, 0.0)
    driver.host.edit("Use my changes", [Set(lens, {"pos": [7.0, 8.0]}), Set(mirror, {"pos": [9.0, 9.0]})])
    driver.host.apply([Remove(lens)])
    driver.undo()
    assert driver.host.records([lens]) == {}
    assert props(driver, mirror)["pos"] == [50.0, 0.0]


def test_what_the_file_agrees_with_is_no_change_of_it(driver: Driver, tmp_path: Path) -> None:
    """The next time, and only for these."""
    lens, mirror = driver.add(), driver.add(50.0, 0.0)
    driver.save(tmp_path / "bench.json")
    driver.host.agree([lens, mirror])
    driver.host.apply([Set(lens, {"name": "In other words"})])
    assert not driver.is_edited
    driver.host.apply([Set(mirror, {"name": "In other words"})])
    assert not driver.is_edited
    driver.host.apply([Set(lens, {"name": "Another"})])
    assert driver.is_edited
