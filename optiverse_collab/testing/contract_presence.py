"""Tests of every adapter: its user's pointer."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QModelIndex, QPoint, QPointF

from optiverse_collab.testing.driver import Driver, needs, until


def test_cursor_and_selection_are_told(driver: Driver) -> None:
    needs(driver, "watch_presence")
    id = driver.add()
    told: dict[str, object] = {}
    driver.host.watch_presence(told.update)
    driver.select(id)
    assert told["selection"] == [id]
    driver.grab(id)
    cursor = told["cursor"]
    assert isinstance(cursor, list)
    assert len(cursor) == 2
    driver.let_go()


def test_an_item_has_its_middle_where_others_see_it(driver: Driver) -> None:
    """PRES-10: selected or held, an item has the same outline; others place the pointer relative to its
    middle."""
    needs(driver, "outline")
    id = driver.add()
    places = []
    for act in (None, driver.select, driver.grab):
        if act is not None:
            act(id)
        outline = driver.host.outline(id)
        assert outline is not None
        middle, pos = outline.boundingRect().center(), driver.host.records([id])[id].props["pos"]
        places.append((middle.x() - pos[0], middle.y() - pos[1]))
    assert id in driver.host.held()
    driver.let_go()
    assert places[1] == pytest.approx(places[0], abs=1e-6)
    assert places[2] == pytest.approx(places[0], abs=1e-6)


def test_the_item_at_a_place_is_found(driver: Driver) -> None:
    """The uppermost one; where there is none, there is none."""
    needs(driver, "outline")
    first, second = driver.add(0.0, 0.0), driver.add(400.0, 300.0)
    for id in (first, second):
        outline = driver.host.outline(id)
        assert outline is not None
        assert driver.host.item_at(outline.pointAtPercent(0.5)) in (id, None)
        assert driver.host.item_at(outline.boundingRect().center()) == id
    assert driver.host.item_at(QPointF(-3000.0, 2500.0)) is None
    driver.remove(second)
    assert driver.host.item_at(QPointF(400.0, 300.0)) is None


def test_a_list_of_items_has_a_line_for_each(driver: Driver) -> None:
    """A host may have none; only items have ids there.

    Quirk: 0.2 lists the most recently placed item under another id, until the next one is placed.
    """
    items = driver.host.item_list
    if items is None:
        pytest.skip("has no list of items")
    ids = {driver.add(float(x), 0.0) for x in (0, 60)}
    driver.add(120.0, 0.0)

    def listed() -> set[str]:
        index, found = items.view.indexAt(QPoint(2, 2)), set[str]()
        while index.isValid():
            found.add(items.id_of(index) or "")
            index = items.view.indexBelow(index)
        return found

    until(lambda: ids <= listed() and len(listed()) == 3)
    assert items.id_of(QModelIndex()) is None
